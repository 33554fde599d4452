// SPDX-License-Identifier: Apache-2.0
// The phone's file in SQLite: WAL, synchronous=FULL. Opened by abi and by the simulator; owned by
// one thread. Host apps read the same file through a read-only connection of their own (collection
// tables; everything named daybook_* is ours).
#pragma once

#include <memory>
#include <string>

#include "client-lib/local/local_store.hpp"
#include "core/base/bytes.hpp"

namespace daybook {

struct LocalStoreOptions {
  std::string path = ":memory:";  // the staging file is path + "-staging"
  Bytes key;  // reserved for an encrypted file; must be empty in this build, else kNotSupported
};

// kTooNew when a newer Daybook wrote the file, kCorrupt when it is not ours or does not verify; the
// file is left untouched then.
Result<std::unique_ptr<LocalStore>> open_sqlite_local_store(const LocalStoreOptions& options);

}  // namespace daybook
