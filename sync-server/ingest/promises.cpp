// SPDX-License-Identifier: Apache-2.0
#include "sync-server/ingest/promises.hpp"

#include <algorithm>
#include <map>

namespace daybook {
namespace {

constexpr const char* kRead = "attachments_read";
constexpr std::size_t kPromisesMax = 10'000;  // of one content

// The device brought or proved it for an earlier set: it has nothing to do for this one.
Result<bool> is_kept_already(ServerStore& store, const Digest& content, const DeviceId& device) {
  DAYBOOK_ASSIGN(const auto held, store.find_content(content));
  if (!held || !held->sound || held->removed_ms != 0) return false;
  DAYBOOK_ASSIGN(const auto promises, store.promises_of(content, kPromisesMax));
  return std::any_of(promises.begin(), promises.end(),
                     [&](const PromiseRow& row) { return row.device == device && row.kept; });
}

}  // namespace

Result<void> note_promises(ServerStore& store, const Body& body, const DeviceId& device,
                           Version commit) {
  for (const auto& attachment : body.attachments) {
    DAYBOOK_ASSIGN(const bool kept, is_kept_already(store, attachment.digest, device));
    DAYBOOK_TRY(store.put_promise({attachment.digest, body.id, attachment.record, attachment.role,
                                   attachment.size, attachment.media_type, device, commit, kept}));
  }
  return {};
}

Result<void> note_old_promises(ServerStore& store) {
  DAYBOOK_ASSIGN(const auto read, store.find_setting(kRead));
  if (read) return {};
  std::map<Lineage, DeviceId> devices{{kOfficeLineage, DeviceId{}}};
  DAYBOOK_ASSIGN(const auto head, store.head());
  for (Version version = 1; version <= head.version; ++version) {
    DAYBOOK_ASSIGN(const auto row, store.find_commit(version));
    if (!row || row->body.empty()) continue;
    const auto body = decode_body(row->body);
    if (!body.ok() || body->attachments.empty()) continue;
    if (!devices.contains(row->lineage)) {
      DAYBOOK_ASSIGN(const auto lineage, store.load_lineage(row->lineage));
      devices[row->lineage] = lineage ? lineage->device : DeviceId{};
    }
    DAYBOOK_TRY(note_promises(store, *body, devices[row->lineage], version));
  }
  const std::uint8_t done = 1;
  return store.put_setting(kRead, {&done, 1});
}

}  // namespace daybook
