// SPDX-License-Identifier: Apache-2.0
#include "client-lib/outbox/outbox.hpp"

#include <algorithm>

#include "client-lib/local/settings.hpp"
#include "core/base/planted_bug.hpp"
#include "core/wire/limits.hpp"

namespace daybook {
namespace {

IncarnationId draw_incarnation(const OwnChain& chain, Rng& rng) {
  if (!planted(PlantedBug::kIncarnationPlusOne) || chain.incarnations().empty())
    return rng.draw<IncarnationId>();
  IncarnationId next = chain.newest().incarnation;
  for (std::size_t i = next.raw.size(); i-- > 0;) {
    if (++next.raw[i] != 0) break;
  }
  return next;
}

}  // namespace

Result<Outbox> Outbox::load(LocalStore& store) {
  Outbox outbox;
  DAYBOOK_ASSIGN(const auto held, find_number(store, setting::kHeld));
  DAYBOOK_ASSIGN(const auto known, find_number(store, setting::kKnown));
  outbox.held_ = held.value_or(0);
  outbox.known_ = static_cast<std::uint32_t>(known.value_or(0));
  return outbox;
}

Result<void> Outbox::keep(LocalStore& store, std::uint64_t held, std::uint32_t known) {
  if (held != held_) DAYBOOK_TRY(put_number(store, setting::kHeld, held));
  if (known != known_) DAYBOOK_TRY(put_number(store, setting::kKnown, known));
  held_ = held;
  known_ = known;
  return {};
}

// A restored server may miss sets of an older incarnation; they go up under the name they have,
// before the newer ones.
const IncarnationRow& Outbox::sending(const OwnChain& chain) const {
  if (lost_) {
    for (const auto& row : chain.incarnations()) {
      if (row.number == lost_->incarnation) return row;
    }
  }
  return held_ < chain.newest_number() ? chain.incarnation_of(held_ + 1)
                                       : chain.newest_incarnation();
}

Result<Upload> Outbox::plan(LocalStore& store, const OwnChain& chain, const DeviceId& device,
                            Signer& signer, std::size_t size_max) const {
  Upload upload;
  const IncarnationRow& row = sending(chain);
  const std::uint64_t last_seq = chain.last_number_of(row) - row.before;
  DAYBOOK_ASSIGN(const auto link, chain.link_at(store, row, last_seq));
  if (!link) return failure(Errc::kCorrupt, "own_set", "the newest link is missing");
  upload.newest = {row.incarnation, last_seq, *link};
  if (known_ < row.number) {
    for (const auto& start : chain.starts_of(row, wire::kBeginsMax)) {
      upload.begins.push_back(
          {start.incarnation, start.parent, start.parent_seq, start.parent_link});
    }
  }
  if (lost_) upload.gap = lost_->gap;
  if (size_max == 0 || held_ >= chain.last_number_of(row) || held_ < row.before) return upload;

  DAYBOOK_ASSIGN(auto sets, store.sets_after(held_, std::min(size_max, wire::kBatchSizeMax),
                                             wire::kBatchSetsMax));
  wire::Batch batch;
  batch.incarnation = row.incarnation;
  ChainPosition newest{row.incarnation, held_ - row.before, {}};
  batch.first_seq = newest.seq + 1;
  DAYBOOK_ASSIGN(const auto previous, chain.link_at(store, row, newest.seq));
  if (!previous) return failure(Errc::kCorrupt, "own_set", "the link before the batch is missing");
  batch.previous_link = *previous;
  for (OwnSet& set : sets) {
    if (set.incarnation != row.number) break;
    ensure(set.seq == newest.seq + 1);
    newest = {row.incarnation, set.seq, set.link};
    upload.size += set.body.size();
    batch.bodies.push_back(std::move(set.body));
  }
  ensure(!batch.bodies.empty());
  DAYBOOK_ASSIGN(batch.signature, signer.sign(batch_signing_bytes(device, newest)));
  upload.batch = std::move(batch);
  return upload;
}

Result<Heard> Outbox::hear(LocalStore& store, const OwnChain& chain, wire::PushStatus status,
                           const ChainPosition& stored) {
  switch (status) {
    case wire::PushStatus::kForked: return Heard::kForked;
    case wire::PushStatus::kWrongSignature: return Heard::kRefused;
    case wire::PushStatus::kHeld: return Heard::kHeld;
    case wire::PushStatus::kUnknownIncarnation: {
      const bool told_already = known_ == 0;
      DAYBOOK_TRY(keep(store, held_, 0));
      return told_already ? Heard::kRefused : Heard::kMoved;
    }
    case wire::PushStatus::kNothing:
    case wire::PushStatus::kStored:
    case wire::PushStatus::kGap: return hear_stored(store, chain, stored);
  }
  return failure(Errc::kInvalid, "reply.push", "unknown");
}

Result<Heard> Outbox::hear_stored(LocalStore& store, const OwnChain& chain,
                                  const ChainPosition& stored) {
  const IncarnationRow* row = chain.find(stored.incarnation);
  if (!row) return failure(Errc::kInvalid, "reply.stored", "names an incarnation that is not ours");
  const std::uint64_t held_before = held_;
  const std::uint32_t known = std::max(known_, row->number);
  const bool known_before = known == known_;
  const std::uint64_t last_seq = chain.last_number_of(*row) - row->before;
  const bool is_newest = row->number == chain.newest_incarnation().number;
  if (stored.seq > last_seq) {
    // Under the newest name nobody but this phone writes; under an older one somebody else went on
    // where we forked off.
    if (is_newest) return Heard::kForked;
    DAYBOOK_TRY(keep(store, row->before + last_seq, known));
    return held_ == held_before ? Heard::kFine : Heard::kMoved;
  }
  if (stored.seq < row->released_seq) {
    lost_ = LostSets{row->number, {stored.seq + 1, row->released_seq}};
    DAYBOOK_TRY(keep(store, row->before + row->released_seq, known));
    return Heard::kMoved;
  }
  DAYBOOK_ASSIGN(const auto link, chain.link_at(store, *row, stored.seq));
  if (!link || *link != stored.link) return Heard::kForked;
  const bool gap_closed = lost_ && lost_->incarnation == row->number;
  if (gap_closed) lost_.reset();
  DAYBOOK_TRY(keep(store, row->before + stored.seq, known));
  return held_ == held_before && known_before && !gap_closed ? Heard::kFine : Heard::kMoved;
}

Result<std::uint64_t> Outbox::shared_with(LocalStore& store, const OwnChain& chain,
                                          const ChainPosition& stored) const {
  const auto number = chain.number_at(stored.incarnation, stored.seq);
  if (number) {
    DAYBOOK_ASSIGN(const auto link,
                   chain.link_at(store, *chain.find(stored.incarnation), stored.seq));
    if (link && *link == stored.link) return *number;
    // Another history under our own name, and where the two part nobody knows: what the server held
    // once it may have lost since, when it was restored.
    if (link) return std::uint64_t{0};
  }
  // What the server once said it holds was in this file before it was copied, so both have it. Sets
  // that are linked anew without need do no harm: the server knows them by their ids.
  return held_;
}

Result<void> Outbox::fork(LocalStore& store, OwnChain& chain, Rng& rng,
                          const ChainPosition& stored) {
  DAYBOOK_ASSIGN(const std::uint64_t agreed, shared_with(store, chain, stored));
  // What was released was held by the server once, and cannot be linked anew.
  const std::uint64_t shared = std::max(agreed, chain.released_through());
  return begin_anew(store, chain, rng, shared, shared);
}

Result<void> Outbox::begin_anew(LocalStore& store, OwnChain& chain, Rng& rng, std::uint64_t shared,
                                std::uint64_t held) {
  ensure(held <= shared);
  DAYBOOK_TRY(chain.begin_incarnation(store, draw_incarnation(chain, rng), shared));
  lost_.reset();
  return keep(store, held, known_);
}

}  // namespace daybook
