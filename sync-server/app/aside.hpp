// SPDX-License-Identifier: Apache-2.0
// Work that would make the loop or the core wait: a bounded queue before a few threads. `run` from
// any thread; the stops from the one that made it.
#pragma once

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <utility>

namespace daybook {

class Aside {
 public:
  // kGivesWay: only with the processor and the disk that nobody else asks for at the moment.
  enum class Manner { kAlike, kGivesWay };

  explicit Aside(int threads, Manner manner = Manner::kAlike)
      : pool_(static_cast<std::size_t>(threads)), manner_(manner) {}

  bool run(std::function<void()> work) {
    if (waiting_.fetch_add(1) >= kWaitingMax) {
      --waiting_;
      return false;
    }
    boost::asio::post(pool_, [this, work = std::move(work)] {
      if (manner_ == Manner::kGivesWay) step_back();
      work();
      --waiting_;
    });
    return true;
  }
  void stop() { pool_.join(); }
  // What has not begun is dropped; a call that waits for somebody else ends with its deadline.
  void stop_soon() {
    pool_.stop();
    pool_.join();
  }

 private:
  static constexpr int kWaitingMax = 32;

  // Of the thread that calls it, once. Where the system does not let it, it works alike.
  static void step_back() {
    thread_local bool done = false;
    if (std::exchange(done, true)) return;
    constexpr int nice = 10;
    constexpr int of_one_thread = 1, last_of_best_effort = (2 << 13) | 7;  // linux/ioprio.h
    const auto thread = static_cast<id_t>(::syscall(SYS_gettid));
    static_cast<void>(::setpriority(PRIO_PROCESS, thread, nice));
    static_cast<void>(::syscall(SYS_ioprio_set, of_one_thread, 0, last_of_best_effort));
  }

  boost::asio::thread_pool pool_;
  const Manner manner_;
  std::atomic<int> waiting_{0};
};

}  // namespace daybook
