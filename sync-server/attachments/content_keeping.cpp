// SPDX-License-Identifier: Apache-2.0
#include "sync-server/attachments/content_keeping.hpp"

#include <chrono>

namespace daybook {
namespace {

// A server that has just started has better things to do.
constexpr std::int64_t kFirstMs = 60'000;
constexpr std::int64_t kEveryMs = 60LL * 60 * 1000;

}  // namespace

bool ContentKeeping::rest(std::int64_t ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(ms), [&] { return stopping_; });
  return !stopping_;
}

void ContentKeeping::work() {
  std::int64_t pause_ms = kFirstMs;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::chrono::milliseconds(pause_ms),
                        [&] { return stopping_ || asked_; });
      if (stopping_) return;
      asked_ = false;
    }
    pause_ms = kEveryMs;
    const auto done = keeper_.round([this](std::int64_t ms) { return rest(ms); });
    if (!done.ok() && done.error().code != Errc::kClosed)
      trace_.note(TraceLevel::kWarning, "content.keeping", {{"error", to_string(done.error())}});
  }
}

void ContentKeeping::look_now() {
  const std::scoped_lock lock(mutex_);
  asked_ = true;
  changed_.notify_all();
}

void ContentKeeping::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace daybook
