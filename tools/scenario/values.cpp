// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/values.hpp"

#include <charconv>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "tools/scenario/script/words.hpp"

namespace daybook::scenario {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

// "12.5" with two decimals is 1250: no floating point on the way.
std::optional<std::int64_t> scaled(std::string_view text, std::size_t decimals) {
  const auto dot = text.find('.');
  std::string digits(text.substr(0, dot));
  std::string fraction(dot == std::string_view::npos ? "" : text.substr(dot + 1));
  if (fraction.size() > decimals || (dot != std::string_view::npos && fraction.empty()))
    return std::nullopt;
  fraction.resize(decimals, '0');
  return whole(digits + fraction);
}

std::string unscaled(std::int64_t number, std::size_t decimals) {
  std::string digits = std::to_string(number < 0 ? -number : number);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  std::string fraction = digits.substr(digits.size() - decimals);
  while (decimals != 2 && !fraction.empty() && fraction.back() == '0') fraction.pop_back();
  digits.resize(digits.size() - decimals);
  return (number < 0 ? "-" : "") + digits + (fraction.empty() ? "" : "." + fraction);
}

std::size_t decimals_of(FieldType type) {
  switch (type) {
    case FieldType::kMoney: return 2;
    case FieldType::kQuantity: return 3;
    case FieldType::kGeo: return 7;
    default: return 0;
  }
}

// "09:00" or "3d09:00".
std::optional<std::int64_t> time_ms(std::string_view text) {
  std::int64_t days = 0;
  if (const auto d = text.find('d'); d != std::string_view::npos) {
    const auto read = whole(text.substr(0, d));
    if (!read) return std::nullopt;
    days = *read;
    text.remove_prefix(d + 1);
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto hours = whole(text.substr(0, colon)), minutes = whole(text.substr(colon + 1));
  if (!hours || !minutes) return std::nullopt;
  return kFirstMidnightMs + days * kDayMs + (*hours * 60 + *minutes) * kMinuteMs;
}

Value reference_to(const std::string& name, const FieldSchema& field, const Names& names,
                   int line) {
  const RecordRef* record = names.find(name);
  if (record == nullptr || record->collection != field.references)
    throw Mistake(line, "expected the name of a record of " + field.references + ", found " + name);
  return Value::bytes(copy_of(record->id.view()));
}

Value read_one(const Literal& literal, const FieldSchema& field, const Names& names, int line) {
  const std::string& text = literal.text;
  std::optional<std::int64_t> number;
  switch (field.type) {
    case FieldType::kText:
    case FieldType::kTextList: {
      const auto* record = text.starts_with('@') ? names.find(text.substr(1)) : nullptr;
      return Value::text(record == nullptr ? text : to_string(record->id));
    }
    case FieldType::kReference:
    case FieldType::kReferenceList: return reference_to(text, field, names, line);
    case FieldType::kDigest: {
      const Digest* content = names.find_content(text);
      return Value::bytes(copy_of((content == nullptr ? sha256(view_of(text)) : *content).view()));
    }
    case FieldType::kBytes: return Value::bytes(copy_of(view_of(text)));
    case FieldType::kBool: {
      const auto key = key_of(text);
      if (key != "true" && key != "false")
        throw Mistake(line, "expected true or false for " + field.name + ", found " + text);
      return Value::boolean(key == "true");
    }
    case FieldType::kTime: number = time_ms(text); break;
    case FieldType::kInt: number = whole(text); break;
    default: number = scaled(text, decimals_of(field.type)); break;
  }
  if (!number) {
    throw Mistake(line, "expected a value of the type " +
                            std::string(daybook::name_of(field.type)) + " for " + field.name +
                            ", found " + text);
  }
  return Value::integer(*number);
}

bool is_list(FieldType type) {
  return type == FieldType::kTextList || type == FieldType::kReferenceList;
}

std::string shown_bytes(const Bytes& bytes, const FieldSchema* field, const Names& names) {
  const auto id = Uuid::from(bytes);
  if (id && (field == nullptr || !field->references.empty())) return names.name_of(*id);
  return to_hex(BytesView(bytes).first(std::min<std::size_t>(bytes.size(), 4))) + "…";
}

}  // namespace

void Names::add(const std::string& name, const RecordRef& record) {
  records_[name] = record;
  names_[record.id] = name;
}

const RecordRef* Names::find(const std::string& name) const {
  const auto found = records_.find(name);
  return found == records_.end() ? nullptr : &found->second;
}

std::vector<RecordRef> Names::records() const {
  std::vector<RecordRef> records;
  for (const auto& [name, record] : records_) records.push_back(record);
  return records;
}

const Digest* Names::find_content(const std::string& text) const {
  const auto found = contents_.find(text);
  return found == contents_.end() ? nullptr : &found->second;
}

std::string Names::name_of(const Uuid& id) const {
  const auto found = names_.find(id);
  return found == names_.end() ? "#" + to_hex(id.view().last(3)) : found->second;
}

std::string Names::name_of(const RecordRef& record) const {
  const auto found = names_.find(record.id);
  return found == names_.end() ? record.collection + name_of(record.id) : found->second;
}

Value read_value(const Literal& literal, const FieldSchema* field, const Names& names, int line) {
  if (!literal.quoted && !literal.is_list && key_of(literal.text) == "null") return Value::null();
  if (field == nullptr) {
    const auto number = literal.quoted ? std::nullopt : whole(literal.text);
    return number ? Value::integer(*number) : Value::text(literal.text);
  }
  if (is_list(field->type) != literal.is_list) {
    throw Mistake(line, std::string(literal.is_list ? "expected one value" : "expected a [list]") +
                            " for " + field->name);
  }
  if (!literal.is_list) return read_one(literal, *field, names, line);
  ValueList list;
  for (const auto& item : literal.items) list.push_back(read_one(item, *field, names, line));
  return Value::list(std::move(list));
}

const FieldSchema& time_field() {
  static const FieldSchema field = [] {
    FieldSchema time;
    time.name = "a time";
    time.type = FieldType::kTime;
    return time;
  }();
  return field;
}

std::string shown_time(std::int64_t ms) {
  const std::int64_t since = ms - kFirstMidnightMs;
  if (since < 0 || since > 400 * kDayMs || since % kMinuteMs != 0) return std::to_string(ms);
  const auto two = [](std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  const std::int64_t days = since / kDayMs, minutes = since % kDayMs / kMinuteMs;
  return (days > 0 ? std::to_string(days) + "d" : "") + two(minutes / 60) + ":" + two(minutes % 60);
}

std::string shown(const Value& value, const FieldSchema* field, const Names& names) {
  switch (value.kind()) {
    case Value::Kind::kNull: return "null";
    case Value::Kind::kBool: return value.as_bool() ? "true" : "false";
    case Value::Kind::kText: return "\"" + value.as_text() + "\"";
    case Value::Kind::kBytes: return shown_bytes(value.as_bytes(), field, names);
    case Value::Kind::kInt: break;
    case Value::Kind::kList: {
      std::string text;
      for (const auto& item : value.as_list())
        text += (text.empty() ? "" : ", ") + shown(item, field, names);
      return "[" + text + "]";
    }
  }
  if (field == nullptr) return std::to_string(value.as_int());
  if (field->type == FieldType::kTime) return shown_time(value.as_int());
  const auto decimals = decimals_of(field->type);
  return decimals == 0 ? std::to_string(value.as_int()) : unscaled(value.as_int(), decimals);
}

std::string shown(const std::optional<Value>& value, const FieldSchema* field, const Names& names) {
  return value ? shown(*value, field, names) : std::string("absent");
}

}  // namespace daybook::scenario
