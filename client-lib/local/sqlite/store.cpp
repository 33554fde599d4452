// SPDX-License-Identifier: Apache-2.0
#include "client-lib/local/sqlite/store.hpp"

#include "client-lib/local/sqlite/tables.hpp"
#include "core/platform/sqlite/migrate.hpp"
#include "core/platform/sqlite/transaction_probe.hpp"

namespace daybook {

namespace {

// The log goes back into the file when it is this long (8 MiB): some hundreds of acts, so that few
// of them wait for it. SQLite's own 1000 pages are full after a hundred.
constexpr int kLogPagesMax = 2000;

}  // namespace

Result<std::unique_ptr<LocalStore>> open_sqlite_local_store(const LocalStoreOptions& options) {
  sqlite::OpenOptions file;
  file.path = options.path;
  file.key = options.key;
  DAYBOOK_ASSIGN(auto connection, sqlite::open_file(file, local_file_format()));
  DAYBOOK_TRY(connection->execute("pragma wal_autocheckpoint=" + std::to_string(kLogPagesMax)));
  auto store = std::make_unique<SqliteLocalStore>(options, std::move(connection));
  DAYBOOK_TRY(store->load_plans());
  return std::unique_ptr<LocalStore>(std::move(store));
}

Result<void> SqliteLocalStore::begin() {
  ensure(!in_transaction_);
  DAYBOOK_TRY(file_->run("begin immediate"));
  sqlite::show_phase(sqlite::TransactionPhase::kInside);
  in_transaction_ = true;
  return {};
}

Result<void> SqliteLocalStore::commit() {
  ensure(in_transaction_);
  sqlite::show_phase(sqlite::TransactionPhase::kCommitting);
  auto done = file_->run("commit");
  sqlite::show_phase(sqlite::TransactionPhase::kOutside);
  if (!done) {
    rollback();
    return done;
  }
  in_transaction_ = false;
  return {};
}

void SqliteLocalStore::rollback() {
  // SQLite undoes by itself on some errors; what tables look like is read again, in case the schema
  // was changing.
  if (file_->in_transaction()) static_cast<void>(file_->run("rollback"));
  sqlite::show_phase(sqlite::TransactionPhase::kOutside);
  in_transaction_ = false;
  static_cast<void>(load_plans());
}

Result<std::optional<Bytes>> SqliteLocalStore::find_setting(const std::string& name) {
  DAYBOOK_ASSIGN(auto find, file_->prepare("select value from daybook_setting where name=?"));
  DAYBOOK_ASSIGN(const bool found, find.bind_all(name).step());
  if (!found) return std::optional<Bytes>{};
  auto value = copy_of(find.bytes(0));
  DAYBOOK_TRY(find.check());
  return std::optional<Bytes>(std::move(value));
}

Result<void> SqliteLocalStore::put_setting(const std::string& name, BytesView value) {
  return file_->run("insert or replace into daybook_setting(name,value) values(?,?)", name, value);
}

Result<void> SqliteLocalStore::erase_setting(const std::string& name) {
  return file_->run("delete from daybook_setting where name=?", name);
}

Result<void> SqliteLocalStore::wipe() {
  ensure(!in_transaction_);
  // What is deleted must not stay readable in free pages or in the log.
  DAYBOOK_TRY(file_->execute("pragma secure_delete=on"));
  DAYBOOK_TRY(clear_staged());
  DAYBOOK_TRY(begin());
  auto emptied = [&]() -> Result<void> {
    DAYBOOK_TRY(drop_views());
    for (const auto& [collection, plan] : plans_) {
      DAYBOOK_TRY(file_->execute("drop table if exists \"" + collection + "\""));
    }
    for (const char* table : {"setting", "column", "raw_row", "shadow", "own_set", "incarnation",
                              "receipt", "scope", "rung", "witness", "content"}) {
      DAYBOOK_TRY(file_->execute(std::string("delete from daybook_") + table));
    }
    return commit();
  }();
  if (!emptied) {
    rollback();
    return emptied;
  }
  plans_.clear();
  schema_.reset();
  // A host app that reads just now keeps the log from being emptied; the next checkpoint does it.
  static_cast<void>(file_->checkpoint());
  return {};
}

}  // namespace daybook
