// SPDX-License-Identifier: Apache-2.0
#include "sync-server/store/safe_point.hpp"

#include <algorithm>

namespace daybook {

Result<std::optional<Version>> safe_version(ServerStore& store) {
  DAYBOOK_ASSIGN(const auto backups, store.list_backups());
  if (backups.empty()) return std::optional<Version>{};
  const auto lowest =
      std::min_element(backups.begin(), backups.end(),
                       [](const BackupRow& a, const BackupRow& b) { return a.version < b.version; });
  return std::optional(lowest->version);
}

}  // namespace daybook
