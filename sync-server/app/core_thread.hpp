// SPDX-License-Identifier: Apache-2.0
// The one thread that owns ServerCore: takes everything that waits, runs it as one group, rings the
// bells. No timer: a group closes when the queue is empty. `submit` from any thread; the queue is
// bounded, so a flood is refused before it is read.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "sync-server/ops/last_known.hpp"
#include "sync-server/session/live_hub.hpp"
#include "sync-server/session/server_core.hpp"

namespace daybook {

class CoreThread {
 public:
  CoreThread(ServerCore& core, LiveHub& hub, LastKnown& last_known);
  ~CoreThread();  // as stop()

  bool submit(CoreTask task);
  // Runs what waits, then ends the thread. The core may be used by the caller afterwards.
  void stop();
  // After the last group, for /readyz. Any thread.
  struct State {
    std::string trouble;  // why it did not become durable; empty when it did
    StoreHead head;
    bool careful = false;
  };
  State state();

 private:
  void run();
  std::vector<CoreTask> take_waiting();

  ServerCore& core_;
  LiveHub& hub_;
  LastKnown& last_known_;
  std::mutex mutex_;
  std::condition_variable waiting_;
  std::deque<CoreTask> queue_;
  bool stopping_ = false;
  State state_;
  std::thread thread_;
};

}  // namespace daybook
