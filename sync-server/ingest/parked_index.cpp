// SPDX-License-Identifier: Apache-2.0
#include "sync-server/ingest/parked_index.hpp"

#include <set>

namespace daybook {
namespace {

bool is_document(const Schema& rules, const RecordRef& record) {
  const auto* collection = rules.find(record.collection);
  return collection == nullptr || !collection->is_fact;
}

}  // namespace

void ParkedIndex::add(const Schema& rules, const SetId& set, const Body* body) {
  const std::size_t place = sets_.size();
  sets_.push_back(set);
  places_.emplace(set, place);
  if (body == nullptr) return;
  for (const auto& change : body->changes) {
    writers_.emplace(change.record, place);
    if (change.kind == Change::Kind::kCreate && is_document(rules, change.record))
      creators_.emplace(change.record.id, place);
  }
}

std::vector<SetId> ParkedIndex::waited_for_by(const Body& later) const {
  std::set<std::size_t> found;
  const auto take = [&found](const auto& range) {
    for (auto at = range.first; at != range.second; ++at) found.insert(at->second);
  };
  const auto take_target = [&](const Value& value) {
    if (value.kind() != Value::Kind::kBytes) return;
    if (const auto id = Uuid::from(value.as_bytes())) take(creators_.equal_range(*id));
  };
  const auto take_targets = [&](const Value& value) {
    if (value.kind() != Value::Kind::kList) return take_target(value);
    for (const auto& element : value.as_list()) take_target(element);
  };
  for (const auto& set : later.depends) {
    const auto place = places_.find(set);
    if (place != places_.end()) found.insert(place->second);
  }
  for (const auto& change : later.changes) {
    take(writers_.equal_range(change.record));
    if (creators_.empty()) continue;
    for (const auto& [name, value] : change.created) take_targets(value);
    for (const auto& edit : change.edits) take_targets(edit.now);
  }
  for (const auto& claim : later.claims) take(writers_.equal_range(claim.record));
  std::vector<SetId> waits_for;
  for (const std::size_t place : found) waits_for.push_back(sets_[place]);
  return waits_for;
}

}  // namespace daybook
