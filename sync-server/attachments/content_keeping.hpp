// SPDX-License-Identifier: Apache-2.0
// The thread that looks after contents: a round of ContentKeeper every hour, one at once when
// something was removed. Made by app; its methods from any thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "sync-server/attachments/keeper.hpp"

namespace daybook {

class ContentKeeping {
 public:
  explicit ContentKeeping(ContentKeeper& keeper, Trace& trace) : keeper_(keeper), trace_(trace) {
    thread_ = std::thread([this] { work(); });
  }
  ~ContentKeeping() { stop(); }

  void look_now();
  void stop();

 private:
  void work();
  bool rest(std::int64_t ms);

  ContentKeeper& keeper_;
  Trace& trace_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool asked_ = false;
  std::thread thread_;
};

}  // namespace daybook
