// SPDX-License-Identifier: Apache-2.0
#include "core/wire/message_reader.hpp"

namespace daybook::wire {
namespace {

constexpr std::size_t kItemsMax = 64;  // no message of any format has more
constexpr std::size_t kTagSizeMax = 64;

std::string joined(std::string_view outer, std::string_view inner) {
  if (outer.empty() || inner.empty()) return std::string(outer) + std::string(inner);
  return std::string(outer) + "." + std::string(inner);
}

}  // namespace

void MessageReader::open(std::string_view tag, std::size_t count) {
  const auto items = array("", kItemsMax);
  const auto found_tag = text("tag", kTagSizeMax);
  if (!failed() && found_tag != tag) fail(Errc::kInvalid, "tag", "expected " + std::string(tag));
  const auto format = unsigned_integer("format");
  if (!failed() && format != kMessageFormat) {
    fail(Errc::kNotSupported, "format",
         "format " + std::to_string(format) + ", this build reads " +
             std::to_string(kMessageFormat));
  }
  if (!failed() && items != count) {
    fail(Errc::kInvalid, "", std::to_string(items) + " items, expected " + std::to_string(count));
  }
}

void MessageReader::prepend(std::string_view name) { place_ = joined(name, place_); }

Result<void> MessageReader::close() {
  auto finished = finish("");
  if (finished.ok()) return {};
  auto error = std::move(finished).error();
  error.field = joined(message_, joined(place_, error.field));
  return error;
}

}  // namespace daybook::wire
