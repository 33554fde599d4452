// SPDX-License-Identifier: Apache-2.0
// Records and memberships that the open transaction has at hand: each is read once and written
// once, however often a batch comes back to it (a visit is opened, travelled to and closed by a set
// each). Values only; the SQLite store reads, and writes what is marked. Core thread only.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "sync-server/store/server_store.hpp"

namespace daybook {

struct SlateMember {
  MemberRow row;
  bool unwritten = false;
};

// What is known of one record. A part that is empty was not asked for yet.
struct SlateRecord {
  std::optional<std::optional<RecordState>> state;  // empty within: there is no such record
  std::optional<std::vector<SlateMember>> members;  // all of them, in the order of their scopes
  std::optional<Uuid> parent;                       // told by put_record, until it is written
  std::optional<Bytes> row;                         // as it was written last, for the feed
  bool unwritten = false;                           // the state
  bool listed = false;                              // among unwritten()
};

class RecordSlate {
 public:
  using Entry = std::pair<const RecordRef, SlateRecord>;

  // States larger than this are not worth keeping: they go straight to the file.
  static constexpr std::size_t kStateSizeMax = 64 * 1024;
  static std::size_t size_of(const RecordState& state);

  // Time to write and to begin anew: the slate is bounded whatever a transaction does.
  bool is_full() const { return records_.size() >= kRecordsMax || size_ >= kSizeMax; }

  // References stay good until clear().
  Entry& at(const RecordRef& record);
  void keep(Entry& entry, std::optional<RecordState> state);
  void put(Entry& entry, RecordState state, const std::optional<Uuid>& parent);
  void put(Entry& entry, MemberRow row);  // REQUIRES: members are known
  // The record is in the file, and what stood here of it is old.
  void forget_state(Entry& entry);
  void written(Entry& entry, Bytes row);

  const SlateRecord* find(const RecordRef& record) const;
  // Records put under this parent and not written yet; some may have moved away since.
  template <class Visit>
  void each_put_under(const Uuid& parent, Visit visit) const {
    const auto [first, last] = by_parent_.equal_range(parent);
    for (auto at = first; at != last; ++at) {
      const SlateRecord& held = at->second->second;
      if (held.unwritten && held.parent == parent) visit(at->second->first);
    }
  }

  // In the order in which they were first put. Written by the store, which then says so.
  const std::vector<Entry*>& unwritten() const { return unwritten_; }
  void all_written();

  void clear();

 private:
  struct Hash {
    std::size_t operator()(const Uuid& id) const;
    std::size_t operator()(const RecordRef& record) const { return (*this)(record.id); }
  };
  static constexpr std::size_t kRecordsMax = 2048;
  static constexpr std::size_t kSizeMax = 2 << 20;

  void list(Entry& entry);

  std::unordered_map<RecordRef, SlateRecord, Hash> records_;
  std::unordered_multimap<Uuid, const Entry*, Hash> by_parent_;  // of unwritten ones
  std::vector<Entry*> unwritten_;
  std::size_t size_ = 0;  // of the states, about
};

}  // namespace daybook
