// SPDX-License-Identifier: Apache-2.0
// Where this phone's sets stand in its chain of incarnations. Every set has a number (the order in
// which this phone made it) and a place (incarnation, seq, link); a phone that was restored or
// cloned takes a fresh incarnation and links the same bodies anew, which changes places but never
// numbers. Used by capture, outbox and session; owned by their thread. Sends nothing.
#pragma once

#include <optional>
#include <vector>

#include "client-lib/local/local_store.hpp"
#include "core/model/chain.hpp"

namespace daybook {

class OwnChain {
 public:
  static Result<OwnChain> load(LocalStore& store, const DeviceId& device);

  // The first incarnation, or a fresh one whose parent is the set `shared` (a number; 0 = nothing
  // is shared): the sets after it are linked anew under it. In a transaction of the caller; when
  // that fails, load() again.
  Result<void> begin_incarnation(LocalStore& store, const IncarnationId& fresh,
                                 std::uint64_t shared);

  // The place of the next set, and what remembers it once the transaction that appended it has
  // committed.
  ChainPosition next_place(const Digest& body_hash) const;
  void advance(const ChainPosition& place);

  ChainPosition newest() const { return newest_; }
  std::uint64_t newest_number() const { return newest_number_; }
  const std::vector<IncarnationRow>& incarnations() const { return rows_; }  // oldest first
  const IncarnationRow* find(const IncarnationId& incarnation) const;
  const IncarnationRow& newest_incarnation() const { return rows_.back(); }

  // The incarnation that holds a set. REQUIRES: 0 < number <= newest_number().
  const IncarnationRow& incarnation_of(std::uint64_t number) const;
  // The number of the last set that is linked under an incarnation (its `before` when there is
  // none).
  std::uint64_t last_number_of(const IncarnationRow& row) const;
  // The number of the set at that place; seq 0 is the set that the incarnation starts after. Empty
  // when it is not one of ours.
  std::optional<std::uint64_t> number_at(const IncarnationId& incarnation, std::uint64_t seq) const;
  // Empty when the set was released and its link forgotten.
  Result<std::optional<Digest>> link_at(LocalStore& store, const IncarnationRow& row,
                                        std::uint64_t seq) const;
  // The chain position of a set. Empty as above. REQUIRES: 0 < number <= newest_number().
  Result<std::optional<ChainPosition>> position_of(LocalStore& store, std::uint64_t number) const;

  // For the handshake: how an incarnation and its ancestors began, oldest first, the newest
  // `count_max` of them. Incarnations that were given up are left out: the server would wait for
  // sets that nobody holds under them any more.
  struct Start {
    IncarnationId incarnation, parent;
    std::uint64_t parent_seq = 0;
    Digest parent_link;
  };
  std::vector<Start> starts_of(const IncarnationRow& row, std::size_t count_max) const;

  // Number of the newest set that was released; 0 = none.
  std::uint64_t released_through() const;

  // Deletes settled sets through `number` from the sent log, oldest first, and stops at one that is
  // not settled. Returns how many.
  Result<std::uint64_t> release_through(LocalStore& store, std::uint64_t number);

 private:
  Digest first_link_of(const IncarnationRow& row) const;
  const IncarnationRow* row_numbered(std::uint32_t number) const;

  DeviceId device_;
  std::vector<IncarnationRow> rows_;
  ChainPosition newest_;
  std::uint64_t newest_number_ = 0;
};

}  // namespace daybook
