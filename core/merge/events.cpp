// SPDX-License-Identifier: Apache-2.0
// Which changes make an event happen. Called by ingest before it plans, so that a set's own events
// are known to all of its edits.
#include "core/merge/merge.hpp"

namespace daybook {
namespace {

const Value* value_after(const Change& change, const std::string& field) {
  if (change.kind == Change::Kind::kCreate) return change.created.find(field);
  for (const auto& edit : change.edits) {
    if (edit.field == field) return &edit.now;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> events_of(const CollectionSchema& collection, const Change& change) {
  std::vector<std::string> names;
  for (const auto& event : collection.events) {
    if (!event.fact.empty()) continue;
    const auto* value = value_after(change, event.field);
    if (value != nullptr && *value == event.equals) names.push_back(event.name);
  }
  return names;
}

std::vector<EventAbout> events_of_fact(const Schema& schema, const Change& fact) {
  std::vector<EventAbout> events;
  if (fact.kind != Change::Kind::kCreate) return events;
  for (const auto& collection : schema.collections) {
    for (const auto& event : collection.events) {
      if (event.fact != fact.record.collection) continue;
      const auto* value = fact.created.find(event.field);
      const auto* about = fact.created.find(event.about);
      if (value == nullptr || *value != event.equals) continue;
      if (about == nullptr || about->kind() != Value::Kind::kBytes) continue;
      if (const auto id = Uuid::from(about->as_bytes()))
        events.push_back({{collection.name, *id}, event.name});
    }
  }
  return events;
}

}  // namespace daybook
