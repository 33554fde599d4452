// SPDX-License-Identifier: Apache-2.0
// One thread that serves twelve thousand sockets and some clocks: epoll and a heap of deadlines.
// Used by the crowd of daybook-live. Not for several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

namespace daybook::bench {

// Whoever waits for a socket. Lives as long as the loop runs, or takes itself out before.
class SocketOwner {
 public:
  virtual ~SocketOwner() = default;
  virtual void on_socket() = 0;
};

class CrowdLoop {
 public:
  CrowdLoop();
  ~CrowdLoop();
  CrowdLoop(const CrowdLoop&) = delete;
  CrowdLoop& operator=(const CrowdLoop&) = delete;

  // Called again with another wish, it replaces the former.
  void watch(int socket, bool to_write, SocketOwner& owner);
  void forget(int socket);

  // Once, at that monotonic microsecond or later.
  void at(std::int64_t when_us, std::function<void()> then);
  // Whoever set them goes, and the loop goes on.
  void drop_clocks() { clocks_.clear(); }

  // Serves until `done` says so or the deadline has come; true when it was `done`.
  bool run(std::int64_t until_us, const std::function<bool()>& done);

  // How late a deadline was served at worst since this was last asked: what the driver itself adds
  // to a latency.
  std::int64_t take_lateness_us();

 private:
  std::int64_t serve_clocks(std::int64_t now_us);

  int poll_;
  std::map<int, SocketOwner*> owners_;
  std::multimap<std::int64_t, std::function<void()>> clocks_;
  std::int64_t lateness_us_ = 0;
};

}  // namespace daybook::bench
