// SPDX-License-Identifier: Apache-2.0
// What the server knows of a record: the values in force and, for each field, who wrote it and what
// that author could have seen (sync contract, "When is it a conflict"). Read and returned by
// core/merge, stored as one row by the server store. Value types.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/ids.hpp"
#include "core/model/value.hpp"

namespace daybook {

// The server's short number for an incarnation; 0 is the office (HQ edits, support decisions,
// imports), which has no chain: its sets state what they saw by base alone.
using Lineage = std::uint32_t;
inline constexpr Lineage kOfficeLineage = 0;

// The write that a field's value in force comes from. `exact` = the value in force is exactly what
// that set asked for; a merged value is nobody's own, so nobody counts as having seen it.
struct Write {
  Version commit = 0;
  Lineage lineage = kOfficeLineage;
  std::uint64_t seq = 0;
  bool exact = true;
  bool operator==(const Write&) const = default;
};

// A lineage that, at this seq, wrote the same value without having seen it: nothing was written,
// but from then on it has seen it.
struct SeenBy {
  Lineage lineage = kOfficeLineage;
  std::uint64_t seq = 0;
  bool operator==(const SeenBy&) const = default;
};

// An element of a list under add_wins or append carries its own write. Where several authors added
// the same element unseen of each other, `also` keeps the later adds: a removal takes away only the
// adds its author saw.
struct ElementState {
  Value value;
  Write write;
  std::vector<Write> also{};
  bool operator==(const ElementState&) const = default;
};

struct FieldState {
  Value value;
  Write write;
  std::vector<SeenBy> seen_by;
  std::vector<ElementState>
      elements;  // add_wins and append only; `value` is then the list of their values, in order
  bool operator==(const FieldState&) const = default;
};

// A sorted map from field name to state, in the order of the row (canonical_less): read, copied and
// written as one piece, which a record is for every set that touches it.
class FieldStates {
 public:
  using Entry = std::pair<std::string, FieldState>;
  using iterator = std::vector<Entry>::iterator;
  using const_iterator = std::vector<Entry>::const_iterator;

  FieldState& operator[](std::string_view name);  // inserts an empty one when absent
  void insert_or_assign(std::string_view name, FieldState state);
  iterator find(std::string_view name);
  const_iterator find(std::string_view name) const;
  const FieldState& at(std::string_view name) const;  // REQUIRES: it is there
  bool contains(std::string_view name) const { return find(name) != end(); }
  void reserve(std::size_t n) { entries_.reserve(n); }

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  iterator begin() { return entries_.begin(); }
  iterator end() { return entries_.end(); }
  const_iterator begin() const { return entries_.begin(); }
  const_iterator end() const { return entries_.end(); }

  bool operator==(const FieldStates&) const = default;

 private:
  iterator place_of(std::string_view name);
  std::vector<Entry> entries_;
};

struct RecordState {
  RecordRef record;
  Version created = 0;  // commit that created it
  Version version = 0;  // commit that last changed it
  Lineage created_by = kOfficeLineage;
  FieldStates fields;  // unknown fields are kept like known ones
  std::map<std::string, Write>
      events;  // pivot and seal events that happened to this record, by name
  bool operator==(const RecordState&) const = default;

  Fields values() const;  // the row as readers see it
};

// Compact canonical bytes: the row's values, and the provenance (writes are tabled once, fields
// refer to them).
struct EncodedRecord {
  Bytes row;  // encode(values())
  Bytes provenance;
};
EncodedRecord encode(const RecordState& state);
Result<RecordState> decode_record_state(const RecordRef& record, BytesView row,
                                        BytesView provenance);

}  // namespace daybook
