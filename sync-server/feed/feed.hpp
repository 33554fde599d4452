// SPDX-License-Identifier: Apache-2.0
// What a device reads: pages of its scopes in the order of commits, with its receipts, read in one
// snapshot. A page is complete when nothing in the device's scopes follows it; only then may a
// phone show it (sync contract, "What a reader may see"). Called by session inside a store
// transaction, core thread only. Serves nothing outside the device's scopes, ids and counts
// included.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/wire/message.hpp"
#include "sync-server/scope/membership.hpp"
#include "sync-server/store/plain_run.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// The scopes of a device's owner, in the order in which pages name them. One policy for pull,
// digests and bells.
std::vector<std::string> scopes_of(const DeviceRow& device);
// The scope in which a device's own receipts travel.
std::string receipt_scope_of(const DeviceId& device);

class Feed {
 public:
  explicit Feed(ServerStore& store) : store_(store) {}

  // `contact` tells which scopes the device was served before. `run`: what this request's batch
  // wrote; the page names it instead of sending it back, but for the records in which more than
  // that stands.
  Result<wire::Page> page(const DeviceRow& device, const wire::SyncRequest& request,
                          const std::optional<ContactRow>& contact,
                          const std::optional<PlainRun>& run = std::nullopt);

 private:
  struct Source;
  struct Progress;
  struct Own;
  Result<wire::Page> build(const DeviceRow& device, const wire::SyncRequest& request,
                           const std::optional<ContactRow>& contact, Own* own);
  Result<void> add_receipts(const DeviceRow& device, Version after, Progress& progress,
                            wire::Page& page, Own* own);
  Result<void> add_entries(std::vector<Source>& sources, Progress& progress, wire::Page& page,
                           Own* own);
  Result<wire::ScopeDigest> digest_of(const std::string& scope);

  ServerStore& store_;
};

}  // namespace daybook
