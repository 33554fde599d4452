// SPDX-License-Identifier: Apache-2.0
// An absolute URL that this server may call, taken apart. Read by call_out and by app where it
// judges the configuration. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace daybook {

struct OutUrl {
  bool tls = true;
  std::string host;  // a name, or an address without brackets
  bool is_address = false;
  std::uint16_t port = 443;
  std::string target = "/";  // path and query

  // As the Host header says it.
  std::string authority() const;
};

// https://host[:port][/path][?query], or http:// to this machine itself: 127.0.0.0/8, ::1 or
// localhost. No user, no fragment, printable ASCII only. Errors name `url`.
Result<OutUrl> read_out_url(std::string_view url);

// 127.0.0.0/8 and ::1, as text. False for names.
bool is_loopback_address(const std::string& address);

}  // namespace daybook
