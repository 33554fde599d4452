// SPDX-License-Identifier: Apache-2.0
// A copy of a store that may go on serving meanwhile: one file, complete as of one commit, on the
// disk when this returns. And the proof that a file is a whole book. For `daybook backup`, `daybook
// restore` and doctors; any thread or process, because each call opens its own connections.
// Registering the backup (put_backup, the safe point) is the caller's, after this has answered.
#pragma once

#include <string>

#include "sync-server/store/server_store.hpp"
#include "sync-server/store/verify.hpp"

namespace daybook {

struct StoreProof {
  StoreHead head;          // the newest commit in the file
  std::uint64_t size = 0;  // bytes of the file
  std::uint64_t records = 0;
};

// Copies the store at `source` into the new file `target` and proves the copy. kAlreadyExists when
// there is such a file, kNotFound without a source, kCorrupt when the copy does not verify (then it
// is removed: the source is damaged). A crash leaves at most `target`.partial.
Result<StoreProof> copy_store(const std::string& source, const std::string& target);

// Reads everything: pages and indexes (integrity_check), that every record decodes, and the chain
// of heads. kCorrupt names what is wrong, and where it can, the first bad version.
Result<StoreProof> prove_store(const std::string& path);

// The format of a store or backup, and the one of this build. kTooNew, kInvalid as for opening.
struct StoreFormat {
  std::uint32_t found = 0;
  std::uint32_t newest = 0;
};
Result<StoreFormat> format_of_store(const std::string& path);

// A copy of a store of any format up to ours, brought up to date and proved; the source is as it
// was. For restoring, for proving an old backup, and for rehearsing a migration. kAlreadyExists
// when `target` is there.
Result<StoreProof> copy_up_to_date(const std::string& source, const std::string& target);

// prove_store() for a backup of any format; an older one through a copy beside it that is removed.
Result<StoreProof> prove_backup(const std::string& path);

}  // namespace daybook
