// SPDX-License-Identifier: Apache-2.0
// The server as enrolment named it, "https://host:port", as an address to connect to. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "client-lib/net/https_client.hpp"

namespace daybook::abi {

// Port 443 when it names none; an IPv6 address stands in brackets. Errors name "server".
Result<ServerAddress> read_server_address(std::string_view url, std::vector<Digest> pins);

}  // namespace daybook::abi
