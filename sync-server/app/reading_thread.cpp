// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/reading_thread.hpp"

#include <algorithm>
#include <chrono>

#include "sync-server/api/replies.hpp"

namespace daybook {
namespace {

using SteadyTime = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kQueueMax = 256;
constexpr std::size_t kCommitsAtOnce = 500;  // a stop waits for one such step
// Nobody waits for the reports file until somebody asks for it: then it is brought up to date at
// once. Feed pages and metrics, which come every few seconds, read the book and do not ask for it.
// Otherwise it follows a while after the book has come to rest, so that a burst of uploads is not
// slowed down and a record that changes ten times is written once.
constexpr milliseconds kRestBeforeFollowing{2'000};
constexpr milliseconds kFollowAtLeastEvery{15'000};
constexpr milliseconds kAskSlowReadersAgain{20};
constexpr milliseconds kAskSessionsAgain{1'000};

}  // namespace

Result<std::unique_ptr<ReadingThread>> ReadingThread::start(const Files& files, const Rules& rules,
                                                            OfficeSessions& sessions,
                                                            Trace& trace) {
  std::unique_ptr<ReadingThread> thread(new ReadingThread(files, rules, sessions, trace));
  {
    DAYBOOK_ASSIGN(const auto book, SqliteServerStore::open_to_look_on(files.book));
    DAYBOOK_TRY(book->begin());
    DAYBOOK_ASSIGN(thread->file_, ReportsFile::open(files.reports, rules, *book));
    book->rollback();
  }
  thread->reports_at_ = thread->file_->stands_at().version;
  DAYBOOK_TRY(thread->open_desk(thread->quick_));
  DAYBOOK_TRY(thread->open_desk(thread->slow_));
  thread->rung_ = true;
  thread->quick_thread_ = std::thread([self = thread.get()] { self->run_quick(); });
  thread->slow_thread_ = std::thread([self = thread.get()] { self->run_slow(); });
  return thread;
}

Result<void> ReadingThread::open_desk(Desk& desk) {
  DAYBOOK_ASSIGN(desk.book, SqliteServerStore::open_to_look_on(files_.book));
  return open_reports(desk);
}

Result<void> ReadingThread::open_reports(Desk& desk) {
  const std::scoped_lock lock(making_reports_);
  if (desk.reports && desk.reports_made == reports_made_) return {};
  DAYBOOK_ASSIGN(desk.reports, ReportsReader::open(files_.reports));
  desk.reports_made = reports_made_;
  return {};
}

// Their columns are those of the rules. Whoever is reading goes on in the old file.
Result<void> ReadingThread::make_reports_anew() {
  const std::scoped_lock lock(making_reports_);
  file_.reset();
  DAYBOOK_ASSIGN(file_, ReportsFile::open(files_.reports, rules_, *quick_.book));
  ++reports_made_;
  return {};
}

ReadingThread::~ReadingThread() { stop(); }

bool ReadingThread::submit(ReadTask task) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || quick_queue_.size() >= kQueueMax || slow_queue_.size() >= kQueueMax)
      return false;
    quick_queue_.push_back(std::move(task));
  }
  quick_waiting_.notify_one();
  return true;
}

void ReadingThread::open_feed(const Call& call, http::ReplySink sink) {
  const auto shared = std::make_shared<http::ReplySink>(std::move(sink));
  const bool taken =
      submit({[this, call, shared](ReadDesk& desk) { streams_.open(call, desk, *shared); }});
  if (!taken) shared->reply(error_reply(failure(Errc::kBusy)));
}

void ReadingThread::ring() {
  {
    const std::scoped_lock lock(mutex_);
    rung_ = true;
  }
  // Only live readers are in a hurry; the file is followed by the clock.
  if (streams_now_.load() > 0) quick_waiting_.notify_one();
}

void ReadingThread::begin_stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  quick_waiting_.notify_all();
  slow_waiting_.notify_all();
}

bool ReadingThread::is_stopping() {
  const std::scoped_lock lock(mutex_);
  return stopping_;
}

void ReadingThread::stop() {
  begin_stop();
  if (quick_thread_.joinable()) quick_thread_.join();
  if (slow_thread_.joinable()) slow_thread_.join();
}

void ReadingThread::answer(Desk& desk, const ReadTask& task) {
  const auto begun = desk.book->begin();
  if (!begun.ok())
    trace_.note(TraceLevel::kError, "reading.book", {{"error", to_string(begun.error())}});
  if (const auto opened = open_reports(desk); !opened.ok())
    trace_.note(TraceLevel::kError, "reading.reports", {{"error", to_string(opened.error())}});
  ReadDesk place{*desk.book, *desk.reports, rules_, *parts_, &rehearsals_};
  task.run(place);
  desk.book->rollback();
}

// The file up to where the book stands now, or to where it is when the house closes.
void ReadingThread::follow() {
  while (!is_stopping()) {
    if (!quick_.book->begin().ok()) return;
    const auto head = quick_.book->head();
    const bool fits = file_ && file_->rules().digest == rules_->digest;
    const auto made = fits ? success() : make_reports_anew();
    const auto stands =
        made.ok() ? file_->follow(*quick_.book, kCommitsAtOnce) : Result<StoreHead>(made.error());
    quick_.book->rollback();
    if (!stands.ok() || !head.ok()) {
      trace_.note(TraceLevel::kError, "reading.reports",
                  {{"error", to_string(stands.ok() ? head.error() : stands.error())}});
      return;
    }
    reports_at_ = stands->version;
    if (stands->version >= head->version) return;
  }
}

// True while a reader has not taken all there is.
bool ReadingThread::pump() {
  bool behind = streams_.size() > 0 && quick_.book->begin().ok();
  if (behind) behind = streams_.pump(*quick_.book, rules_);
  quick_.book->rollback();
  streams_now_ = streams_.size();
  return behind;
}

void ReadingThread::run_quick() {
  auto followed = SteadyTime::now();
  auto moved = followed;
  bool to_follow = true;
  bool behind = false;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool streaming = streams_now_.load() > 0;
    const auto wait = behind      ? kAskSlowReadersAgain
                      : streaming ? kAskSessionsAgain
                                  : kRestBeforeFollowing;
    quick_waiting_.wait_for(
        lock, wait, [&] { return stopping_ || !quick_queue_.empty() || (rung_ && streaming); });
    if (stopping_) break;
    std::deque<ReadTask> tasks = std::exchange(quick_queue_, {});
    const bool rung = std::exchange(rung_, false);
    lock.unlock();
    const auto now = SteadyTime::now();
    if (rung) moved = now;
    to_follow = to_follow || rung;
    const bool needed = std::any_of(tasks.begin(), tasks.end(),
                                    [](const ReadTask& task) { return task.needs.reports; });
    const bool rested =
        now - moved >= kRestBeforeFollowing || now - followed >= kFollowAtLeastEvery;
    if (needed || (to_follow && rested)) {
      follow();
      followed = now;
      to_follow = false;
    }
    for (auto& task : tasks) {
      if (!task.needs.slow) {
        answer(quick_, task);
        continue;
      }
      const std::scoped_lock slow_lock(mutex_);
      slow_queue_.push_back(std::move(task));
      slow_waiting_.notify_one();
    }
    behind = pump();
    lock.lock();
  }
  lock.unlock();
  streams_.close_all();
}

void ReadingThread::run_slow() {
  std::unique_lock lock(mutex_);
  while (true) {
    slow_waiting_.wait(lock, [&] { return stopping_ || !slow_queue_.empty(); });
    if (stopping_) return;
    const ReadTask task = std::move(slow_queue_.front());
    slow_queue_.pop_front();
    lock.unlock();
    answer(slow_, task);
    lock.lock();
  }
}

}  // namespace daybook
