// SPDX-License-Identifier: Apache-2.0
// One TLS connection among thousands: what HttpsClient is on a phone, without a thread of its own.
// The same TLS, the same pin, the same reader of replies; driven by CrowdLoop. One request at a
// time. Used by daybook-live. Keeps no ticket: each is a phone that comes for the first time, which
// is what costs the office most.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client-lib/net/https_client.hpp"
#include "client-lib/net/reply_reader.hpp"
#include "core/base/result.hpp"
#include "tests/bench/live/crowd_loop.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace daybook::bench {

// Where all of them call.
class CrowdDoor {
 public:
  explicit CrowdDoor(ServerAddress server);
  ~CrowdDoor();
  CrowdDoor(const CrowdDoor&) = delete;
  CrowdDoor& operator=(const CrowdDoor&) = delete;

  const ServerAddress& server() const { return server_; }
  std::string host() const { return server_.host + ":" + std::to_string(server_.port); }
  ssl_ctx_st* tls() const { return tls_; }

 private:
  const ServerAddress server_;
  ssl_ctx_st* tls_;
};

class CrowdLine final : public SocketOwner {
 public:
  // The line is of no use any more; called once at most, never after close().
  using Broken = std::function<void(const Error& why)>;
  CrowdLine(CrowdLoop& loop, const CrowdDoor& door, Broken broken);
  ~CrowdLine() override;
  CrowdLine(const CrowdLine&) = delete;
  CrowdLine& operator=(const CrowdLine&) = delete;

  // From `source`, an address of this machine. `opened` comes after the handshake.
  void open(const std::string& source, std::function<void()> opened);
  // REQUIRES: open and idle. The text is a whole request.
  void request(const std::string& text, std::function<void(HttpReply)> replied);
  // Asks for what has no end: behind a head of `status` all bytes are `heard`; another head, or an
  // error from `heard`, breaks the line.
  using Heard = std::function<Result<void>(BytesView)>;
  void follow(const std::string& text, int status, Heard heard);
  void close();

  bool is_open() const { return state_ == State::kIdle || state_ == State::kAsking; }
  Digest channel() const;
  const CrowdDoor& door() const { return door_; }

  void on_socket() override;

 private:
  enum class State : std::uint8_t { kClosed, kConnecting, kShaking, kIdle, kAsking };

  void give_up(const Error& why);
  Result<void> shake();
  Result<void> send();
  Result<void> receive();
  Result<void> take(BytesView bytes);
  bool is_pinned() const;
  void ask(const std::string& text);
  Result<void> hear(BytesView bytes);

  CrowdLoop& loop_;
  const CrowdDoor& door_;
  Broken broken_;
  State state_ = State::kClosed;
  int socket_ = -1;
  ssl_st* ssl_ = nullptr;
  bool to_write_ = false;
  std::string unsent_;
  std::unique_ptr<ReplyReader> reader_;
  std::string head_;  // of what is followed, until it is whole
  int status_ = 0;
  std::function<void()> opened_;
  std::function<void(HttpReply)> replied_;
  Heard heard_;  // set: everything that comes is for it
};

}  // namespace daybook::bench
