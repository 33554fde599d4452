// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/core_worker.hpp"

#include "client-lib/abi/guard.hpp"

namespace daybook::abi {

Result<std::unique_ptr<CoreWorker>> CoreWorker::start(Open open, AfterEach after_each) {
  std::unique_ptr<CoreWorker> worker(new CoreWorker(std::move(after_each)));
  worker->thread_ = std::thread([raw = worker.get(), open = std::move(open)] { raw->work(open); });
  std::unique_lock lock(worker->mutex_);
  worker->answered_.wait(lock, [&] { return worker->opened_; });
  if (!worker->open_error_) {
    lock.unlock();
    return worker;
  }
  Error why = *worker->open_error_;
  lock.unlock();
  worker.reset();
  return why;
}

CoreWorker::~CoreWorker() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  arrived_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> CoreWorker::run(const std::function<void(Desk&)>& task) {
  Question question;
  question.task = &task;
  std::unique_lock lock(mutex_);
  if (closing_) return failure(Errc::kClosed, "handle");
  waiting_.push_back(&question);
  arrived_.notify_one();
  answered_.wait(lock, [&] { return question.done; });
  if (question.error) return *std::move(question.error);
  return success();
}

void CoreWorker::break_with(const Error& why) {
  const std::scoped_lock lock(mutex_);
  if (!broken_) broken_ = why;
}

Result<void> CoreWorker::check() {
  const std::scoped_lock lock(mutex_);
  if (broken_) return *broken_;
  return success();
}

void CoreWorker::open_desk(const Open& open) {
  const auto opened = guarded([&]() -> Result<void> {
    DAYBOOK_ASSIGN(desk_, open());
    after_each_(desk_);
    return success();
  });
  if (!opened.ok()) break_with(opened.error());
  const std::scoped_lock lock(mutex_);
  opened_ = true;
  open_error_ = broken_;
}

void CoreWorker::carry_out(Question& question) {
  auto done = check();
  if (done.ok()) {
    done = guarded([&]() -> Result<void> {
      (*question.task)(desk_);
      after_each_(desk_);
      return success();
    });
    if (!done.ok()) break_with(done.error());
  }
  if (!done.ok()) question.error = done.error();
}

// What an answer left to do is done while the next request is on its way. Its error is told with
// the answer to that one.
void CoreWorker::use_free_moment() {
  if (!check().ok() || !desk_.core || !desk_.core->has_time_to_finish()) return;
  const auto done = guarded([&]() -> Result<void> {
    static_cast<void>(desk_.core->finish_reply().ok());
    after_each_(desk_);
    return success();
  });
  if (!done.ok()) break_with(done.error());
}

void CoreWorker::work(const Open& open) {
  open_desk(open);
  answered_.notify_all();
  std::unique_lock lock(mutex_);
  for (;;) {
    arrived_.wait(lock, [&] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) break;
    Question* const question = waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    carry_out(*question);
    lock.lock();
    question->done = true;
    answered_.notify_all();
    if (!waiting_.empty() || closing_) continue;
    lock.unlock();
    use_free_moment();
    lock.lock();
  }
  lock.unlock();
  // The store is closed by the thread that used it.
  desk_.core.reset();
}

}  // namespace daybook::abi
