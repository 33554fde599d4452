// SPDX-License-Identifier: Apache-2.0
// What was done to a record, read from the stored bodies and their outcomes: who, when (as told by
// the device and as received here), what was seen, what was asked for, what became of it and by
// which rule.
#include <algorithm>
#include <map>
#include <set>

#include "core/base/hex.hpp"
#include "sync-server/api/acts.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/conflicts/replay.hpp"

namespace daybook {
namespace {

constexpr std::size_t kVersionsUsual = 100;
constexpr std::size_t kVersionsMost = 500;
constexpr std::size_t kCasesLookedAt = 500;
constexpr std::size_t kVerdictsLookedAt = 5'000;

// One line of history: a field that this act set.
Json entry_json(const Schema& schema, const Act& act, const RecordRef& record,
                const std::string& name) {
  const auto* schema_field = find_field(schema, record.collection, name);
  Json json = {{"field", name}, {"outcome", name_of(FieldOutcome::kTaken)}};
  if (schema_field != nullptr) json["rule"] = to_string(schema_field->rule);
  for (const auto& field : act.receipt.fields) {
    if (field.record != record || field.field != name) continue;
    json["outcome"] = name_of(field.outcome);
    json["rule"] = field.rule;
    if (field.case_number != 0) json["case"] = field.case_number;
  }
  return json;
}

void add_entries(Json& entries, const Schema& schema, const Act& act, const RecordRef& record,
                 const std::optional<std::string>& only) {
  const auto wanted = [&](const std::string& name) { return !only || *only == name; };
  for (const auto& change : act.body.changes) {
    if (change.record != record) continue;
    for (const auto& [name, value] : change.created) {
      if (!wanted(name)) continue;
      Json entry = entry_json(schema, act, record, name);
      entry["old"] = nullptr;
      entry["new"] = json_of(find_field(schema, record.collection, name), value);
      entries.push_back(std::move(entry));
    }
    for (const auto& edit : change.edits) {
      if (!wanted(edit.field)) continue;
      Json entry = entry_json(schema, act, record, edit.field);
      const auto* field = find_field(schema, record.collection, edit.field);
      entry["old"] = json_of(field, edit.was);
      entry["new"] = json_of(field, edit.now);
      entry["seen"] = edit.base.version;
      entries.push_back(std::move(entry));
    }
  }
  for (const auto& claim : act.body.claims) {
    if (claim.record != record || !wanted(claim.field)) continue;
    Json entry = entry_json(schema, act, record, claim.field);
    entry["claimed"] = json_of(find_field(schema, record.collection, claim.field), claim.seen);
    entry["seen"] = claim.base.version;
    entries.push_back(std::move(entry));
  }
}

// Why a field became what it became, by commit: the rule's own code, played again, or the reason
// that a person gave.
struct Why {
  std::map<Version, std::string> by_rule;
  std::map<Version, std::pair<std::uint64_t, std::string>> by_person;  // case and reason
};

Result<Why> why_of(CoreDesk& desk, const RecordRef& record, const std::string& field) {
  Why why;
  Replay replay(desk.core.ingest(), desk.store(), desk.schema());
  DAYBOOK_ASSIGN(const auto steps, replay.of(record, INT64_MAX));
  for (const auto& step : steps) {
    for (const auto& plan : step.plan.fields) {
      if (step.exact && plan.field == field) why.by_rule[step.commit] = plan.why;
    }
  }
  DAYBOOK_ASSIGN(const auto cases, desk.store().cases_about(record, kCasesLookedAt));
  for (const auto& one : cases) {
    if (one.field != field) continue;
    for (const auto& event : one.events) {
      if (event.commit != 0 && !event.text.empty())
        why.by_person[event.commit] = {one.number, event.text};
    }
  }
  return why;
}

void add_why(Json& entries, const Why& why, Version version) {
  for (auto& entry : entries) {
    if (const auto rule = why.by_rule.find(version); rule != why.by_rule.end())
      entry["why"] = rule->second;
    if (const auto person = why.by_person.find(version); person != why.by_person.end()) {
      entry["case"] = person->second.first;
      entry["why"] = person->second.second;
    }
  }
}

Result<http::Response> history_reply(const Call& call, CoreDesk& desk,
                                     const std::optional<std::string>& only) {
  const auto* collection = desk.schema().find(call.parts[0]);
  if (collection == nullptr) return failure(Errc::kUnknownCollection, "collection");
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts[1], "id"));
  DAYBOOK_ASSIGN(const auto limit, limit_in(call, kVersionsUsual, kVersionsMost));
  const RecordRef record{collection->name, id};
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  DAYBOOK_ASSIGN(const auto state, find_his(territory, desk.store(), record));
  if (only && collection->find(*only) == nullptr && !state.fields.contains(*only)) {
    return failure(Errc::kUnknownField, "field", collection->name);
  }
  DAYBOOK_ASSIGN(const auto versions, desk.store().history_of(record, limit));
  Why why;
  if (only) {
    DAYBOOK_ASSIGN(why, why_of(desk, record, *only));
  }
  Json history = Json::array();
  for (const auto version : versions) {
    DAYBOOK_ASSIGN(const auto row, desk.store().find_commit(version));
    if (!row) continue;
    DAYBOOK_ASSIGN(const auto act, load_act(desk.store(), *row));
    Json entries = Json::array();
    add_entries(entries, desk.schema(), act, record, only);
    if (entries.empty()) continue;
    add_why(entries, why, version);
    DAYBOOK_ASSIGN(auto json, author_json(desk.store(), act));
    json["rules_version"] = act.row.rules_version;
    json["fields"] = std::move(entries);
    history.push_back(std::move(json));
  }
  Json json = {{"record", json_of(record)}, {"history", std::move(history)}};
  if (only) {
    const auto held = state.fields.find(*only);
    json["field"] = *only;
    json["in_force"] = held == state.fields.end()
                           ? Json(nullptr)
                           : json_of(collection->find(*only), held->second.value);
  }
  return json_reply(json);
}

// What is no change set is shown as it came, byte by byte.
Result<http::Response> unreadable_set(const CommitRow& row, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto receipt, receipt_of(row));
  DAYBOOK_ASSIGN(const auto lineage, desk.store().load_lineage(row.lineage));
  Json json = {{"version", row.version},
               {"set", to_string(row.set)},
               {"by", row.actor},
               {"from", "device"},
               {"device", lineage ? Json(to_string(lineage->device)) : Json(nullptr)},
               {"seq", row.seq},
               {"received_ms", row.received_ms},
               {"verdict", name_of(row.verdict)},
               {"body_hash", to_hex(row.body_hash.view())},
               {"raw", to_hex(row.body)}};
  json["receipts"] = Json::array({json_of(desk.schema(), receipt)});
  return json_reply(json);
}

}  // namespace

Result<http::Response> record_history(const Call& call, CoreDesk& desk) {
  return history_reply(call, desk, std::nullopt);
}

Result<http::Response> field_history(const Call& call, CoreDesk& desk) {
  return history_reply(call, desk, call.parts[2]);
}

Result<CommitRow> find_his_set(const Call& call, CoreDesk& desk, const SetId& id) {
  const Error none = failure(Errc::kNotFound, "set", to_string(id));
  DAYBOOK_ASSIGN(auto row, desk.store().find_set(id));
  if (!row) return none;
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  if (territory.is_whole()) return *std::move(row);
  const auto body = decode_body(row->body);
  // What cannot be read is the phone's that brought it.
  DAYBOOK_ASSIGN(const bool his,
                 body.ok() ? territory.shows_set(*body) : territory.has_account(row->actor));
  if (!his) return none;
  return *std::move(row);
}

Result<http::Response> show_set(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts.front(), "id"));
  DAYBOOK_ASSIGN(const auto first, find_his_set(call, desk, id));
  if (!decode_body(first.body).ok()) return unreadable_set(first, desk);
  DAYBOOK_ASSIGN(const auto act, load_act(desk.store(), first));
  DAYBOOK_ASSIGN(auto json, author_json(desk.store(), act));
  json["body_hash"] = to_hex(first.body_hash.view());
  json["body"] = json_of(desk.schema(), act.body);
  Json receipts = Json::array();
  receipts.push_back(json_of(desk.schema(), act.receipt));
  DAYBOOK_ASSIGN(const auto last, desk.store().find_last_verdict(id));
  if (last && last->version != first.version) {
    DAYBOOK_ASSIGN(const auto later,
                   desk.store().verdicts_of(first.lineage, first.version, kVerdictsLookedAt));
    for (const auto& row : later) {
      if (row.set != id || row.version == last->version) continue;
      DAYBOOK_ASSIGN(const auto receipt, receipt_of(row));
      receipts.push_back(json_of(desk.schema(), receipt));
    }
    DAYBOOK_ASSIGN(const auto newest, load_act(desk.store(), *last));
    receipts.push_back(json_of(desk.schema(), newest.receipt));
  }
  json["receipts"] = std::move(receipts);
  return json_reply(json);
}

}  // namespace daybook
