// SPDX-License-Identifier: Apache-2.0
// Does the book still add up? Recomputes every head from the commits themselves, so that a changed,
// swapped or missing commit shows at its own version. For backups, `daybook restore`, the
// simulator's checkers and doctors. Uses the port only; reads, never writes. Does not look into
// records: what is in force can be replayed from the commits, it proves nothing about them.
#pragma once

#include "core/model/chain.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// What head_after() takes for a commit of this epoch: the one place where a row becomes a leaf.
CommitLeaf leaf_of(const EpochId& epoch, const Digest& previous_head, const CommitRow& row);

// The epoch that a version belongs to: the last of the log (oldest first) that starts before it.
// Zero for an empty log.
EpochId epoch_of(const std::vector<EpochRow>& log, Version version);

struct ChainCheck {
  Version checked = 0;  // commits that add up: all of them, or those before the first bad one
  std::optional<Version> first_bad;
  std::string what;  // of the first bad one: "missing", "head", "body", "epoch"
  bool ok() const { return !first_bad; }
};

// An error only where the store could not be read. A store that cannot decode a commit counts it as
// bad.
Result<ChainCheck> verify_chain(ServerStore& store);

}  // namespace daybook
