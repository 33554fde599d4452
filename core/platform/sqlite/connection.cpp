// SPDX-License-Identifier: Apache-2.0
#include "core/platform/sqlite/connection.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>

#include "core/base/ensure.hpp"
#include "core/platform/sqlite/errors.hpp"
#include "core/platform/sqlite/gathering_vfs.hpp"
#include "core/platform/sqlite/statement.hpp"

namespace daybook::sqlite {
namespace {

constexpr std::size_t kTextsKeptMax = 128;

bool is_in_memory(const std::string& path) { return path == ":memory:"; }

// What is written on a phone is nobody else's: SQLite gives the log and the index of a file the
// rights of the file itself.
Result<void> create_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file >= 0) {
    ::close(file);
    return {};
  }
  if (errno == EEXIST) return {};
  const Errc code = errno == ENOSPC || errno == EDQUOT ? Errc::kDiskFull : Errc::kIo;
  return failure(code, "sqlite.create", path + ": " + std::strerror(errno));
}

// Against files and SQL made to hurt: SQLite's own advice for what comes from elsewhere, at no cost
// for what is ours.
Result<void> harden(sqlite3* db, const OpenOptions& options) {
  struct Switch {
    int what;
    int value;
  };
  constexpr Switch switches[] = {
      {SQLITE_DBCONFIG_DEFENSIVE, 1},       {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
      {SQLITE_DBCONFIG_ENABLE_FKEY, 1},     {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
      {SQLITE_DBCONFIG_DQS_DML, 0},         {SQLITE_DBCONFIG_DQS_DDL, 0},
      {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
  };
  for (const Switch& each : switches) {
    const int code = sqlite3_db_config(db, each.what, each.value, static_cast<int*>(nullptr));
    if (code != SQLITE_OK) return error_of(db, code, "harden");
  }
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, options.length_max);
  sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
  sqlite3_limit(db, SQLITE_LIMIT_COLUMN, 1000);
  sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 200);
  sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, 50);
  sqlite3_limit(db, SQLITE_LIMIT_FUNCTION_ARG, 127);
  sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000);
  sqlite3_limit(db, SQLITE_LIMIT_TRIGGER_DEPTH, 10);
  sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
  sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, options.attached_max);
  return {};
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const OpenOptions& options) {
  if (!options.key.empty())
    return failure(Errc::kNotSupported, "key", "this build does not encrypt files");
  if (options.path.empty()) return failure(Errc::kInvalid, "path", "empty");
  if (!is_in_memory(options.path)) {
    const bool exists = ::access(options.path.c_str(), F_OK) == 0;
    const bool may_create = options.create && !options.read_only;
    if (!exists && !may_create) return failure(Errc::kNotFound, "path", options.path);
    if (!exists) DAYBOOK_TRY(create_private_file(options.path));
  }
  std::unique_ptr<Connection> connection(new Connection());
  connection->path_ = options.path;
  connection->read_only_ = options.read_only;
  const int flags =
      (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  const char* const ours = options.read_only || !options.wal ? nullptr : gathering_vfs();
  const char* const vfs = options.vfs.empty() ? ours : options.vfs.c_str();
  const int code = sqlite3_open_v2(options.path.c_str(), &connection->db_, flags, vfs);
  if (code != SQLITE_OK) return error_of(connection->db_, code, "open");
  DAYBOOK_TRY(connection->configure(options));
  return connection;
}

Result<void> Connection::configure(const OpenOptions& options) {
  sqlite3_busy_timeout(db_, options.busy_timeout_ms);
  DAYBOOK_TRY(harden(db_, options));
  // The log and its index are read through ordinary reads too: a mapped page that a bad card cannot
  // deliver kills the process.
  DAYBOOK_TRY(
      execute("pragma mmap_size=0; pragma cell_size_check=on; pragma temp_store=memory; pragma "
              "cache_size=-" +
              std::to_string(options.cache_kib)));
  if (options.read_only) return execute("pragma query_only=on; select count(*) from sqlite_schema");

  const std::string wanted = options.wal ? "wal" : "delete";
  std::string journal;
  {
    DAYBOOK_ASSIGN(auto set, prepare("pragma journal_mode=" + wanted));
    DAYBOOK_ASSIGN(const bool answered, set.step());
    if (answered) journal = set.text(0);
  }
  if (journal != wanted && journal != "memory") {
    return failure(Errc::kIo, "sqlite.journal_mode", "asked for " + wanted + ", got " + journal);
  }
  // Apple's fsync leaves the bytes in the drive; elsewhere this switch does nothing.
  return execute("pragma synchronous=full; pragma fullfsync=1; pragma checkpoint_fullfsync=1");
}

Connection::~Connection() {
  forget_idle_statements();
  sqlite3_close_v2(db_);
}

Result<sqlite3_stmt*> Connection::prepare_new(std::string_view sql) {
  if (sql.size() > static_cast<std::size_t>(INT32_MAX))
    return failure(Errc::kTooLarge, "sql", "too long");
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  if (code != SQLITE_OK) return error_of(db_, code, "prepare");
  const std::string_view left(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
  if (statement == nullptr || left.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    sqlite3_finalize(statement);
    return failure(Errc::kInvalid, "sql",
                   statement == nullptr ? "no statement" : "more than one statement");
  }
  return statement;
}

Result<Statement> Connection::prepare(std::string_view sql) {
  auto shelf = shelves_.find(sql);
  sqlite3_stmt* statement = nullptr;
  if (shelf != shelves_.end() && !shelf->second.idle.empty()) {
    statement = shelf->second.idle.back();
    shelf->second.idle.pop_back();
  } else {
    DAYBOOK_ASSIGN(statement, prepare_new(sql));
    if (shelf == shelves_.end()) {
      if (shelves_.size() >= kTextsKeptMax) forget_idle_statements();
      shelf = shelves_.emplace(std::string(sql), Shelf{}).first;
    }
  }
  ++shelf->second.on_loan;
  return Statement(*this, shelf->first, statement);
}

void Connection::give_back(const std::string& sql, sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  Shelf& shelf = shelves_.find(sql)->second;
  --shelf.on_loan;
  shelf.idle.push_back(statement);
}

// Our own texts are few; this happens where somebody makes up new ones without end.
void Connection::forget_idle_statements() {
  for (auto shelf = shelves_.begin(); shelf != shelves_.end();) {
    for (sqlite3_stmt* statement : shelf->second.idle) sqlite3_finalize(statement);
    shelf->second.idle.clear();
    shelf = shelf->second.on_loan == 0 ? shelves_.erase(shelf) : std::next(shelf);
  }
}

Result<void> Connection::execute(const std::string& sql) {
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(db_, code, "execute");
  return {};
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
std::int64_t Connection::changes() const { return sqlite3_changes64(db_); }
std::int64_t Connection::last_row_id() const { return sqlite3_last_insert_rowid(db_); }
void Connection::interrupt() { sqlite3_interrupt(db_); }

Result<void> Connection::attach(const std::string& path, const std::string& name) {
  if (!read_only_ && !is_in_memory(path)) DAYBOOK_TRY(create_private_file(path));
  DAYBOOK_TRY(run("attach ? as ?", path, name));
  if (read_only_) return {};
  // Settings are each file's own, and the promise is about all of them.
  DAYBOOK_TRY(execute("pragma " + name + ".journal_mode=wal"));
  return execute("pragma " + name + ".synchronous=full");
}

Result<void> Connection::detach(const std::string& name) { return run("detach ?", name); }

Result<void> Connection::checkpoint() {
  DAYBOOK_ASSIGN(auto statement, prepare("pragma wal_checkpoint(truncate)"));
  DAYBOOK_ASSIGN(const bool answered, statement.step());
  const bool busy = answered && statement.int64(0) != 0;
  if (busy) return failure(Errc::kBusy, "sqlite.checkpoint", "readers hold the log");
  return statement.run();
}

Result<void> Connection::check() {
  DAYBOOK_ASSIGN(auto statement, prepare("pragma quick_check(10)"));
  std::string found;
  while (true) {
    DAYBOOK_ASSIGN(const bool answered, statement.step());
    if (!answered) break;
    if (!found.empty()) found += "; ";
    found += statement.text(0);
  }
  if (found != "ok") return failure(Errc::kCorrupt, "sqlite.check", found);
  return {};
}

Result<Pragmas> Connection::pragmas() {
  constexpr std::string_view names[] = {
      "journal_mode",   "synchronous",     "wal_autocheckpoint", "page_size",     "cache_size",
      "mmap_size",      "temp_store",      "auto_vacuum",        "secure_delete", "foreign_keys",
      "trusted_schema", "cell_size_check", "locking_mode",       "query_only",    "busy_timeout",
      "fullfsync",      "application_id",  "user_version",
  };
  Pragmas all;
  all.emplace_back("sqlite_version", library_version());
  for (const std::string_view name : names) {
    DAYBOOK_ASSIGN(auto ask, prepare("pragma " + std::string(name)));
    DAYBOOK_ASSIGN(const bool answered, ask.step());
    all.emplace_back(name, answered ? std::string(ask.any_text(0)) : "");
  }
  return all;
}

std::string library_version() { return sqlite3_libversion(); }

}  // namespace daybook::sqlite
