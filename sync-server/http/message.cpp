// SPDX-License-Identifier: Apache-2.0
#include "sync-server/http/message.hpp"

namespace daybook::http {

const std::string* Request::find_header(std::string_view lower_case_name) const {
  for (const auto& header : headers) {
    if (header.name == lower_case_name) return &header.value;
  }
  return nullptr;
}

const std::string* Request::find_query(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::optional<std::string> Request::cookie(std::string_view name) const {
  const auto* line = find_header("cookie");
  if (line == nullptr) return std::nullopt;
  std::string_view rest = *line;
  while (!rest.empty()) {
    const auto end = rest.find(';');
    std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name)
      return std::string(pair.substr(equals + 1));
  }
  return std::nullopt;
}

}  // namespace daybook::http
