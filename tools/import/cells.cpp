// SPDX-License-Identifier: Apache-2.0
#include "tools/import/cells.hpp"

#include <charconv>
#include <chrono>

#include "core/base/hex.hpp"

namespace daybook::sheet {
namespace {

Error expected(const FieldSchema& field, const char* what) {
  return failure(Errc::kWrongType, field.name, what);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

// "1,234.5" with three places is 1234500. No more places than there are: nothing is rounded.
std::optional<std::int64_t> decimal(std::string_view text, std::size_t places) {
  std::string digits;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  std::optional<std::size_t> point;
  for (const char c : text) {
    if (c == ',' && !point) continue;
    if (c == '.' && !point) {
      point = digits.size();
    } else if (c >= '0' && c <= '9') {
      digits += c;
    } else {
      return std::nullopt;
    }
  }
  if (digits.empty()) return std::nullopt;
  std::size_t after = point ? digits.size() - *point : 0;
  while (after > places && digits.back() == '0') {
    digits.pop_back();
    --after;
  }
  if (after > places) return std::nullopt;
  digits.append(places - after, '0');
  const auto number = whole(digits);
  if (!number) return std::nullopt;
  return negative ? -*number : *number;
}

// The next number of up to `digits_max` digits; takes one separator behind it.
std::optional<unsigned> part_of(std::string_view& text, std::size_t digits_max,
                                std::string_view separators) {
  unsigned number = 0;
  std::size_t digits = 0;
  while (digits < text.size() && digits < digits_max && text[digits] >= '0' && text[digits] <= '9')
    number = number * 10 + static_cast<unsigned>(text[digits++] - '0');
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  if (!text.empty() && separators.find(text.front()) != std::string_view::npos)
    text.remove_prefix(1);
  return number;
}

// "Z", "+08:00", or nothing: then the reader's own.
std::optional<std::int64_t> offset_of(std::string_view text, std::int16_t usual) {
  if (text.empty()) return usual;
  if (text == "Z" || text == "z") return 0;
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = part_of(text, 2, ":");
  const auto minutes = text.empty() ? std::optional(0U) : part_of(text, 2, "");
  if (!hours || !minutes || !text.empty() || *hours > 14 || *minutes > 59) return std::nullopt;
  const std::int64_t offset = *hours * 60 + *minutes;
  return west ? -offset : offset;
}

// "2026-09-21", "2026/9/21 16:30", "2026-09-21T08:30:00Z", "2026-09-21 16:30:00 +08:00".
std::optional<std::int64_t> time_of(std::string_view text, std::int16_t utc_offset_min) {
  using namespace std::chrono;
  const auto y = part_of(text, 4, "-/.");
  const auto m = part_of(text, 2, "-/.");
  const auto d = part_of(text, 2, " Tt");
  if (!y || !m || !d) return std::nullopt;
  const year_month_day date{year(static_cast<int>(*y)), month(*m), day(*d)};
  if (!date.ok()) return std::nullopt;
  std::int64_t seconds = 0;
  if (!text.empty()) {
    const auto hour = part_of(text, 2, ":");
    const auto minute = part_of(text, 2, ":");
    const bool more = !text.empty() && text.front() >= '0' && text.front() <= '9';
    const auto second = more ? part_of(text, 2, "") : std::optional(0U);
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59)
      return std::nullopt;
    seconds = *hour * 3600 + *minute * 60 + *second;
  }
  const auto offset = offset_of(trimmed(text), utc_offset_min);
  if (!offset) return std::nullopt;
  const auto days = sys_days(date).time_since_epoch().count();
  return (std::int64_t{days} * 86'400 + seconds - *offset * 60) * 1'000;
}

std::optional<bool> flag_of(std::string_view text) {
  for (const std::string_view yes : {"true", "TRUE", "yes", "1", "是"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"false", "FALSE", "no", "0", "否"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

Result<Value> number_of(const FieldSchema& field, std::string_view text, const CellReading& how) {
  std::optional<std::int64_t> number;
  const char* what = "a whole number";
  if (how.exact || field.type == FieldType::kInt) {
    number = whole(text);
  } else if (field.type == FieldType::kMoney) {
    number = decimal(text, 2);
    what = "an amount, at most two decimal places";
  } else if (field.type == FieldType::kQuantity) {
    number = decimal(text, 3);
    what = "a quantity, at most three decimal places";
  } else if (field.type == FieldType::kGeo) {
    number = decimal(text, 7);
    what = "degrees, at most seven decimal places";
  } else {
    number = time_of(text, how.utc_offset_min);
    what = "a date or time: 2026-09-21 16:30";
  }
  if (!number) return expected(field, what);
  return Value::integer(*number);
}

Result<Value> reference_of(const FieldSchema& field, std::string_view text) {
  const auto id = uuid_from(text);
  if (!id) return expected(field, "an id");
  return Value::bytes(copy_of(id->view()));
}

// A JSON list, as exports write them; else texts between semicolons or lines.
Result<Value> list_of(const FieldSchema& field, std::string_view text) {
  std::vector<std::string> items;
  if (!text.empty() && text.front() == '[') {
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_array()) return expected(field, "a list, as JSON or with ; between");
    for (const auto& item : json) {
      if (!item.is_string()) return expected(field, "a list of texts");
      items.push_back(item.get<std::string>());
    }
  } else {
    std::string rest(text);
    for (const std::string_view wide : {"；", "\r\n", "\n"}) {
      for (auto at = rest.find(wide); at != std::string::npos; at = rest.find(wide, at))
        rest.replace(at, wide.size(), ";");
    }
    for (std::size_t at = 0; at <= rest.size();) {
      const auto end = std::min(rest.find(';', at), rest.size());
      const auto item = trimmed(std::string_view(rest).substr(at, end - at));
      if (!item.empty()) items.emplace_back(item);
      at = end + 1;
    }
  }
  std::vector<Value> values;
  for (auto& item : items) {
    if (field.type == FieldType::kReferenceList) {
      DAYBOOK_ASSIGN(auto value, reference_of(field, item));
      values.push_back(std::move(value));
    } else {
      values.push_back(Value::text(std::move(item)));
    }
  }
  return Value::list(std::move(values));
}

bool may_be_formula(std::string_view text) {
  if (text.empty()) return false;
  if (std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos) return true;
  for (const std::string_view wide : {"＝", "＋", "－", "＠"}) {
    if (text.substr(0, wide.size()) == wide) return true;
  }
  return false;
}

}  // namespace

std::string_view without_guard(std::string_view cell) {
  if (cell.empty() || cell.front() != '\'') return cell;
  const auto behind = cell.find_first_not_of('\'');
  const bool guarded = behind != std::string_view::npos && may_be_formula(cell.substr(behind));
  return guarded ? cell.substr(1) : cell;
}

Result<Value> value_of(const FieldSchema& field, std::string_view cell,
                       const CellReading& reading) {
  const auto text = without_guard(cell);
  switch (field.type) {
    case FieldType::kText: return Value::text(std::string(text));
    case FieldType::kBool: {
      const auto flag = flag_of(trimmed(text));
      if (!flag) return expected(field, "是 or 否, true or false");
      return Value::boolean(*flag);
    }
    case FieldType::kReference: return reference_of(field, trimmed(text));
    case FieldType::kTextList:
    case FieldType::kReferenceList: return list_of(field, text);
    case FieldType::kBytes:
    case FieldType::kDigest: {
      auto bytes = from_hex(trimmed(text));
      if (!bytes) return expected(field, "hex digits");
      return Value::bytes(*std::move(bytes));
    }
    case FieldType::kStrokes: return expected(field, "nothing: strokes are not imported");
    default: return number_of(field, trimmed(text), reading);
  }
}

Json json_of(const FieldSchema& field, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull: return nullptr;
    case Value::Kind::kBool: return value.as_bool();
    case Value::Kind::kInt: return value.as_int();
    case Value::Kind::kText: return value.as_text();
    case Value::Kind::kBytes: {
      const bool is_id =
          field.type == FieldType::kReference || field.type == FieldType::kReferenceList;
      const auto id = is_id ? Uuid::from(value.as_bytes()) : std::nullopt;
      return id ? to_string(*id) : to_hex(value.as_bytes());
    }
    case Value::Kind::kList: break;
  }
  Json list = Json::array();
  for (const auto& item : value.as_list()) list.push_back(json_of(field, item));
  return list;
}

}  // namespace daybook::sheet
