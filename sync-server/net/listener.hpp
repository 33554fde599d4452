// SPDX-License-Identifier: Apache-2.0
// The office's door: accepts TLS connections on one address and gives each to an HttpSession. Made
// by app's wiring. `start` and the destructor belong to the thread that runs the io_context, or to
// any thread while nobody runs it; `stop` and `reload_certificate` may be called from anywhere.
// After `stop`, io_context::run returns when the last connection is gone. Whoever keeps a ReplySink
// or LiveStream lets go of it before the io_context is destroyed. Needs no SIGPIPE to be ignored.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/ports/trace.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/net/limits.hpp"

namespace daybook {

struct ListenerOptions {
  std::string address = "127.0.0.1";  // "::" listens on both families
  std::uint16_t port = 0;             // 0 takes a free one
  std::string key_file;
  std::string certificate_file;
  // What a request may name as Host: lower case, without port. Empty: anything, but exactly one.
  std::vector<std::string> hosts;
  HttpLimits limits;
  Trace* trace =
      nullptr;  // net.refused, net.turned_away, net.handshake_failed; used on the loop thread
};

// What the door has seen since it was opened; bytes of TLS records.
struct DoorCounts {
  std::size_t connections = 0;  // open now
  std::uint64_t accepted = 0, turned_away = 0, handshakes_failed = 0, resumed = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::array<std::uint64_t, 5> replies{};  // by the first digit of the status, 1 to 5
};

class Listener {
 public:
  Listener(boost::asio::io_context& loop, ListenerOptions options, http::Handler& handler);
  ~Listener();  // ends every connection at once
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // The port. kInvalid for an unreadable key, certificate or address, kBusy when the port is taken.
  Result<std::uint16_t> start();

  // No new connections; requests in flight are answered (at most limits.stop_ms_max), streams and
  // idle connections close.
  void stop();

  // SHA-256 of the key's SubjectPublicKeyInfo, as of start(): what phones believe.
  Digest pin() const;

  // Reads both files again. New connections get the new certificate; an error leaves the old one in
  // force.
  Result<void> reload_certificate();

  DoorCounts counts() const;  // any thread

 private:
  struct Door;
  std::shared_ptr<Door> door_;
};

}  // namespace daybook
