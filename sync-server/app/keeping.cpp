// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/keeping.hpp"

#include <filesystem>

#include "core/platform/file_blob_store.hpp"
#include "core/platform/memory_blob_store.hpp"
#include "core/platform/os_rng.hpp"
#include "core/platform/system_clock.hpp"
#include "sync-server/ops/restore.hpp"
#include "sync-server/reports/reports_file.hpp"
#include "sync-server/session/server_core.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {
namespace {

namespace fs = std::filesystem;

// A folder beside the store, gone with the object.
class Scratch {
 public:
  explicit Scratch(const std::string& beside) {
    std::string name = beside + ".drill-XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code left;
    if (!path_.empty()) fs::remove_all(path_, left);
  }
  bool ok() const { return !path_.empty(); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

// Where the store that serves now stands, and what it knows of this backup.
Result<void> compare_with_live(const std::string& store_path, const std::string& backup,
                               Clock& clock, DrillReport& report) {
  std::error_code unreadable;
  if (!fs::exists(store_path, unreadable)) return {};
  DAYBOOK_ASSIGN(const auto live, SqliteServerStore::open_to_look_on(store_path));
  DAYBOOK_TRY(live->begin());
  DAYBOOK_ASSIGN(const auto head, live->head());
  DAYBOOK_ASSIGN(const auto backups, live->list_backups());
  report.live_head = head.version;
  report.missing =
      head.version > report.proof.head.version ? head.version - report.proof.head.version : 0;
  for (const auto& row : backups) {
    const bool same =
        fs::weakly_canonical(row.path, unreadable) == fs::weakly_canonical(backup, unreadable);
    if (same) report.backup_age_ms = clock.wall_ms() - row.taken_ms;
  }
  live->rollback();
  return {};
}

Result<void> open_as_server(SqliteServerStore& store, const Schema& schema, Clock& clock,
                            Rng& rng) {
  NoTrace trace;
  ServerCore core(store, schema, clock, rng, trace);
  DAYBOOK_TRY(core.open(std::nullopt));
  return core.close();
}

}  // namespace

Result<DrillReport> drill_restore(const Config& config, const std::string& backup) {
  SystemClock clock;
  OsRng rng;
  DAYBOOK_ASSIGN(const auto schema, load_schema_of(config));
  const std::string store_path = config.path_of(config.store);
  const Scratch scratch(store_path);
  if (!scratch.ok()) return failure(Errc::kIo, store_path, "no scratch folder beside it");
  DrillReport report;
  const std::string restored = scratch.file("daybook.db");
  const std::int64_t begun = clock.steady_ms();
  DAYBOOK_TRY(restore_store(restored, backup, clock, rng));
  DAYBOOK_ASSIGN(const auto store, SqliteServerStore::open({.path = restored, .create = false}));
  DAYBOOK_TRY(open_as_server(*store, schema, clock, rng));
  report.restore_ms = clock.steady_ms() - begun;
  DAYBOOK_TRY(store->begin());
  DAYBOOK_ASSIGN(const auto reports, ReportsFile::open(scratch.file("reports.db"), schema, *store));
  DAYBOOK_TRY(reports->follow(*store, SIZE_MAX / 2));
  store->rollback();
  report.reports_ms = clock.steady_ms() - begun - report.restore_ms;
  MemoryBlobStore nothing;
  std::unique_ptr<FileBlobStore> beside;
  if (fs::exists(contents_beside(backup))) {
    DAYBOOK_ASSIGN(beside, FileBlobStore::open(contents_beside(backup)));
  }
  BlobStore& contents = beside ? static_cast<BlobStore&>(*beside) : nothing;
  DAYBOOK_ASSIGN(report.contents, count_contents(*store, contents));
  DAYBOOK_TRY(store->checkpoint());
  DAYBOOK_ASSIGN(report.proof, prove_store(restored));
  DAYBOOK_TRY(compare_with_live(store_path, backup, clock, report));
  return report;
}

Result<ContentCopy> bring_back_contents(const Config& config, const std::string& backup) {
  DAYBOOK_ASSIGN(const auto book, SqliteServerStore::open_to_look_on(config.path_of(config.store)));
  DAYBOOK_ASSIGN(const auto to, open_contents(config));
  // A backup from before there were attachments has no folder for them.
  if (!fs::exists(contents_beside(backup))) return count_contents(*book, *to);
  DAYBOOK_ASSIGN(const auto from, FileBlobStore::open(contents_beside(backup)));
  return copy_contents(*book, *from, *to);
}

Result<MigrationReport> migrate_store(const Config& config, bool dry) {
  SystemClock clock;
  const std::string path = config.path_of(config.store);
  MigrationReport report;
  DAYBOOK_ASSIGN(report.before, format_of_store(path));
  const std::int64_t begun = clock.steady_ms();
  if (dry) {
    const std::string copy = path + ".rehearsal";
    std::error_code ignored;
    fs::remove(copy, ignored);
    auto proof = copy_up_to_date(path, copy);
    fs::remove(copy, ignored);
    DAYBOOK_ASSIGN(report.proof, std::move(proof));
  } else {
    {
      DAYBOOK_ASSIGN(const auto store, SqliteServerStore::open({.path = path, .create = false}));
      DAYBOOK_TRY(store->checkpoint());
    }
    DAYBOOK_ASSIGN(report.proof, prove_store(path));
  }
  report.took_ms = clock.steady_ms() - begun;
  return report;
}

}  // namespace daybook
