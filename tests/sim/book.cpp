// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/book.hpp"

#include "core/model/cbor.hpp"
#include "core/schema/load.hpp"
#include "tests/sim/ports.hpp"

namespace daybook::sim {
namespace {

constexpr std::string_view kSchema = R"json({
  "daybook_schema": 1, "name": "sim", "version": 1,
  "collections": {
    "customer": {"kind": "document", "fields": {
      "canary": {"type": "text", "rule": "immutable"},
      "name": {"type": "text", "rule": "three_way(ask_human)"},
      "phones": {"type": "text_list", "rule": "add_wins"}}},
    "visit": {"kind": "document", "scope_field": "technician", "fields": {
      "canary": {"type": "text", "rule": "immutable"},
      "technician": {"type": "text", "rule": "office_until(departed)"},
      "customer": {"type": "reference", "references": "customer", "follow": true, "rule": "three_way(office)"},
      "address": {"type": "text", "rule": "office_until(departed)"},
      "category": {"type": "text", "rule": "three_way(ask_human)"},
      "priority": {"type": "int", "rule": "office"},
      "cause": {"type": "text", "rule": "technician"},
      "meter": {"type": "int", "rule": "grows"},
      "parts": {"type": "reference_list", "references": "part", "rule": "add_wins"},
      "notes": {"type": "text", "rule": "keep_both"}},
      "events": {"departed": {"fact": "visit_event", "about": "visit", "field": "kind", "equals": "departed"}}},
    "visit_event": {"kind": "fact", "parent": "visit", "fields": {
      "visit": {"type": "reference", "references": "visit"},
      "canary": {"type": "text"},
      "kind": {"type": "text"}}},
    "part": {"kind": "document", "shared": true, "fields": {
      "name": {"type": "text", "rule": "office"}}}
  }
})json";

std::optional<Uuid> reference(const RecordState& state, const std::string& field) {
  const auto found = state.fields.find(field);
  if (found == state.fields.end() || found->second.value.kind() != Value::Kind::kBytes)
    return std::nullopt;
  return Uuid::from(found->second.value.as_bytes());
}

}  // namespace

void Heads::note(ServerStore& store) {
  const auto rows = must(store.epochs(), "epochs");
  for (const auto& row : rows) epochs_.emplace(row.epoch, row);
  const auto head = must(store.head(), "head");
  const Version start = rows.empty() ? 0 : rows.back().start_version;
  for (Version version = head.version; version > start; --version) {
    const auto row = must(store.find_commit(version), "commit");
    if (!heads_.emplace(std::pair(head.epoch, version), row->head).second) break;
  }
}

std::optional<Digest> Heads::head_at(const EpochId& epoch, Version version) const {
  const auto found = heads_.find({epoch, version});
  if (found != heads_.end()) return found->second;
  const auto row = epochs_.find(epoch);
  if (row == epochs_.end() || version > row->second.start_version) return std::nullopt;
  return head_at(row->second.parent, version);
}

std::shared_ptr<const Schema> sim_schema() {
  static const auto schema =
      std::make_shared<const Schema>(must(load_schema(kSchema, "sim.json"), "schema"));
  return schema;
}

std::map<RecordRef, std::pair<Version, Bytes>> scope_by_model(ServerStore& store,
                                                              const ActorId& actor) {
  std::map<RecordRef, std::pair<Version, Bytes>> rows;
  const auto add = [&](const RecordState& state) {
    rows[state.record] = {state.version, encode(state.values())};
  };
  std::set<Uuid> visits, customers;
  for (const auto& visit : must(store.list_records("visit", std::nullopt, 1000), "list")) {
    const auto owner = visit.fields.find("technician");
    if (owner == visit.fields.end() || owner->second.value != Value::text(actor)) continue;
    add(visit);
    visits.insert(visit.record.id);
    if (const auto customer = reference(visit, "customer")) customers.insert(*customer);
  }
  for (const auto& customer : must(store.list_records("customer", std::nullopt, 1000), "list")) {
    if (customers.contains(customer.record.id)) add(customer);
  }
  for (const auto& event : must(store.list_records("visit_event", std::nullopt, 1000), "list")) {
    const auto visit = reference(event, "visit");
    if (visit && visits.contains(*visit)) add(event);
  }
  for (const auto& part : must(store.list_records("part", std::nullopt, 1000), "list")) add(part);
  return rows;
}

}  // namespace daybook::sim
