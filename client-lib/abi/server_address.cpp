// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/server_address.hpp"

#include <charconv>

namespace daybook::abi {

Result<ServerAddress> read_server_address(std::string_view url, std::vector<Digest> pins) {
  constexpr std::string_view scheme = "https://";
  const Error wrong = failure(Errc::kInvalid, "server", "expected https://host:port");
  if (url.substr(0, scheme.size()) != scheme) return wrong;
  std::string_view rest = url.substr(scheme.size());
  ServerAddress address;
  address.port = 443;
  address.pins = std::move(pins);
  if (!rest.empty() && rest.front() == '[') {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return wrong;
    address.host = std::string(rest.substr(1, end - 1));
    rest = rest.substr(end + 1);
  } else {
    const auto end = rest.find(':');
    address.host = std::string(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
  }
  if (address.host.empty() || address.host.find_first_of("[]/?#@") != std::string::npos)
    return wrong;
  if (rest.empty()) return address;
  if (rest.front() != ':') return wrong;
  rest.remove_prefix(1);
  const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), address.port);
  if (read.ec != std::errc{} || read.ptr != rest.data() + rest.size() || address.port == 0)
    return wrong;
  return address;
}

}  // namespace daybook::abi
