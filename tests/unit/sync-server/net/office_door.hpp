// SPDX-License-Identifier: Apache-2.0
// A real Listener on loopback with a key of its own, run by a thread of its own, for as long as a
// test needs it. Also used by the tests of client-lib/net.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "core/base/fixed_bytes.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/net/listener.hpp"

namespace daybook::test {

class OfficeDoor {
 public:
  explicit OfficeDoor(http::Handler& handler, const HttpLimits& limits = {},
                      std::uint16_t port = 0);
  ~OfficeDoor();

  std::uint16_t port() const { return port_; }
  const Digest& pin() const { return pin_; }
  Listener& listener() { return *listener_; }
  const std::string& key_file() const { return key_file_; }
  const std::string& certificate_file() const { return certificate_file_; }
  void renew_certificate();  // another key in the same files

  // Ends the door in good order and waits; returns how long that took.
  std::int64_t stop_ms();
  // The same, for so long at most: whether the loop came to an end.
  bool stops_within(std::int64_t ms);
  // What happens on the lines and what falls due meanwhile is found together.
  void hold_loop(std::int64_t ms);

 private:
  std::string folder_;
  std::string key_file_;
  std::string certificate_file_;
  Digest pin_;
  boost::asio::io_context loop_{1};
  std::unique_ptr<Listener> listener_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
  std::uint16_t port_ = 0;
};

}  // namespace daybook::test
