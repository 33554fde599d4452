// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/core_thread.hpp"

#include <cstdio>
#include <cstdlib>

namespace daybook {
namespace {

constexpr std::size_t kQueueMax = 4096;
constexpr std::size_t kGroupMax = 256;          // keeps the wait of the first in a group short
constexpr std::chrono::minutes kLookEvery{10};  // for what fell due by the hour

using SteadyTime = std::chrono::steady_clock;

std::int64_t microseconds_since(SteadyTime::time_point begun) {
  using std::chrono::microseconds;
  return std::chrono::duration_cast<microseconds>(SteadyTime::now() - begun).count();
}

}  // namespace

CoreThread::CoreThread(ServerCore& core, LiveHub& hub, LastKnown& last_known, Metrics& metrics,
                       std::function<void()> committed)
    : core_(core),
      hub_(hub),
      last_known_(last_known),
      metrics_(metrics),
      committed_(std::move(committed)),
      thread_([this] {
        try {
          run();
        } catch (const std::exception& broken) {  // top of a thread
          // What cannot happen has happened. Stopping here keeps the store as the last group left
          // it; the supervisor starts us again.
          std::fprintf(stderr,
                       "{\"level\":\"error\",\"event\":\"server.broken\",\"what\":\"%s\"}\n",
                       broken.what());
          std::abort();
        }
      }) {}

CoreThread::~CoreThread() { stop(); }

bool CoreThread::submit(CoreTask task) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || queue_.size() >= kQueueMax) {
      ++metrics_.queue_refused;
      return false;
    }
    if (queue_.empty()) first_waits_since_ = SteadyTime::now();
    queue_.push_back(std::move(task));
  }
  waiting_.notify_one();
  return true;
}

CoreThread::State CoreThread::state() {
  const std::scoped_lock lock(mutex_);
  State state = state_;
  state.waiting = queue_.size();
  return state;
}

void CoreThread::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  waiting_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::vector<CoreTask> CoreThread::take_waiting() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && queue_.empty() && SteadyTime::now() < next_look_)
    waiting_.wait_until(lock, next_look_);
  std::vector<CoreTask> tasks;
  if (!stopping_ && SteadyTime::now() >= next_look_) {
    next_look_ = SteadyTime::now() + kLookEvery;
    tasks.push_back({.run = [](ServerCore& core) -> Result<AfterCommit> {
                       DAYBOOK_TRY(core.ingest().look_at_overdue());
                       return AfterCommit([] {});
                     },
                     .failed = [](const Error&) {}});
    if (queue_.empty()) return tasks;
  }
  while (!queue_.empty() && tasks.size() < kGroupMax) {
    tasks.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  if (!tasks.empty()) metrics_.queue_seconds.observe(microseconds_since(first_waits_since_));
  first_waits_since_ = SteadyTime::now();
  return tasks;
}

void CoreThread::before_commit(std::size_t tasks) {
  metrics_.group_size.observe(static_cast<std::int64_t>(tasks));
  commit_begun_ = SteadyTime::now();
}

void CoreThread::after_commit(bool durable) {
  metrics_.commit_seconds.observe(microseconds_since(commit_begun_));
  if (!durable) ++metrics_.groups_failed;
}

void CoreThread::run() {
  core_.set_watch(this);
  for (;;) {
    auto tasks = take_waiting();
    if (tasks.empty()) return;
    const auto begun = SteadyTime::now();
    std::string trouble;
    tasks.front().failed = [&trouble, told = std::move(tasks.front().failed)](const Error& why) {
      trouble = to_string(why);
      told(why);
    };
    const auto touched = run_group(core_, std::move(tasks));
    if (trouble.empty()) last_known_.write(core_.durable_head());
    {
      const std::scoped_lock lock(mutex_);
      state_ = {std::move(trouble), core_.durable_head(), core_.ingest().trial().begun()};
    }
    hub_.ring(core_, touched);
    metrics_.group_seconds.observe(microseconds_since(begun));
    if (trouble.empty()) committed_();
  }
}

}  // namespace daybook
