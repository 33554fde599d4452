// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/live/crowd_loop.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/base/ensure.hpp"
#include "tests/bench/meters.hpp"

namespace daybook::bench {

CrowdLoop::CrowdLoop() : poll_(::epoll_create1(EPOLL_CLOEXEC)) { ensure(poll_ >= 0); }

CrowdLoop::~CrowdLoop() { ::close(poll_); }

void CrowdLoop::watch(int socket, bool to_write, SocketOwner& owner) {
  epoll_event wish{};
  wish.events = to_write ? EPOLLIN | EPOLLOUT : EPOLLIN;
  wish.data.fd = socket;
  const bool fresh = owners_.emplace(socket, &owner).second;
  ensure(::epoll_ctl(poll_, fresh ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &wish) == 0);
}

void CrowdLoop::forget(int socket) {
  if (owners_.erase(socket) > 0) ::epoll_ctl(poll_, EPOLL_CTL_DEL, socket, nullptr);
}

void CrowdLoop::at(std::int64_t when_us, std::function<void()> then) {
  clocks_.emplace(when_us, std::move(then));
}

std::int64_t CrowdLoop::serve_clocks(std::int64_t now_us) {
  while (!clocks_.empty() && clocks_.begin()->first <= now_us) {
    lateness_us_ = std::max(lateness_us_, now_us - clocks_.begin()->first);
    const auto then = std::move(clocks_.begin()->second);
    clocks_.erase(clocks_.begin());
    then();
    now_us = monotonic_us();
  }
  constexpr std::int64_t rest_us_max = 100'000;
  return clocks_.empty()
             ? rest_us_max
             : std::clamp<std::int64_t>(clocks_.begin()->first - now_us, 0, rest_us_max);
}

bool CrowdLoop::run(std::int64_t until_us, const std::function<bool()>& done) {
  epoll_event ready[256];
  while (!done()) {
    const std::int64_t now_us = monotonic_us();
    if (now_us >= until_us) return false;
    const std::int64_t rest_us = std::min(serve_clocks(now_us), until_us - now_us);
    const int count = ::epoll_wait(poll_, ready, 256, static_cast<int>((rest_us + 999) / 1000));
    for (int i = 0; i < count; ++i) {
      // Who was served before may have taken this one out.
      const auto owner = owners_.find(ready[i].data.fd);
      if (owner != owners_.end()) owner->second->on_socket();
    }
  }
  return true;
}

std::int64_t CrowdLoop::take_lateness_us() { return std::exchange(lateness_us_, 0); }

}  // namespace daybook::bench
