// SPDX-License-Identifier: Apache-2.0
#include "sync-server/store/sqlite/backup.hpp"

#include <filesystem>

#include "core/platform/sqlite/migrate.hpp"
#include "core/platform/sqlite/owner_lock.hpp"
#include "core/platform/sqlite/statement.hpp"
#include "sync-server/store/sqlite/migrations.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {

namespace {

constexpr std::size_t kRecordsAtOnce = 256;
constexpr int kProofCacheKib = 8 * 1024;  // it reads everything

Result<std::unique_ptr<sqlite::Connection>> open_reader(const std::string& path) {
  sqlite::OpenOptions options;
  options.path = path;
  options.create = false;
  options.read_only = true;
  return sqlite::open_file(options, {kServerStoreApplicationId, server_store_migrations()});
}

// A copy of a file in WAL mode says so in its header; as a backup it must be whole without a log
// beside it.
Result<void> make_one_file(const std::string& path) {
  sqlite::OpenOptions options;
  options.path = path;
  options.create = false;
  options.wal = false;
  DAYBOOK_ASSIGN(const auto connection, sqlite::Connection::open(options));
  return connection->execute("select count(*) from sqlite_schema");
}

Result<void> check_integrity(sqlite::Connection& connection) {
  DAYBOOK_ASSIGN(auto check, connection.prepare("pragma integrity_check(10)"));
  std::string found;
  while (true) {
    DAYBOOK_ASSIGN(const bool more, check.step());
    if (!more) break;
    found += (found.empty() ? "" : "; ") + std::string(check.text(0));
  }
  if (found != "ok") return failure(Errc::kCorrupt, "store.integrity", found);
  return success();
}

Result<std::vector<std::string>> collections_in(sqlite::Connection& connection) {
  std::vector<std::string> collections;
  DAYBOOK_ASSIGN(auto list,
                 connection.prepare("select name from names where number in "
                                    "(select distinct collection from records) order by name"));
  while (true) {
    DAYBOOK_ASSIGN(const bool more, list.step());
    if (!more) break;
    collections.emplace_back(list.text(0));
  }
  DAYBOOK_TRY(list.check());
  return collections;
}

Result<std::uint64_t> count_decoded(ServerStore& store, const std::string& collection) {
  std::uint64_t count = 0;
  std::optional<Uuid> after;
  while (true) {
    DAYBOOK_ASSIGN(const auto page, store.list_records(collection, after, kRecordsAtOnce));
    if (page.empty()) return count;
    count += page.size();
    after = page.back().record.id;
  }
}

Result<StoreProof> prove(ServerStore& store, const std::vector<std::string>& collections) {
  StoreProof proof;
  DAYBOOK_ASSIGN(proof.head, store.head());
  for (const auto& collection : collections) {
    DAYBOOK_ASSIGN(const auto count, count_decoded(store, collection));
    proof.records += count;
  }
  DAYBOOK_ASSIGN(const auto chain, verify_chain(store));
  if (!chain.ok()) {
    return failure(Errc::kCorrupt, "store.chain",
                   "commit " + std::to_string(*chain.first_bad) + ": " + chain.what);
  }
  return proof;
}

Result<StoreProof> copy_and_prove(const std::string& source, const std::string& partial) {
  {
    DAYBOOK_ASSIGN(const auto connection, open_reader(source));
    DAYBOOK_TRY(connection->copy_to(partial));
  }
  DAYBOOK_TRY(make_one_file(partial));
  return prove_store(partial);
}

}  // namespace

Result<StoreProof> prove_store(const std::string& path) {
  std::vector<std::string> collections;
  {
    DAYBOOK_ASSIGN(const auto connection, open_reader(path));
    DAYBOOK_TRY(check_integrity(*connection));
    DAYBOOK_ASSIGN(collections, collections_in(*connection));
  }
  // Its pages were checked above, and better than opening does.
  DAYBOOK_ASSIGN(const auto store, SqliteServerStore::open_to_look_on(path, kProofCacheKib));
  DAYBOOK_TRY(store->begin());  // one snapshot, should the store be serving
  DAYBOOK_ASSIGN(auto proof, prove(*store, collections));
  store->rollback();
  proof.size = std::filesystem::file_size(path);
  return proof;
}

Result<StoreProof> copy_store(const std::string& source, const std::string& target) {
  std::error_code unreadable;
  if (std::filesystem::exists(target, unreadable))
    return failure(Errc::kAlreadyExists, "backup.path", target);
  const std::string partial = target + ".partial";
  std::filesystem::remove(partial, unreadable);  // of a copy that was cut off
  auto proof = copy_and_prove(source, partial);
  if (proof.ok()) {
    auto named = sqlite::rename_durably(partial, target);
    if (named.ok()) return proof;
    proof = std::move(named).error();
  }
  std::filesystem::remove(partial, unreadable);
  return proof;
}

Result<StoreFormat> format_of_store(const std::string& path) {
  sqlite::OpenOptions options;
  options.path = path;
  options.create = false;
  options.read_only = true;
  DAYBOOK_ASSIGN(const auto connection, sqlite::Connection::open(options));
  DAYBOOK_ASSIGN(const auto id, connection->find_int64("pragma application_id"));
  DAYBOOK_ASSIGN(const auto version, connection->find_int64("pragma user_version"));
  if (id != std::optional<std::int64_t>(kServerStoreApplicationId))
    return failure(Errc::kInvalid, "path", "is not a store of daybookd");
  StoreFormat format;
  format.found = static_cast<std::uint32_t>(version.value_or(0));
  format.newest = static_cast<std::uint32_t>(server_store_migrations().size());
  if (format.found > format.newest)
    return failure(Errc::kTooNew, "path", "format " + std::to_string(format.found));
  return format;
}

Result<StoreProof> copy_up_to_date(const std::string& source, const std::string& target) {
  DAYBOOK_ASSIGN(const auto format, format_of_store(source));
  if (format.found == format.newest) return copy_store(source, target);
  std::error_code unreadable;
  if (std::filesystem::exists(target, unreadable))
    return failure(Errc::kAlreadyExists, "backup.path", target);
  const std::string partial = target + ".partial";
  std::filesystem::remove(partial, unreadable);
  const auto make = [&]() -> Result<StoreProof> {
    sqlite::OpenOptions options;
    options.path = source;
    options.create = false;
    options.read_only = true;
    {
      DAYBOOK_ASSIGN(const auto connection, sqlite::Connection::open(options));
      DAYBOOK_TRY(connection->copy_to(partial));
    }
    options.path = partial;
    options.read_only = false;
    {
      DAYBOOK_ASSIGN(
          const auto connection,
          sqlite::open_file(options, {kServerStoreApplicationId, server_store_migrations()}));
      DAYBOOK_TRY(connection->checkpoint());
    }
    DAYBOOK_TRY(make_one_file(partial));
    return prove_store(partial);
  };
  auto proof = make();
  if (proof.ok()) {
    auto named = sqlite::rename_durably(partial, target);
    if (named.ok()) return proof;
    proof = std::move(named).error();
  }
  for (const char* suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(partial + suffix, unreadable);
  return proof;
}

Result<StoreProof> prove_backup(const std::string& path) {
  DAYBOOK_ASSIGN(const auto format, format_of_store(path));
  if (format.found == format.newest) return prove_store(path);
  const std::string copy = path + ".proving";
  std::error_code ignored;
  std::filesystem::remove(copy, ignored);
  auto proof = copy_up_to_date(path, copy);
  std::filesystem::remove(copy, ignored);
  return proof;
}

}  // namespace daybook
