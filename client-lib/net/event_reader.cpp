// SPDX-License-Identifier: Apache-2.0
#include "client-lib/net/event_reader.hpp"

#include <string_view>

namespace daybook {

Result<bool> EventReader::feed(BytesView bytes,
                               const std::function<bool(const ServerEvent&)>& on_event) {
  for (const auto byte : bytes) {
    const char c = static_cast<char>(byte);
    const bool second_of_pair = c == '\n' && after_return_;
    after_return_ = c == '\r';
    if (second_of_pair) continue;
    if (c == '\n' || c == '\r') {
      if (!end_line(on_event)) return false;
    } else {
      line_.push_back(c);
    }
    if (line_.size() + data_.size() > size_max_) {
      return failure(Errc::kTooLarge, "event", std::to_string(size_max_));
    }
  }
  return true;
}

bool EventReader::end_line(const std::function<bool(const ServerEvent&)>& on_event) {
  const std::string line = std::exchange(line_, {});
  if (line.empty()) {
    bool more = true;
    if (has_data_) {
      const std::string_view name =
          name_.empty() ? std::string_view("message") : std::string_view(name_);
      more = on_event(ServerEvent{name, data_, id_});
    }
    name_.clear();
    data_.clear();
    has_data_ = false;
    return more;
  }
  const auto colon = line.find(':');
  if (colon == 0) return true;  // a comment: a ping
  const std::string_view field = std::string_view(line).substr(0, colon);
  std::string_view value =
      colon == std::string::npos ? std::string_view{} : std::string_view(line).substr(colon + 1);
  if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  if (field == "event") {
    name_ = value;
  } else if (field == "id") {
    id_ = value;
  } else if (field == "data") {
    if (has_data_) data_.push_back('\n');
    data_ += value;
    has_data_ = true;
  }
  return true;
}

}  // namespace daybook
