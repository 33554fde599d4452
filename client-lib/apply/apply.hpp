// SPDX-License-Identifier: Apache-2.0
// Feed pages become the new base, with the own open sets laid on top again. Called by the session
// inside one local transaction, which is what makes receipts, rows and lifted overlays appear
// together (sync contract, "Receipts travel in the feed" and "What a reader may see"). Decides
// nothing about conflicts: only the office does.
#pragma once

#include <functional>

#include "client-lib/apply/rebase.hpp"
#include "client-lib/local/own_chain.hpp"
#include "core/wire/message.hpp"

namespace daybook {

// Pages 0 … count - 1 in the order they came; loaded twice, one at a time, because together they
// may not fit in memory.
struct PageSource {
  std::uint64_t count = 0;
  std::function<Result<wire::Page>(std::uint64_t index)> load;
};

struct ApplyContext {
  LocalStore& store;
  const Schema& schema;
  const OwnChain& chain;
  ChangeNotes& notes;
};

// An incomplete page of a first fill: rows are shown as they come, receipts are kept, no overlay is
// lifted.
Result<void> apply_filling_page(const ApplyContext& context, const wire::Page& page);

// All pages up to and with a complete one: an exact office state.
Result<void> apply_complete(const ApplyContext& context, const PageSource& pages);

// True when a complete page says nothing that the store does not know.
Result<bool> says_nothing_new(LocalStore& store, const wire::Page& page);

// What the office last showed of a record, without own work over it.
Result<std::optional<Fields>> find_office_row(LocalStore& store, const RecordRef& record);

// Compares the digests that came with a complete page with what the store holds; scopes that
// drifted are marked to be read again from the start. Returns how many.
Result<std::size_t> check_digests(LocalStore& store, const std::vector<wire::ScopeDigest>& digests);

// A restored server, now in `epoch`, knows nothing after `fork_version`: what is lost there is laid
// open again, what others wrote is kept as witness, and the scopes are read again. A first fill
// that was not complete starts anew.
Result<void> apply_fork(const ApplyContext& context, const EpochId& epoch, Version fork_version);

}  // namespace daybook
