// SPDX-License-Identifier: Apache-2.0
// Where the phone connects to, as enrolment wrote it.
#include "client-lib/abi/server_address.hpp"

#include "tests/support/catch.hpp"

namespace daybook::abi {
namespace {

std::string read(std::string_view url) {
  const auto address = read_server_address(url, {Digest{}});
  return address.ok() ? address->host + " " + std::to_string(address->port) : "refused";
}

}  // namespace

TEST_CASE("abi: a server's address has a host and a port", "[abi]") {
  CHECK(read("https://office.example") == "office.example 443");
  CHECK(read("https://office.example:8443") == "office.example 8443");
  CHECK(read("https://127.0.0.1:1") == "127.0.0.1 1");
  CHECK(read("https://[::1]:8443") == "::1 8443");
  CHECK(read("https://[::1]") == "::1 443");
}

TEST_CASE("abi: what is no address is refused", "[abi]") {
  for (const char* url : {"", "https://", "http://office.example", "https://:8443", "https://a:",
                          "https://a:0", "https://a:65536", "https://a:8443x", "https://a/b",
                          "https://user@a", "https://[::1", "https://[::1]8443", "https://a?b"}) {
    INFO(url);
    CHECK(read(url) == "refused");
  }
}

}  // namespace daybook::abi
