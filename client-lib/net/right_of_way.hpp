// SPDX-License-Identifier: Apache-2.0
// Records go first: while a phone's records are on their way, its contents hand nothing more to the
// line, so that a line of text never waits behind a video. Contents still trickle: an office that
// answers slowly, or a first sync of hours, does not stop them for ever. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace daybook {

class RightOfWay {
 public:
  // Held while records are on their way.
  class Passage {
   public:
    explicit Passage(RightOfWay& way) : way_(way) { way_.change(1); }
    ~Passage() { way_.change(-1); }
    Passage(const Passage&) = delete;
    Passage& operator=(const Passage&) = delete;

   private:
    RightOfWay& way_;
  };

  // True when none is on its way; waits for that, at most so long.
  bool give_way(std::int64_t ms) {
    std::unique_lock lock(mutex_);
    return ended_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return passing_ == 0; });
  }

 private:
  void change(int by) {
    const std::scoped_lock lock(mutex_);
    passing_ += by;
    if (passing_ == 0) ended_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable ended_;
  int passing_ = 0;
};

}  // namespace daybook
