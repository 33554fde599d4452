// SPDX-License-Identifier: Apache-2.0
// The provenance, format 1, is an array of seven:
//   1, created, version, created_by, writes, fields, events
// writes: an array of [commit, lineage, seq, exact], each different write once, in the order in
//   which fields and events first refer to it.
// fields: one item per field of the row, in the row's order. The index of its write; or, where
//   there is more to say, [index, seen, elements]. seen: lineage and seq of each who has seen it,
//   one after the other. elements: per element of the field's list the index of its write, or,
//   where there were several adds of one element, an array of their indexes.
// events: name and index of each, one after the other, in the order of their names.
// A record that one set created costs about 20 bytes and one per field.
#include "core/model/record_state.hpp"

#include <algorithm>

#include "core/base/ensure.hpp"
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t kProvenanceFormat = 1;

class WriteTable {
 public:
  std::size_t index_of(const Write& write) {
    const auto at = std::find(writes_.begin(), writes_.end(), write);
    if (at != writes_.end()) return static_cast<std::size_t>(at - writes_.begin());
    writes_.push_back(write);
    return writes_.size() - 1;
  }
  const std::vector<Write>& writes() const { return writes_; }

 private:
  std::vector<Write> writes_;
};

void write_element(CborWriter& out, WriteTable& table, const ElementState& element) {
  if (!element.also.empty()) out.array(1 + element.also.size());
  out.unsigned_integer(table.index_of(element.write));
  for (const Write& write : element.also) out.unsigned_integer(table.index_of(write));
}

void write_field(CborWriter& out, WriteTable& table, const FieldState& field) {
  const std::size_t index = table.index_of(field.write);
  if (field.seen_by.empty() && field.elements.empty()) {
    out.unsigned_integer(index);
    return;
  }
  out.array(3).unsigned_integer(index).array(field.seen_by.size() * 2);
  for (const SeenBy& seen : field.seen_by)
    out.unsigned_integer(seen.lineage).unsigned_integer(seen.seq);
  out.array(field.elements.size());
  if (field.elements.empty()) return;
  // The elements' values are the field's list, so only their writes are kept here.
  const ValueList& list = field.value.as_list();
  ensure(list.size() == field.elements.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    ensure(list[i] == field.elements[i].value);
    write_element(out, table, field.elements[i]);
  }
}

class ProvenanceReader {
 public:
  explicit ProvenanceReader(BytesView bytes) : in_(bytes), size_(bytes.size()) {}

  Result<void> read(const Fields& row, RecordState& into) {
    in_.array_of("provenance", 7);
    const std::uint64_t format = in_.unsigned_integer("provenance.format");
    if (format != kProvenanceFormat)
      in_.fail(Errc::kNotSupported, "provenance.format", std::to_string(format));
    into.created = in_.unsigned_integer("provenance.created");
    into.version = in_.unsigned_integer("provenance.version");
    into.created_by = lineage("provenance.created_by");
    read_writes();
    in_.array_of("provenance.fields", row.size());
    into.fields.reserve(row.size());
    for (const auto& [name, value] : row) {
      if (in_.failed()) break;
      read_field(value, into.fields[name]);
    }
    read_events(into);
    if (!in_.failed() && used_ != writes_.size())
      in_.fail(Errc::kInvalid, "provenance.writes", "one is not used");
    return in_.finish("provenance");
  }

 private:
  Lineage lineage(std::string_view what) {
    return static_cast<Lineage>(in_.unsigned_integer(what, UINT32_MAX));
  }

  void read_writes() {
    const std::size_t count = in_.array("provenance.writes", size_);
    for (std::size_t i = 0; i < count && !in_.failed(); ++i) {
      in_.array_of("provenance.writes", 4);
      Write write;
      write.commit = in_.unsigned_integer("provenance.writes.commit");
      write.lineage = lineage("provenance.writes.lineage");
      write.seq = in_.unsigned_integer("provenance.writes.seq");
      write.exact = in_.boolean("provenance.writes.exact");
      if (std::find(writes_.begin(), writes_.end(), write) != writes_.end()) {
        in_.fail(Errc::kInvalid, "provenance.writes", "one is there twice");
      }
      writes_.push_back(write);
    }
  }

  // The next index is at most one beyond those used: the order of first use, the only one that
  // encode() writes.
  Write write_at(std::string_view what) {
    const std::uint64_t index = in_.unsigned_integer(what);
    if (in_.failed()) return {};
    if (index >= writes_.size() || index > used_) {
      in_.fail(Errc::kInvalid, what, "no such write, or not in order of use");
      return {};
    }
    if (index == used_) ++used_;
    return writes_[static_cast<std::size_t>(index)];
  }

  void read_field(const Value& value, FieldState& field) {
    field.value = value;
    constexpr std::string_view what = "provenance.fields";
    if (!in_.next_is_array()) {
      field.write = write_at(what);
      return;
    }
    in_.array_of(what, 3);
    field.write = write_at(what);
    const std::size_t seen = in_.array(what, size_);
    if (seen % 2 != 0) in_.fail(Errc::kInvalid, what, "half a pair");
    for (std::size_t i = 0; i < seen && !in_.failed(); i += 2) {
      SeenBy& by = field.seen_by.emplace_back();
      by.lineage = lineage(what);
      by.seq = in_.unsigned_integer(what);
    }
    read_elements(value, field);
    if (!in_.failed() && field.seen_by.empty() && field.elements.empty()) {
      in_.fail(Errc::kInvalid, what, "the long form without need");
    }
  }

  void read_elements(const Value& value, FieldState& field) {
    constexpr std::string_view what = "provenance.fields.elements";
    const std::size_t count = in_.array(what, size_);
    if (in_.failed() || count == 0) return;
    if (value.kind() != Value::Kind::kList || value.as_list().size() != count) {
      return in_.fail(Errc::kInvalid, what, "not as many as the list has");
    }
    for (const Value& element : value.as_list()) {
      if (in_.failed()) return;
      const bool several = in_.next_is_array();
      const std::size_t adds = several ? in_.array(what, size_) : 1;
      if (several && adds < 2) return in_.fail(Errc::kInvalid, what, "the long form without need");
      ElementState& state = field.elements.emplace_back();
      state.value = element;
      state.write = write_at(what);
      for (std::size_t i = 1; i < adds && !in_.failed(); ++i) state.also.push_back(write_at(what));
    }
  }

  void read_events(RecordState& into) {
    const std::size_t count = in_.array("provenance.events", size_);
    if (count % 2 != 0) in_.fail(Errc::kInvalid, "provenance.events", "half a pair");
    for (std::size_t i = 0; i < count && !in_.failed(); i += 2) {
      std::string name(in_.text("provenance.events", kNameSizeMax));
      const bool in_order = into.events.empty() || into.events.rbegin()->first < name;
      if (!in_order) in_.fail(Errc::kInvalid, "provenance.events", "out of order or twice");
      const Write write = write_at("provenance.events");
      if (!in_.failed()) into.events.emplace_hint(into.events.end(), std::move(name), write);
    }
  }

  CborReader in_;
  std::size_t size_;
  std::vector<Write> writes_;
  std::size_t used_ = 0;
};

}  // namespace

// Fields mostly come in order: the place is looked for at the end first.
FieldStates::iterator FieldStates::place_of(std::string_view name) {
  if (entries_.empty() || canonical_less(entries_.back().first, name)) return entries_.end();
  return std::lower_bound(
      entries_.begin(), entries_.end(), name,
      [](const Entry& entry, std::string_view key) { return canonical_less(entry.first, key); });
}

FieldState& FieldStates::operator[](std::string_view name) {
  auto at = place_of(name);
  if (at == entries_.end() || at->first != name)
    at = entries_.emplace(at, std::string(name), FieldState{});
  return at->second;
}

void FieldStates::insert_or_assign(std::string_view name, FieldState state) {
  (*this)[name] = std::move(state);
}

FieldStates::iterator FieldStates::find(std::string_view name) {
  const auto at = place_of(name);
  return at != entries_.end() && at->first == name ? at : entries_.end();
}

FieldStates::const_iterator FieldStates::find(std::string_view name) const {
  const auto at = std::lower_bound(
      entries_.begin(), entries_.end(), name,
      [](const Entry& entry, std::string_view key) { return canonical_less(entry.first, key); });
  return at != entries_.end() && at->first == name ? at : entries_.end();
}

const FieldState& FieldStates::at(std::string_view name) const {
  const auto found = find(name);
  ensure(found != end());
  return found->second;
}

Fields RecordState::values() const {
  Fields row;
  row.reserve(fields.size());
  for (const auto& [name, field] : fields) row.append(name, field.value);
  return row;
}

EncodedRecord encode(const RecordState& state) {
  WriteTable table;
  CborWriter fields;
  fields.array(state.fields.size());
  CborWriter row;
  row.map(state.fields.size());
  for (const auto& [name, field] : state.fields) {
    row.text(name).value(field.value);
    write_field(fields, table, field);
  }
  CborWriter events;
  events.array(state.events.size() * 2);
  for (const auto& [name, write] : state.events)
    events.text(name).unsigned_integer(table.index_of(write));

  CborWriter out;
  out.array(7)
      .unsigned_integer(kProvenanceFormat)
      .unsigned_integer(state.created)
      .unsigned_integer(state.version);
  out.unsigned_integer(state.created_by).array(table.writes().size());
  for (const Write& write : table.writes()) {
    out.array(4)
        .unsigned_integer(write.commit)
        .unsigned_integer(write.lineage)
        .unsigned_integer(write.seq);
    out.boolean(write.exact);
  }
  out.raw(fields.out()).raw(events.out());
  return {row.take(), out.take()};
}

Result<RecordState> decode_record_state(const RecordRef& record, BytesView row,
                                        BytesView provenance) {
  DAYBOOK_ASSIGN(const Fields fields, decode_fields(row, row.size(), row.size()));
  RecordState state;
  state.record = record;
  DAYBOOK_TRY(ProvenanceReader(provenance).read(fields, state));
  return state;
}

}  // namespace daybook
