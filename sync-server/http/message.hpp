// SPDX-License-Identifier: Apache-2.0
// Requests and replies as plain values, so that everything behind sync-server/net can be tested,
// simulated and fuzzed without Beast.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/fixed_bytes.hpp"

namespace daybook::http {

struct Header {
  std::string name;  // lower case
  std::string value;
};

struct Request {
  std::string method;
  std::string path;  // percent-decoded, without the query; never contains NUL or ".."
  std::vector<std::pair<std::string, std::string>> query;  // percent-decoded
  std::vector<Header> headers;
  Bytes body;
  std::string peer;              // address of the other end, for rate limits and logs
  std::uint64_t connection = 0;  // number of the TLS connection in this process
  Digest channel{};  // TLS exporter value of the connection ("EXPORTER-daybook-channel"): proofs
                     // are bound to it

  const std::string* find_header(std::string_view lower_case_name) const;
  const std::string* find_query(std::string_view name) const;
  // Value of a cookie, or nullptr-like empty optional.
  std::optional<std::string> cookie(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::vector<Header> headers;
  Bytes body;
  bool close = false;  // end the connection after this reply
};

// A reply that goes on: server-sent events, or the office's half of a line. Owned by net; `write`
// and `close` may be called from any thread and do nothing once the peer is gone. `closed()` tells
// the owner to forget it.
class LiveStream {
 public:
  virtual ~LiveStream() = default;
  // Dropped with the connection when it would make more than the limit wait unsent; one that comes
  // while nothing waits may be longer.
  virtual void write(std::string_view text) = 0;
  virtual void close() = 0;
  virtual bool closed() const = 0;
  // Everything written so far has been handed to the line: there is room for more.
  virtual bool idle() const = 0;
};

// A connection that stops being HTTP, at the peer's wish (`Upgrade`), and carries bytes both ways.
struct Upgrade {
  std::string_view protocol;  // as the peer named it; static
  std::string_view ping;      // what net may say between two writes to keep it awake; static
  // What the peer says, on the loop thread. False ends the connection. Net drops it with the
  // connection.
  std::function<bool(BytesView)> hear;
};

// Exactly one of these is called, exactly once, from any thread.
struct ReplySink {
  std::function<void(Response)> reply;
  // Sends the head (text/event-stream, no length, connection closes at the end) and hands out the
  // stream.
  std::function<std::shared_ptr<LiveStream>()> open_stream;
  // Answers 101 and hands out the office's half.
  std::function<std::shared_ptr<LiveStream>(Upgrade)> open_line;
};

// Who answers. Called on the loop thread; must not block. Implemented by app's wiring.
class Handler {
 public:
  virtual ~Handler() = default;
  // After the head was read and judged well-formed, before the body is read: an answer here refuses
  // the request unread.
  virtual std::optional<Response> on_head(const Request& head, std::uint64_t content_length) = 0;
  virtual void on_request(Request request, ReplySink sink) = 0;
  // The connection broke in the middle of the body: `partial.body` is what had arrived. Resumable
  // exchanges keep it.
  virtual void on_cut(Request partial, std::uint64_t content_length) = 0;
};

}  // namespace daybook::http
