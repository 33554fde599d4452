// SPDX-License-Identifier: Apache-2.0
// A TLS client without manners, for saying to the door what our own client never would. Blocking,
// with a time-out on every read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace daybook::test {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool good() const { return good_; }
  bool send(std::string_view bytes);
  // What comes until the server ends the connection or nothing comes for `ms`.
  std::string read_all(int ms);
  // What comes until `text` is in it, or nothing comes for `ms`.
  std::string read_until(std::string_view text, int ms);
  bool ended() const { return ended_; }  // the server closed
  int socket() const { return socket_; }

 private:
  std::string read_while(std::string_view wanted, int ms);

  int socket_ = -1;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
  bool good_ = false;
  bool ended_ = false;
};

// TCP to loopback without TLS; -1 when refused.
int connect_plain(std::uint16_t port);

}  // namespace daybook::test
