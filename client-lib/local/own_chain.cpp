// SPDX-License-Identifier: Apache-2.0
#include "client-lib/local/own_chain.hpp"

#include <algorithm>

namespace daybook {
namespace {
constexpr std::size_t kRelinkedAtOnce = 256;
constexpr std::size_t kLoadedAtOnce = 1 << 20;
}  // namespace

Result<OwnChain> OwnChain::load(LocalStore& store, const DeviceId& device) {
  OwnChain chain;
  chain.device_ = device;
  DAYBOOK_ASSIGN(chain.rows_, store.incarnations());
  if (chain.rows_.empty()) return chain;
  DAYBOOK_ASSIGN(const auto newest, store.newest_set());
  const IncarnationRow& row = chain.rows_.back();
  // With an empty log, everything up to the newest release is known by its seq alone.
  chain.newest_number_ = std::max(newest ? newest->number : 0, row.before + row.released_seq);
  const std::uint64_t seq = chain.newest_number_ - row.before;
  DAYBOOK_ASSIGN(const auto link, chain.link_at(store, row, seq));
  if (!link) return failure(Errc::kCorrupt, "own_set", "the newest link is missing");
  chain.newest_ = ChainPosition{row.incarnation, seq, *link};
  return chain;
}

const IncarnationRow* OwnChain::row_numbered(std::uint32_t number) const {
  for (const auto& row : rows_) {
    if (row.number == number) return &row;
  }
  return nullptr;
}

Digest OwnChain::first_link_of(const IncarnationRow& row) const {
  const IncarnationRow* parent = row_numbered(row.parent);
  return first_link(device_, row.incarnation, parent ? parent->incarnation : IncarnationId{},
                    row.parent_seq, row.parent_link);
}

Result<void> OwnChain::begin_incarnation(LocalStore& store, const IncarnationId& fresh,
                                         std::uint64_t shared) {
  ensure(shared <= newest_number_);
  IncarnationRow row;
  row.number = rows_.empty() ? 1 : rows_.back().number + 1;
  row.incarnation = fresh;
  row.before = shared;
  if (shared > 0) {
    DAYBOOK_ASSIGN(const auto parent, position_of(store, shared));
    if (!parent) return failure(Errc::kNotFound, "chain", "the shared link is not held any more");
    row.parent = incarnation_of(shared).number;
    row.parent_seq = parent->seq;
    row.parent_link = parent->link;
  }
  rows_.push_back(row);
  DAYBOOK_TRY(store.put_incarnation(row));
  ChainPosition place{fresh, 0, first_link_of(row)};
  for (std::uint64_t number = shared; number < newest_number_;) {
    DAYBOOK_ASSIGN(const auto sets, store.sets_after(number, kLoadedAtOnce, kRelinkedAtOnce));
    if (sets.empty()) break;
    for (const OwnSet& set : sets) {
      place.link = next_link(device_, fresh, place.seq + 1, place.link, set.body_hash);
      ++place.seq;
      ensure(set.number == shared + place.seq);
      DAYBOOK_TRY(store.relink_set(set.number, row.number, place.seq, place.link));
      number = set.number;
    }
  }
  newest_ = place;
  return {};
}

ChainPosition OwnChain::next_place(const Digest& body_hash) const {
  const std::uint64_t seq = newest_.seq + 1;
  return {newest_.incarnation, seq,
          next_link(device_, newest_.incarnation, seq, newest_.link, body_hash)};
}

void OwnChain::advance(const ChainPosition& place) {
  ensure(place.incarnation == newest_.incarnation && place.seq == newest_.seq + 1);
  newest_ = place;
  ++newest_number_;
}

const IncarnationRow* OwnChain::find(const IncarnationId& incarnation) const {
  for (const auto& row : rows_) {
    if (row.incarnation == incarnation) return &row;
  }
  return nullptr;
}

const IncarnationRow& OwnChain::incarnation_of(std::uint64_t number) const {
  ensure(number > 0 && number <= newest_number_);
  for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
    if (row->before < number) return *row;
  }
  broken_invariant("every set has an incarnation", __FILE__, __LINE__);
}

std::uint64_t OwnChain::last_number_of(const IncarnationRow& row) const {
  std::uint64_t last = newest_number_;
  for (const auto& later : rows_) {
    if (later.number > row.number) last = std::min(last, later.before);
  }
  return std::max(last, row.before);
}

std::optional<std::uint64_t> OwnChain::number_at(const IncarnationId& incarnation,
                                                 std::uint64_t seq) const {
  const IncarnationRow* row = find(incarnation);
  if (!row || seq > newest_number_) return std::nullopt;
  const std::uint64_t number = row->before + seq;
  if (number > last_number_of(*row)) return std::nullopt;
  return number;
}

Result<std::optional<Digest>> OwnChain::link_at(LocalStore& store, const IncarnationRow& row,
                                                std::uint64_t seq) const {
  if (seq == 0) return std::optional<Digest>(first_link_of(row));
  if (seq == row.released_seq) return std::optional<Digest>(row.released_link);
  if (seq < row.released_seq) return std::optional<Digest>{};
  return store.find_link(row.before + seq);
}

Result<std::optional<ChainPosition>> OwnChain::position_of(LocalStore& store,
                                                           std::uint64_t number) const {
  const IncarnationRow& row = incarnation_of(number);
  const std::uint64_t seq = number - row.before;
  DAYBOOK_ASSIGN(const auto link, link_at(store, row, seq));
  if (!link) return std::optional<ChainPosition>{};
  return std::optional<ChainPosition>(ChainPosition{row.incarnation, seq, *link});
}

std::vector<OwnChain::Start> OwnChain::starts_of(const IncarnationRow& row,
                                                 std::size_t count_max) const {
  std::vector<Start> starts;
  for (const IncarnationRow* at = &row; at && starts.size() < count_max;) {
    const IncarnationRow* parent = row_numbered(at->parent);
    starts.push_back({at->incarnation, parent ? parent->incarnation : IncarnationId{},
                      at->parent_seq, at->parent_link});
    at = parent;
  }
  std::reverse(starts.begin(), starts.end());
  return starts;
}

std::uint64_t OwnChain::released_through() const {
  std::uint64_t number = 0;
  for (const auto& row : rows_) {
    if (row.released_seq > 0) number = std::max(number, row.before + row.released_seq);
  }
  return number;
}

Result<std::uint64_t> OwnChain::release_through(LocalStore& store, std::uint64_t number) {
  std::uint64_t released = 0;
  IncarnationRow* open = nullptr;  // written once for all of its sets
  for (;;) {
    DAYBOOK_ASSIGN(const auto oldest, store.sets_after(0, 1, 1));
    if (oldest.empty() || oldest[0].number > number || oldest[0].state != SetState::kSettled) break;
    const OwnSet& set = oldest[0];
    if (!open || open->number != set.incarnation) {
      if (open) DAYBOOK_TRY(store.put_incarnation(*open));
      const auto at = std::find_if(rows_.begin(), rows_.end(),
                                   [&](const auto& r) { return r.number == set.incarnation; });
      if (at == rows_.end()) return failure(Errc::kCorrupt, "own_set.incarnation");
      open = &*at;
    }
    open->released_seq = set.seq;
    open->released_link = set.link;
    DAYBOOK_TRY(store.erase_set(set.number));
    ++released;
  }
  if (open) DAYBOOK_TRY(store.put_incarnation(*open));
  return released;
}

}  // namespace daybook
