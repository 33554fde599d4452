// SPDX-License-Identifier: Apache-2.0
// Contents of attachments beside a copied book, and back again. A content never changes, so only
// what is new is copied, and a copy that was broken off goes on with the next. For `daybook
// backup`, `daybookd restore` and `daybookd drill`; any thread that may wait.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/ports/blob_store.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// Where the contents of a backup file lie: one folder for all backups of a folder.
std::string contents_beside(const std::string& backup);

struct ContentCopy {
  std::uint64_t contents = 0;  // that the book says are here
  std::uint64_t copied = 0, bytes = 0;
  std::uint64_t missing = 0;  // not in `from`, and not in `to` from before
  // That no backup held before, the first kNewlyHeldMax of them: the rest are in the next one's.
  std::vector<Digest> newly_held;
};
inline constexpr std::size_t kNewlyHeldMax = 20'000;

// Whatever the book has, except what was removed. Each is compared with its digest on the way.
Result<ContentCopy> copy_contents(ServerStore& book, BlobStore& from, BlobStore& to);
// The same without copying: what is in `at`.
Result<ContentCopy> count_contents(ServerStore& book, BlobStore& at);

}  // namespace daybook
