// SPDX-License-Identifier: Apache-2.0
#include "sync-server/views/value_text.hpp"

#include <chrono>

#include "core/base/hex.hpp"

namespace daybook {
namespace {

constexpr std::size_t kListItemsShown = 200;

std::string two(unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); }

}  // namespace

std::string time_text(std::int64_t ms, std::int16_t utc_offset_min) {
  // Beyond these years (1…9999) a phone's clock is simply wrong; the number says so better than a
  // date.
  if (ms < -62'000'000'000'000 || ms > 253'000'000'000'000) return std::to_string(ms) + " ms";
  const std::chrono::sys_time<std::chrono::milliseconds> at{
      std::chrono::milliseconds(ms + std::int64_t{utc_offset_min} * 60'000)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto minute = std::chrono::duration_cast<std::chrono::minutes>(at - day).count();
  const auto offset = static_cast<unsigned>(utc_offset_min < 0 ? -utc_offset_min : utc_offset_min);
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day())) +
         " " + two(static_cast<unsigned>(minute / 60)) + ":" +
         two(static_cast<unsigned>(minute % 60)) + (utc_offset_min < 0 ? " -" : " +") +
         two(offset / 60) + ":" + two(offset % 60);
}

std::string decimal_text(std::int64_t number, int decimals, bool trim) {
  const bool negative = number < 0;
  // Not -number: the smallest int64 has no positive.
  auto digits = std::to_string(negative ? ~static_cast<std::uint64_t>(number) + 1
                                        : static_cast<std::uint64_t>(number));
  const auto places = static_cast<std::size_t>(decimals);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  digits.insert(digits.size() - places, ".");
  if (trim) {
    while (digits.back() == '0') digits.pop_back();
    if (digits.back() == '.') digits.pop_back();
  }
  return (negative ? "-" : "") + digits;
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + " B";
  const bool kilo = bytes < 1'000'000;
  const std::uint64_t tenths = bytes / (kilo ? 100 : 100'000);
  return decimal_text(static_cast<std::int64_t>(tenths), 1, true) + (kilo ? " kB" : " MB");
}

Result<std::string> ValueText::of(const FieldSchema* field, const Value& value) const {
  if (value.kind() != Value::Kind::kList) return scalar(field, value);
  std::string out;
  std::size_t shown = 0;
  for (const auto& item : value.as_list()) {
    if (shown == kListItemsShown)
      return out + "\n… (" + std::to_string(value.as_list().size()) + ")";
    DAYBOOK_ASSIGN(const auto text, scalar(field, item));
    out += (shown++ == 0 ? "" : "\n") + text;
  }
  return out;
}

Result<std::string> ValueText::scalar(const FieldSchema* field, const Value& value) const {
  switch (value.kind()) {
    case Value::Kind::kNull: return std::string("–");
    case Value::Kind::kBool: return std::string(value.as_bool() ? "是 yes" : "否 no");
    case Value::Kind::kText: return value.as_text();
    case Value::Kind::kList: return std::string("…");
    case Value::Kind::kBytes: {
      const auto id = Uuid::from(value.as_bytes());
      if (field != nullptr && !field->references.empty() && id)
        return name_of({field->references, *id});
      return to_hex(value.as_bytes());
    }
    case Value::Kind::kInt: break;
  }
  const std::int64_t number = value.as_int();
  if (field == nullptr) return std::to_string(number);
  switch (field->type) {
    case FieldType::kTime: return time(number);
    case FieldType::kMoney: return decimal_text(number, 2, false);
    case FieldType::kQuantity: return decimal_text(number, 3, true);
    case FieldType::kGeo: return decimal_text(number, 7, false);
    default: return std::to_string(number);
  }
}

Result<std::string> ValueText::name_of(const RecordRef& record) const {
  DAYBOOK_ASSIGN(const auto state, store_.find_record(record));
  const std::string short_id = to_string(record.id).substr(0, 13);
  DAYBOOK_ASSIGN(const bool seen, sees_ == nullptr ? Result<bool>(true) : sees_->holds(record));
  if (!state || !seen) return short_id + "… (?)";
  for (const char* telling : {"form_no", "name", "customer_name", "part_no", "model", "serial_no",
                              "provisional_no", "kind"}) {
    const auto found = state->fields.find(telling);
    if (found == state->fields.end() || found->second.value.kind() != Value::Kind::kText) continue;
    if (!found->second.value.as_text().empty()) return found->second.value.as_text();
  }
  return short_id + "…";
}

}  // namespace daybook
