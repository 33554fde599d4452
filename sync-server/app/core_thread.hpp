// SPDX-License-Identifier: Apache-2.0
// The one thread that owns ServerCore: takes everything that waits, runs it as one group, rings the
// bells. No timer: a group closes when the queue is empty. `submit` from any thread; the queue is
// bounded, so a flood is refused before it is read.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "sync-server/ops/last_known.hpp"
#include "sync-server/ops/metrics.hpp"
#include "sync-server/session/live_hub.hpp"
#include "sync-server/session/server_core.hpp"

namespace daybook {

class CoreThread final : private GroupWatch {
 public:
  // `committed` is called after each durable group, on the core thread.
  CoreThread(ServerCore& core, LiveHub& hub, LastKnown& last_known, Metrics& metrics,
             std::function<void()> committed);
  ~CoreThread();  // as stop()

  bool submit(CoreTask task);
  // Runs what waits, then ends the thread. The core may be used by the caller afterwards.
  void stop();
  // After the last group, for /readyz. Any thread.
  struct State {
    std::string trouble;  // why it did not become durable; empty when it did
    StoreHead head;
    bool careful = false;
    std::size_t waiting = 0;  // tasks in the queue
  };
  State state();

 private:
  void run();
  std::vector<CoreTask> take_waiting();
  void before_commit(std::size_t tasks) override;
  void after_commit(bool durable) override;

  ServerCore& core_;
  LiveHub& hub_;
  LastKnown& last_known_;
  Metrics& metrics_;
  const std::function<void()> committed_;
  std::chrono::steady_clock::time_point commit_begun_;
  std::mutex mutex_;
  std::condition_variable waiting_;
  std::deque<CoreTask> queue_;
  std::chrono::steady_clock::time_point first_waits_since_;
  std::chrono::steady_clock::time_point next_look_{};  // the first is at once
  bool stopping_ = false;
  State state_;
  std::thread thread_;
};

}  // namespace daybook
