// SPDX-License-Identifier: Apache-2.0
#include "sync-server/attachments/upload_table.hpp"

#include <algorithm>

namespace daybook {

Incoming* UploadTable::find(const Key& key) {
  const auto found = uploads_.find(key);
  return found == uploads_.end() ? nullptr : &found->second;
}

Incoming& UploadTable::put(const Key& key, const Incoming& upload) {
  if (uploads_.size() >= kUploadsMax && !uploads_.contains(key)) make_room();
  return uploads_[key] = upload;
}

// The longest unused of those that rest.
void UploadTable::make_room() {
  auto oldest = uploads_.end();
  for (auto at = uploads_.begin(); at != uploads_.end(); ++at) {
    if (at->second.busy) continue;
    if (oldest == uploads_.end() || at->second.used_ms < oldest->second.used_ms) oldest = at;
  }
  if (oldest != uploads_.end()) uploads_.erase(oldest);
}

Uuid UploadTable::id_of(const Key& key) {
  Sha256 hash;
  hash.update(view_of("daybook.upload"));
  hash.update(key.first.view());
  hash.update(key.second.view());
  const Digest digest = hash.finish();
  return *Uuid::from(digest.view().first(Uuid::kSize));
}

}  // namespace daybook
