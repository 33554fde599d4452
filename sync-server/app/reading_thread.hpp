// SPDX-License-Identifier: Apache-2.0
// Reading beside the core thread: one thread that follows the book with the reports file, answers
// lists, feed pages and metrics, and feeds live readers; and one for what may take seconds (SQL,
// exports). Each question sees at least what was durable when it was asked. `submit` and `ring`
// from any thread; both queues are bounded.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "sync-server/api/api_door.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/integration/feed_streams.hpp"
#include "sync-server/reports/reports_file.hpp"
#include "sync-server/reports/reports_reader.hpp"
#include "sync-server/rules/rehearsals.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {

class ReadingThread {
 public:
  struct Files {
    std::string book;
    std::string reports;
  };
  // Opens both files; the reports file is made when it is not there or does not fit.
  static Result<std::unique_ptr<ReadingThread>> start(const Files& files, const Rules& rules,
                                                      OfficeSessions& sessions, Trace& trace);
  ~ReadingThread();  // as stop()

  // What handlers are told of the house. REQUIRES: before the first task.
  void set_parts(const ApiDoor::Parts& parts) { parts_ = &parts; }
  bool submit(ReadTask task);
  void open_feed(const Call& call, http::ReplySink sink);
  // A group has become durable.
  void ring();
  // Takes nothing more, closes the streams and lets go of the reports between two steps; does not
  // wait, so it may be called by who must go on serving.
  void begin_stop();
  void stop();
  std::size_t streams() const { return streams_now_.load(); }
  Version reports_stand_at() const { return reports_at_.load(); }

 private:
  // Somebody who reads both files.
  struct Desk {
    std::unique_ptr<SqliteServerStore> book;
    std::unique_ptr<ReportsReader> reports;
    std::uint64_t reports_made = 0;  // which file that is
  };
  ReadingThread(const Files& files, const Rules& rules, OfficeSessions& sessions, Trace& trace)
      : files_(files), rules_(rules), trace_(trace), streams_(sessions) {}
  Result<void> open_desk(Desk& desk);
  Result<void> open_reports(Desk& desk);
  Result<void> make_reports_anew();
  void run_quick();
  void run_slow();
  void answer(Desk& desk, const ReadTask& task);
  void follow();
  bool is_stopping();
  bool pump();

  const Files files_;
  const Rules rules_;
  Trace& trace_;
  const ApiDoor::Parts* parts_ = nullptr;
  FeedStreams streams_;
  std::unique_ptr<ReportsFile> file_;
  std::mutex making_reports_;  // while there is no whole file to open
  std::uint64_t reports_made_ = 0;
  Desk quick_;
  Desk slow_;
  Rehearsals rehearsals_;  // of the slow thread

  std::mutex mutex_;
  std::condition_variable quick_waiting_;
  std::condition_variable slow_waiting_;
  std::deque<ReadTask> quick_queue_;
  std::deque<ReadTask> slow_queue_;
  bool rung_ = false;
  bool stopping_ = false;
  std::atomic<std::size_t> streams_now_{0};
  std::atomic<Version> reports_at_{0};
  std::thread quick_thread_;
  std::thread slow_thread_;
};

}  // namespace daybook
