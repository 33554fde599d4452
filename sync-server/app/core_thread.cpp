// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/core_thread.hpp"

#include <cstdio>
#include <cstdlib>

namespace daybook {
namespace {

constexpr std::size_t kQueueMax = 4096;
constexpr std::size_t kGroupMax = 256;  // keeps the wait of the first in a group short

}  // namespace

CoreThread::CoreThread(ServerCore& core, LiveHub& hub, LastKnown& last_known)
    : core_(core), hub_(hub), last_known_(last_known), thread_([this] {
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
    if (stopping_ || queue_.size() >= kQueueMax) return false;
    queue_.push_back(std::move(task));
  }
  waiting_.notify_one();
  return true;
}

CoreThread::State CoreThread::state() {
  const std::scoped_lock lock(mutex_);
  return state_;
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
  waiting_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  std::vector<CoreTask> tasks;
  while (!queue_.empty() && tasks.size() < kGroupMax) {
    tasks.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return tasks;
}

void CoreThread::run() {
  for (;;) {
    auto tasks = take_waiting();
    if (tasks.empty()) return;
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
    hub_.ring(touched);
  }
}

}  // namespace daybook
