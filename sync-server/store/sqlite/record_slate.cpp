// SPDX-License-Identifier: Apache-2.0
#include "sync-server/store/sqlite/record_slate.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/ensure.hpp"

namespace daybook {
namespace {

constexpr std::size_t kFieldOverhead = 64;

std::size_t size_of_value(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kText: return value.as_text().size();
    case Value::Kind::kBytes: return value.as_bytes().size();
    case Value::Kind::kList: break;
    default: return 0;
  }
  std::size_t size = 0;
  for (const auto& element : value.as_list()) size += kFieldOverhead + size_of_value(element);
  return size;
}

}  // namespace

std::size_t RecordSlate::size_of(const RecordState& state) {
  std::size_t size = 0;
  for (const auto& [name, field] : state.fields)
    size += kFieldOverhead + size_of_value(field.value) + field.elements.size() * kFieldOverhead;
  return size;
}

// The end of an id is random in every version of UUID.
std::size_t RecordSlate::Hash::operator()(const Uuid& id) const {
  std::size_t hash = 0;
  std::memcpy(&hash, id.raw.data() + Uuid::kSize - sizeof hash, sizeof hash);
  return hash;
}

const SlateRecord* RecordSlate::find(const RecordRef& record) const {
  const auto found = records_.find(record);
  return found == records_.end() ? nullptr : &found->second;
}

RecordSlate::Entry& RecordSlate::at(const RecordRef& record) {
  return *records_.try_emplace(record).first;
}

void RecordSlate::keep(Entry& entry, std::optional<RecordState> state) {
  forget_state(entry);
  if (state) size_ += size_of(*state);
  entry.second.state.emplace(std::move(state));
}

void RecordSlate::list(Entry& entry) {
  if (entry.second.listed) return;
  entry.second.listed = true;
  unwritten_.push_back(&entry);
}

void RecordSlate::put(Entry& entry, RecordState state, const std::optional<Uuid>& parent) {
  const bool moves = parent && (!entry.second.unwritten || entry.second.parent != parent);
  if (moves) by_parent_.emplace(*parent, &entry);
  keep(entry, std::move(state));
  entry.second.parent = parent;
  entry.second.unwritten = true;
  list(entry);
}

void RecordSlate::put(Entry& entry, MemberRow row) {
  ensure(entry.second.members.has_value());
  auto& members = *entry.second.members;
  const auto at = std::lower_bound(
      members.begin(), members.end(), row.scope,
      [](const SlateMember& member, const std::string& scope) { return member.row.scope < scope; });
  if (at != members.end() && at->row.scope == row.scope) {
    *at = SlateMember{std::move(row), true};
  } else {
    members.insert(at, SlateMember{std::move(row), true});
  }
  list(entry);
}

void RecordSlate::forget_state(Entry& entry) {
  if (entry.second.state && *entry.second.state) size_ -= size_of(**entry.second.state);
  entry.second.state.reset();
  entry.second.row.reset();
  entry.second.unwritten = false;
}

void RecordSlate::written(Entry& entry, Bytes row) {
  entry.second.row = std::move(row);
  entry.second.unwritten = false;
}

void RecordSlate::all_written() {
  unwritten_.clear();
  by_parent_.clear();
}

void RecordSlate::clear() {
  all_written();
  records_.clear();
  size_ = 0;
}

}  // namespace daybook
