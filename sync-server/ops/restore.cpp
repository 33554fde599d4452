// SPDX-License-Identifier: Apache-2.0
#include "sync-server/ops/restore.hpp"

#include <filesystem>
#include <system_error>

#include "core/platform/sqlite/owner_lock.hpp"
#include "sync-server/ops/last_known.hpp"
#include "sync-server/store/sqlite/backup.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {
namespace {

namespace fs = std::filesystem;

// The head of the store that is to be replaced, as far as it can still be read.
StoreHead head_of(const std::string& path) {
  auto store = SqliteServerStore::open({.path = path, .create = false, .read_only = true});
  if (!store.ok() || !(*store)->begin().ok()) return {};
  const auto head = (*store)->head();
  return head.ok() ? *head : StoreHead{};
}

Result<std::string> keep_aside(const std::string& path, std::int64_t now_ms) {
  const std::string aside = path + ".before-restore-" + std::to_string(now_ms);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code failed;
    if (!fs::exists(path + suffix, failed)) continue;
    fs::rename(path + suffix, aside + suffix, failed);
    if (failed) return failure(Errc::kIo, path + suffix, failed.message());
  }
  return aside;
}

}  // namespace

Result<RestoreReport> restore_store(const std::string& store_path, const std::string& backup_path,
                                    Clock& clock, Rng& rng) {
  RestoreReport report;
  const std::string fresh = store_path + ".restoring";
  std::error_code ignored;
  fs::remove(fresh, ignored);
  fs::remove(fresh + "-wal", ignored);
  fs::remove(fresh + "-shm", ignored);
  DAYBOOK_ASSIGN(const auto proof, copy_up_to_date(backup_path, fresh));
  {
    // Nobody may serve the old store while it changes under him.
    DAYBOOK_ASSIGN(const auto lock, sqlite::OwnerLock::take(store_path));
    if (fs::exists(store_path)) {
      const StoreHead old = head_of(store_path);
      if (old.version > proof.head.version) {
        report.lost_from = proof.head.version + 1;
        report.lost_through = old.version;
      }
      DAYBOOK_ASSIGN(report.kept_aside, keep_aside(store_path, clock.wall_ms()));
    }
    DAYBOOK_TRY(sqlite::rename_durably(fresh, store_path));
  }
  DAYBOOK_ASSIGN(const auto store, SqliteServerStore::open({.path = store_path, .create = false}));
  DAYBOOK_TRY(store->begin());
  DAYBOOK_ASSIGN(report.restored, store->head());
  report.epoch = rng.draw<EpochId>();
  DAYBOOK_TRY(store->append_epoch(
      {report.epoch, report.restored.epoch, report.restored.version, report.restored.head}));
  DAYBOOK_TRY(store->commit());
  DAYBOOK_TRY(store->checkpoint());
  DAYBOOK_ASSIGN(auto last_known, LastKnown::open(store_path));
  last_known.write({report.epoch, report.restored.version, report.restored.head});
  return report;
}

}  // namespace daybook
