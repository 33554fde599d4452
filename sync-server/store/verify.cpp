// SPDX-License-Identifier: Apache-2.0
#include "sync-server/store/verify.hpp"

#include <algorithm>

#include "core/crypto/sha256.hpp"

namespace daybook {

CommitLeaf leaf_of(const EpochId& epoch, const Digest& previous_head, const CommitRow& row) {
  CommitLeaf leaf;
  leaf.epoch = epoch;
  leaf.version = row.version;
  leaf.previous_head = previous_head;
  leaf.set = row.set;
  leaf.body_hash = row.body_hash;
  leaf.verdict = static_cast<std::uint8_t>(row.verdict);
  leaf.outcome_hash = sha256(row.outcome);
  leaf.received_ms = row.received_ms;
  return leaf;
}

EpochId epoch_of(const std::vector<EpochRow>& log, Version version) {
  EpochId epoch;
  for (const auto& row : log) {
    if (row.start_version < version) epoch = row.epoch;
  }
  return epoch;
}

namespace {

// The fail-over log against the heads: each epoch starts where its parent stood.
Result<std::optional<Version>> find_bad_epoch(ServerStore& store,
                                              const std::vector<EpochRow>& log) {
  for (std::size_t i = 0; i < log.size(); ++i) {
    DAYBOOK_ASSIGN(const auto head, store.find_head(log[i].start_version));
    const EpochId parent = i == 0 ? EpochId{} : log[i - 1].epoch;
    if (!head || *head != log[i].start_head || log[i].parent != parent) {
      return std::optional<Version>(log[i].start_version + 1);
    }
  }
  return std::optional<Version>();
}

// Empty when the commit adds up.
std::string fault_of(const std::optional<CommitRow>& row, const EpochId& epoch,
                     const Digest& previous_head) {
  if (!row) return "missing";
  if (!row->body.empty() && hash_of_body(row->body) != row->body_hash) return "body";
  if (head_after(leaf_of(epoch, previous_head, *row)) != row->head) return "head";
  return {};
}

}  // namespace

Result<ChainCheck> verify_chain(ServerStore& store) {
  ChainCheck check;
  DAYBOOK_ASSIGN(const auto head, store.head());
  DAYBOOK_ASSIGN(const auto log, store.epochs());
  DAYBOOK_ASSIGN(const auto bad_epoch, find_bad_epoch(store, log));
  Digest previous_head;
  for (Version version = 1; version <= head.version; ++version) {
    auto row = store.find_commit(version);
    if (!row.ok() && row.error().code != Errc::kCorrupt) return std::move(row).error();
    const auto found = row.ok() ? std::move(row).value() : std::nullopt;
    check.what =
        bad_epoch == version ? "epoch" : fault_of(found, epoch_of(log, version), previous_head);
    if (!check.what.empty()) {
      check.first_bad = version;
      return check;
    }
    previous_head = found->head;
    check.checked = version;
  }
  if (bad_epoch) {
    check.first_bad = bad_epoch;
    check.what = "epoch";
  }
  return check;
}

}  // namespace daybook
