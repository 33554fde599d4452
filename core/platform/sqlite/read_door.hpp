// SPDX-License-Identifier: Apache-2.0
// The door for SQL that is not ours: a host app's queries. A connection of its own that can read
// and do nothing else; every statement is held against a list of what it may name and is cut off
// when it works too long. Used by daybook_query() and by nobody who writes. One thread at a time;
// interrupt() from any.
#pragma once

#include <functional>
#include <set>

#include "core/platform/sqlite/statement.hpp"

namespace daybook::sqlite {

struct ReadDoorOptions {
  OpenOptions file;                       // opened read-only whatever it says
  std::uint64_t steps_max = 100'000'000;  // of SQLite's machine, per statement: some seconds
  // Which tables and views may be read, whether a query names them or a view does. (Asking only of
  // what a query names would not hold: a query may give its own subselect the name of a view.)
  // Empty: all but SQLite's own.
  std::function<bool(std::string_view table)> may_read;
  // Which functions may be called. Empty: all but those that reach out of SQLite.
  std::function<bool(std::string_view function)> may_call;
  // The steps are one sum for all statements of a snapshot instead of each statement's own.
  bool steps_per_snapshot = false;
  // SQL of ours that lays out an empty file, for trying statements on; only with ":memory:".
  std::string layout;
};

class ReadDoor {
 public:
  static Result<std::unique_ptr<ReadDoor>> open(const ReadDoorOptions& options);
  ~ReadDoor();
  ReadDoor(const ReadDoor&) = delete;
  ReadDoor& operator=(const ReadDoor&) = delete;

  // One reading statement. kReadOnly for anything that would write, attach, or read what it may
  // not; kInvalid for wrong SQL, with SQLite's words in the detail. Its steps answer kTimedOut at
  // the step limit or after interrupt().
  Result<Statement> prepare(std::string_view sql);
  void interrupt() { connection_->interrupt(); }
  // More of our own SQL. REQUIRES: opened with a layout.
  Result<void> lay(const std::string& sql);
  // A snapshot held over several statements, so that they agree with each other.
  Result<void> begin_snapshot();
  void end_snapshot();

 private:
  explicit ReadDoor(const ReadDoorOptions& options) : options_(options) {}
  // Runs SQL of ours, which the authorizer lets pass.
  Result<void> run_ours(const std::string& sql);
  Result<void> learn_tables();
  bool may_read(std::string_view table, std::string_view column) const;
  bool may_call(std::string_view function) const;
  static int authorize(void* door, int action, const char* first, const char* second,
                       const char* database, const char* inside);
  static int count_steps(void* door);

  ReadDoorOptions options_;
  std::unique_ptr<Connection> connection_;
  // On loan for good, so that no query with the same words is handed a statement that was compiled
  // as ours.
  std::optional<Statement> ask_version_;
  std::optional<Statement> ask_names_;
  std::uint64_t steps_left_ = 0;
  bool in_snapshot_ = false;
  bool ours_ = false;                           // the statement being compiled is one of ours
  std::optional<std::int64_t> schema_version_;  // that `tables_` was read under
  std::set<std::string, std::less<>> tables_;   // and views
};

}  // namespace daybook::sqlite
