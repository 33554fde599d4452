// SPDX-License-Identifier: Apache-2.0
// Opening a store, and its transactions. The verbs are in log.cpp, records_and_scopes.cpp, who.cpp
// and trouble_and_keeping.cpp.
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

#include <filesystem>

#include "sync-server/store/sqlite/migrations.hpp"

namespace daybook {

namespace {

constexpr std::string_view kInMemory = ":memory:";

// The log goes back into the file when it is this long (16 MiB). Groups are written all day over
// the same few pages, the newest visits and the ends of the indexes: a longer log writes each of
// them back less often.
constexpr int kLogPagesMax = 4000;

// The first page of every table and index: damage that a server would meet in its first second.
Result<void> check_roots(sqlite::Connection& connection) {
  std::vector<std::string> tables;
  DAYBOOK_ASSIGN(auto list,
                 connection.prepare("select name from sqlite_schema where type = 'table'"));
  while (true) {
    DAYBOOK_ASSIGN(const bool more, list.step());
    if (!more) break;
    tables.emplace_back(list.text(0));
  }
  DAYBOOK_TRY(list.check());
  for (const auto& table : tables) {
    DAYBOOK_ASSIGN(const auto found,
                   connection.find_int64("select 1 from \"" + table + "\" limit 1"));
    static_cast<void>(found);
  }
  return success();
}

Result<void> check_pages(sqlite::Connection& connection, const SqliteStoreOptions& options) {
  std::error_code unreadable;
  const auto size = std::filesystem::file_size(options.path, unreadable);
  if (!unreadable && size <= options.checked_bytes_max) return connection.check();
  return check_roots(connection);
}

Result<std::unique_ptr<sqlite::Connection>> open_connection(const SqliteStoreOptions& options) {
  sqlite::OpenOptions file;
  file.path = options.path;
  file.create = options.create;
  file.read_only = options.read_only;
  file.cache_kib = options.cache_kib;
  const sqlite::FileFormat format{kServerStoreApplicationId, server_store_migrations()};
  DAYBOOK_ASSIGN(auto connection, sqlite::open_file(file, format));
  if (!options.read_only) {
    DAYBOOK_TRY(connection->execute("pragma wal_autocheckpoint=" + std::to_string(kLogPagesMax)));
  }
  return connection;
}

}  // namespace

Result<std::unique_ptr<SqliteServerStore>> SqliteServerStore::open(
    const SqliteStoreOptions& options) {
  const bool in_memory = options.path == kInMemory;
  const bool may_create = options.create && !options.read_only;
  std::error_code unreadable;
  if (!in_memory && !may_create && !std::filesystem::exists(options.path, unreadable)) {
    return failure(Errc::kNotFound, "store", options.path);
  }
  std::optional<sqlite::OwnerLock> lock;
  if (!in_memory && !options.read_only) {
    DAYBOOK_ASSIGN(auto taken, sqlite::OwnerLock::take(options.path));
    lock.emplace(std::move(taken));
  }
  DAYBOOK_ASSIGN(auto connection, open_connection(options));
  if (!in_memory) DAYBOOK_TRY(check_pages(*connection, options));
  return std::unique_ptr<SqliteServerStore>(
      new SqliteServerStore(std::move(lock), std::move(connection), options.read_only));
}

Result<std::unique_ptr<SqliteServerStore>> SqliteServerStore::open_to_look_on(
    const std::string& path, int cache_kib) {
  SqliteStoreOptions options;
  options.path = path;
  options.create = false;
  options.read_only = true;
  options.cache_kib = cache_kib;
  options.checked_bytes_max = 0;
  return open(options);
}

SqliteServerStore::SqliteServerStore(std::optional<sqlite::OwnerLock> lock,
                                     std::unique_ptr<sqlite::Connection> connection, bool read_only)
    : lock_(std::move(lock)),
      connection_(std::move(connection)),
      read_only_(read_only),
      names_(*connection_) {}

SqliteServerStore::~SqliteServerStore() { rollback(); }

// --- statements ---

// A full disk or a broken one makes SQLite take the whole transaction back by itself. What came
// after it would be written alone, so nothing goes on until the caller has rolled back.
Result<void> SqliteServerStore::check_standing() const {
  if (transaction_ && !connection_->in_transaction()) {
    return failure(Errc::kIo, "store",
                   "an earlier error has taken the transaction back: roll back");
  }
  return success();
}

Result<sqlite::Statement> SqliteServerStore::reading(std::string_view sql) {
  DAYBOOK_TRY(check_standing());
  return connection_->prepare(sql);
}

Result<void> SqliteServerStore::check_writing() const {
  if (read_only_) return failure(Errc::kReadOnly, "store", "opened to look on");
  if (!transaction_) return failure(Errc::kInvalid, "store", "a write outside a transaction");
  return check_standing();
}

Result<sqlite::Statement> SqliteServerStore::writing(std::string_view sql) {
  DAYBOOK_TRY(check_writing());
  return connection_->prepare(sql);
}

// --- transactions ---

void SqliteServerStore::forget_cached() {
  head_.reset();
  has_parked_.reset();
  has_case_waits_.reset();
  slate_.clear();
}

Result<void> SqliteServerStore::begin() {
  if (transaction_) return failure(Errc::kInvalid, "store", "begin inside a transaction");
  using Kind = sqlite::Transaction::Kind;
  DAYBOOK_ASSIGN(auto begun,
                 sqlite::Transaction::begin(*connection_, read_only_ ? Kind::kRead : Kind::kWrite));
  transaction_.emplace(std::move(begun));
  names_at_begin_ = names_.mark();
  return success();
}

Result<void> SqliteServerStore::commit() {
  if (!transaction_) return failure(Errc::kInvalid, "store", "commit outside a transaction");
  if (savepoint_) return failure(Errc::kInvalid, "store", "commit with an open savepoint");
  if (auto written = write_slate(); !written.ok()) {
    rollback();
    return written;
  }
  auto committed = transaction_->commit();
  transaction_.reset();
  slate_.clear();
  if (committed.ok()) {
    names_.settle();
  } else {
    rollback();
  }
  return committed;
}

void SqliteServerStore::rollback() {
  savepoint_.reset();
  transaction_.reset();
  names_.forget_after(names_at_begin_);
  forget_cached();
}

Result<void> SqliteServerStore::savepoint() {
  if (!transaction_) return failure(Errc::kInvalid, "store", "savepoint outside a transaction");
  if (savepoint_) return failure(Errc::kInvalid, "store", "a second savepoint");
  DAYBOOK_TRY(check_standing());
  // What was put before the savepoint must not be taken back with it.
  DAYBOOK_TRY(write_slate());
  DAYBOOK_ASSIGN(auto begun, sqlite::Savepoint::begin(*connection_));
  savepoint_.emplace(std::move(begun));
  names_at_savepoint_ = names_.mark();
  return success();
}

Result<void> SqliteServerStore::release() {
  if (!savepoint_) return failure(Errc::kInvalid, "store", "release without a savepoint");
  auto released = savepoint_->release();
  savepoint_.reset();
  return released;
}

Result<void> SqliteServerStore::rollback_to_savepoint() {
  if (!savepoint_) return failure(Errc::kInvalid, "store", "rollback without a savepoint");
  DAYBOOK_TRY(check_standing());
  savepoint_->roll_back();
  savepoint_.reset();
  names_.forget_after(names_at_savepoint_);
  forget_cached();
  return success();
}

}  // namespace daybook
