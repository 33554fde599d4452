// SPDX-License-Identifier: Apache-2.0
#include "core/platform/sqlite/read_door.hpp"

#include <sqlite3.h>

#include "core/base/ensure.hpp"
#include "core/platform/sqlite/errors.hpp"

namespace daybook::sqlite {
namespace {

constexpr int kStepsBetweenCounts = 1000;

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// SQLite's catalogue and its windows into itself.
bool is_sqlites_own(std::string_view table) {
  return starts_with(table, "sqlite_") || starts_with(table, "pragma_") || table == "dbstat";
}

}  // namespace

Result<std::unique_ptr<ReadDoor>> ReadDoor::open(const ReadDoorOptions& options) {
  std::unique_ptr<ReadDoor> door(new ReadDoor(options));
  door->options_.file.read_only = options.layout.empty();
  door->options_.file.attached_max = 0;
  ensure(options.layout.empty() || options.file.path == ":memory:");
  DAYBOOK_ASSIGN(door->connection_, Connection::open(door->options_.file));
  if (!options.layout.empty()) DAYBOOK_TRY(door->connection_->execute(options.layout));
  sqlite3* const db = door->connection_->db_;
  // What a view may call is held against the authorizer, like what a query may call; SQLite's own
  // idea of a harmless function leaves out JSON's.
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, static_cast<int*>(nullptr));
  sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 100'000);
  sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 250'000);
  // SQLite sets these two up at their first use, by statements that the authorizer would refuse.
  static_cast<void>(
      door->connection_->execute("select 1 from json_each('[]'), json_tree('[]')").ok());
  sqlite3_progress_handler(db, kStepsBetweenCounts, &ReadDoor::count_steps, door.get());
  sqlite3_set_authorizer(db, &ReadDoor::authorize, door.get());
  door->ours_ = true;
  DAYBOOK_ASSIGN(auto version, door->connection_->prepare("pragma schema_version"));
  door->ask_version_.emplace(std::move(version));
  DAYBOOK_ASSIGN(auto names, door->connection_->prepare(
                                 "select name from sqlite_schema where type in ('table', 'view')"));
  door->ask_names_.emplace(std::move(names));
  door->ours_ = false;
  return door;
}

ReadDoor::~ReadDoor() = default;

bool ReadDoor::may_read(std::string_view table, std::string_view column) const {
  if (is_sqlites_own(table)) return false;
  // A query that counts what it named itself ("with n as …") reads no column of a table that does
  // not exist.
  if (column.empty() && tables_.find(table) == tables_.end()) return true;
  return !options_.may_read || options_.may_read(table);
}

bool ReadDoor::may_call(std::string_view function) const {
  if (options_.may_call) return options_.may_call(function);
  return function != "load_extension" && function != "fts3_tokenizer";
}

int ReadDoor::authorize(void* door, int action, const char* first, const char* second, const char*,
                        const char*) {
  const auto& self = *static_cast<const ReadDoor*>(door);
  if (self.ours_) return SQLITE_OK;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
      return second != nullptr && self.may_call(second) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_READ:
      return first != nullptr && second != nullptr && self.may_read(first, second) ? SQLITE_OK
                                                                                   : SQLITE_DENY;
    default: return SQLITE_DENY;
  }
}

int ReadDoor::count_steps(void* door) {
  auto& self = *static_cast<ReadDoor*>(door);
  if (self.steps_left_ < kStepsBetweenCounts) return 1;
  self.steps_left_ -= kStepsBetweenCounts;
  return 0;
}

Result<void> ReadDoor::run_ours(const std::string& sql) {
  steps_left_ = options_.steps_max;
  ours_ = true;
  auto ran = connection_->execute(sql);
  ours_ = false;
  return ran;
}

// The owner of the file may have published a new schema since the last query.
Result<void> ReadDoor::learn_tables() {
  ask_version_->reset();
  DAYBOOK_TRY(ask_version_->step());
  const std::int64_t version = ask_version_->int64(0);
  ask_version_->reset();
  if (version == schema_version_) return {};
  std::set<std::string, std::less<>> tables;
  ask_names_->reset();
  while (true) {
    DAYBOOK_ASSIGN(const bool more, ask_names_->step());
    if (!more) break;
    tables.emplace(ask_names_->text(0));
  }
  ask_names_->reset();
  tables_ = std::move(tables);
  schema_version_ = version;
  return {};
}

Result<void> ReadDoor::lay(const std::string& sql) {
  ensure(!options_.layout.empty());
  return run_ours(sql);
}

Result<Statement> ReadDoor::prepare(std::string_view sql) {
  const bool one_sum = options_.steps_per_snapshot && in_snapshot_;
  if (!one_sum) steps_left_ = options_.steps_max;
  ours_ = true;
  const auto learnt = learn_tables();
  ours_ = false;
  DAYBOOK_TRY(learnt);
  DAYBOOK_ASSIGN(auto statement, connection_->prepare(sql));
  const bool reads =
      sqlite3_stmt_readonly(statement.statement_) != 0 && statement.column_count() > 0;
  if (!reads) return failure(Errc::kReadOnly, "sql", "not a reading statement");
  return statement;
}

Result<void> ReadDoor::begin_snapshot() {
  DAYBOOK_TRY(run_ours("begin deferred; select count(*) from sqlite_schema"));
  in_snapshot_ = true;
  return {};
}

void ReadDoor::end_snapshot() {
  in_snapshot_ = false;
  if (connection_->in_transaction()) static_cast<void>(run_ours("rollback").ok());
}

}  // namespace daybook::sqlite
