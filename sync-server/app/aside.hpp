// SPDX-License-Identifier: Apache-2.0
// Work that would make the loop or the core wait: a bounded queue before a few threads. `run` from
// any thread; the stops from the one that made it.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <utility>

namespace daybook {

class Aside {
 public:
  explicit Aside(int threads) : pool_(static_cast<std::size_t>(threads)) {}

  bool run(std::function<void()> work) {
    if (waiting_.fetch_add(1) >= kWaitingMax) {
      --waiting_;
      return false;
    }
    boost::asio::post(pool_, [this, work = std::move(work)] {
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

  boost::asio::thread_pool pool_;
  std::atomic<int> waiting_{0};
};

}  // namespace daybook
