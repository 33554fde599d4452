// SPDX-License-Identifier: Apache-2.0
// What an operator does with stores and backups from the command line: prove one, rehearse a
// restore, move the store to this build's format or only try it. Reads the running server's files
// and never changes them, but for `migrate_store`. One thread; called by main.
#pragma once

#include <string>

#include "sync-server/app/config.hpp"
#include "sync-server/ops/content_backup.hpp"
#include "sync-server/store/sqlite/backup.hpp"

namespace daybook {

struct DrillReport {
  StoreProof proof;                 // of the restored store
  std::int64_t restore_ms = 0;      // until a server could have opened it
  std::int64_t reports_ms = 0;      // until its lists were up to date again
  std::int64_t backup_age_ms = -1;  // -1: not registered in the live store
  Version live_head = 0;            // 0: there is no live store beside it
  std::uint64_t missing = 0;        // commits that the live store has and this backup does not
  ContentCopy contents;             // attachments that belong to it, and those not beside it
};

// Restores the backup into a scratch folder as `daybookd restore` would, opens a server core on it,
// brings its reports up to date, and takes it all away again.
Result<DrillReport> drill_restore(const Config& config, const std::string& backup);

// What the book in place says is here and is not comes from the backup's folder. May be run again.
Result<ContentCopy> bring_back_contents(const Config& config, const std::string& backup);

struct MigrationReport {
  StoreFormat before;
  StoreProof proof;  // of the store in the new format
  std::int64_t took_ms = 0;
};

// `dry`: on a copy that is removed afterwards. kBusy: a daybookd serves the store.
Result<MigrationReport> migrate_store(const Config& config, bool dry);

}  // namespace daybook
