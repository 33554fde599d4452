// SPDX-License-Identifier: Apache-2.0
// The office's door: accepts TLS connections on one address and gives each to an HttpSession. Made
// by app's wiring. `start` and the destructor belong to the thread that runs the io_context, or to
// any thread while nobody runs it; `stop` and `reload_certificate` may be called from anywhere.
// After `stop`, io_context::run returns when the last connection is gone. Whoever keeps a ReplySink
// or LiveStream lets go of it before the io_context is destroyed. Needs no SIGPIPE to be ignored.
#pragma once

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

  // Reads both files again. New connections get the new certificate; an error leaves the old one in
  // force.
  Result<void> reload_certificate();

  std::size_t connections() const;  // open now; any thread

 private:
  struct Door;
  std::shared_ptr<Door> door_;
};

}  // namespace daybook
