// SPDX-License-Identifier: Apache-2.0
// Records for people: lists, one with who wrote what when, and the two ways to change something,
// both through the one write door.
#include <map>

#include "core/base/hex.hpp"
#include "core/clock/uuid7.hpp"
#include "core/model/limits.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/office/office.hpp"

namespace daybook {
namespace {

constexpr std::size_t kRecordsUsual = 100;
constexpr std::size_t kRecordsMost = 500;

Result<const CollectionSchema*> collection_in(const Call& call, CoreDesk& desk) {
  const auto* collection = desk.schema().find(call.parts.front());
  if (collection == nullptr)
    return failure(Errc::kUnknownCollection, "collection",
                   call.parts.front().substr(0, kNameSizeMax));
  return collection;
}

Json record_json(const Schema& schema, const RecordState& state) {
  Json json = json_of(state.record);
  json["version"] = state.version;
  json["created"] = state.created;
  json["values"] = json_of(schema, state.record.collection, state.values());
  return json;
}

// Who wrote each field's value, and in which commit.
Result<Json> writers_json(CoreDesk& desk, const RecordState& state) {
  std::map<Version, Json> writers;
  Json fields = Json::object();
  for (const auto& [name, held] : state.fields) {
    auto& writer = writers[held.write.commit];
    if (writer.is_null()) {
      DAYBOOK_ASSIGN(const auto commit, desk.store().find_commit(held.write.commit));
      writer = {{"version", held.write.commit}};
      writer["by"] = commit ? Json(commit->actor) : Json(nullptr);
      writer["received_ms"] = commit ? Json(commit->received_ms) : Json(nullptr);
      writer["from"] = held.write.lineage == kOfficeLineage ? "office" : "device";
    }
    fields[name] = writer;
    fields[name]["exact"] = held.write.exact;
  }
  return fields;
}

Result<http::Response> receipt_reply(CoreDesk& desk, const RecordRef& record,
                                     const Receipt& receipt, int status) {
  DAYBOOK_ASSIGN(const auto state, desk.store().find_record(record));
  Json json = {{"receipt", json_of(desk.schema(), receipt)}};
  if (state) json["record"] = record_json(desk.schema(), *state);
  return json_reply(json, status);
}

bool asks_the_same(const Change& a, const Change& b) {
  if (a.record != b.record || a.kind != b.kind || a.created != b.created ||
      a.edits.size() != b.edits.size())
    return false;
  for (std::size_t i = 0; i < a.edits.size(); ++i) {
    const bool same_field =
        a.edits[i].field == b.edits[i].field && a.edits[i].now == b.edits[i].now;
    if (!same_field || a.edits[i].base.version != b.edits[i].base.version) return false;
  }
  return true;
}

Result<Receipt> receipt_of(CoreDesk& desk, const SetId& set) {
  DAYBOOK_ASSIGN(const auto last, desk.store().find_last_verdict(set));
  if (!last) return failure(Errc::kNotFound, "set", to_string(set));
  Receipt receipt;
  receipt.set = set;
  receipt.commit = last->version;
  receipt.verdict = last->verdict;
  receipt.rules_version = last->rules_version;
  if (!last->outcome.empty()) DAYBOOK_TRY(decode_outcome(last->outcome, receipt));
  return receipt;
}

// Acts once for a key, however often it is sent.
Result<Receipt> act_once(const Call& call, CoreDesk& desk, const OfficeEdit& edit) {
  Office office(desk.core.ingest(), desk.store(), desk.schema(), desk.core.clock(),
                desk.core.rng());
  if (!call.key) return office.act(call.user.actor, {edit});
  DAYBOOK_ASSIGN(const auto before, desk.store().find_set(*call.key));
  if (!before) return office.act(call.user.actor, {edit}, false, call.key);
  DAYBOOK_ASSIGN(const auto held, decode_body(before->body));
  // A create that was carried out stands in its own way; compare without asking the store again.
  Change wanted;
  wanted.record = edit.record;
  if (edit.create) {
    wanted.created = edit.set;
  } else {
    wanted.kind = Change::Kind::kEdit;
    for (const auto& [field, value] : edit.set)
      wanted.edits.push_back({field, {}, {{}, edit.seen}, value});
  }
  const bool same = held.actor == call.user.actor && held.changes.size() == 1 &&
                    asks_the_same(held.changes.front(), wanted);
  if (!same)
    return failure(Errc::kAlreadyExists, "idempotency-key", "used before for something else");
  return receipt_of(desk, *call.key);
}

}  // namespace

Result<http::Response> list_records(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto* collection, collection_in(call, desk));
  DAYBOOK_ASSIGN(const auto limit, limit_in(call, kRecordsUsual, kRecordsMost));
  std::optional<Uuid> after;
  if (const auto* given = call.find_query("after"); given != nullptr && !given->empty()) {
    DAYBOOK_ASSIGN(after, id_in(*given, "after"));
  }
  DAYBOOK_ASSIGN(const auto states, desk.store().list_records(collection->name, after, limit));
  Json records = Json::array();
  for (const auto& state : states) records.push_back(record_json(desk.schema(), state));
  Json json = {{"records", std::move(records)}};
  json["next"] = states.size() == limit ? Json(to_string(states.back().record.id)) : Json(nullptr);
  return json_reply(json);
}

Result<http::Response> show_record(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto* collection, collection_in(call, desk));
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts[1], "id"));
  DAYBOOK_ASSIGN(const auto state, desk.store().find_record({collection->name, id}));
  if (!state) return failure(Errc::kUnknownRecord, collection->name, to_string(id));
  Json json = record_json(desk.schema(), *state);
  DAYBOOK_ASSIGN(json["fields"], writers_json(desk, *state));
  Json events = Json::object();
  for (const auto& [name, write] : state->events) events[name] = write.commit;
  json["events"] = std::move(events);
  return json_reply(json);
}

Result<http::Response> create_record(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"id", "set"}));
  DAYBOOK_ASSIGN(const auto* collection, collection_in(call, desk));
  DAYBOOK_ASSIGN(const auto* set, body.object("set"));
  DAYBOOK_ASSIGN(const auto given, body.find_text("id", kNameSizeMax));
  // With a key but no id of its own the record would get another id each time it is sent.
  if (call.key && !given)
    return failure(Errc::kInvalid, "id", "needed together with an Idempotency-Key");
  OfficeEdit edit;
  edit.record.collection = collection->name;
  edit.create = true;
  if (given) {
    DAYBOOK_ASSIGN(edit.record.id, id_in(*given, "id"));
  } else {
    edit.record.id = make_uuid7(desk.core.clock().wall_ms(), desk.core.rng());
  }
  DAYBOOK_ASSIGN(edit.set, fields_from(*collection, *set));
  DAYBOOK_ASSIGN(const auto receipt, act_once(call, desk, edit));
  return receipt_reply(desk, edit.record, receipt, 201);
}

Result<http::Response> edit_record(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"seen", "set"}));
  DAYBOOK_ASSIGN(const auto* collection, collection_in(call, desk));
  OfficeEdit edit;
  edit.record.collection = collection->name;
  DAYBOOK_ASSIGN(edit.record.id, id_in(call.parts[1], "id"));
  DAYBOOK_ASSIGN(edit.seen, body.count("seen"));
  DAYBOOK_ASSIGN(const auto* set, body.object("set"));
  if (set->empty()) return failure(Errc::kInvalid, "set", "names no field");
  DAYBOOK_ASSIGN(edit.set, fields_from(*collection, *set));
  DAYBOOK_ASSIGN(const auto receipt, act_once(call, desk, edit));
  return receipt_reply(desk, edit.record, receipt, 200);
}

}  // namespace daybook
