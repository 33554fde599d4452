// SPDX-License-Identifier: Apache-2.0
// Records for people: one with who wrote what when, and the two ways to change something, both
// through the one write door. Lists are read aside (sync-server/integration).
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

Result<const CollectionSchema*> collection_in(const Call& call, CoreDesk& desk) {
  const auto* collection = desk.schema().find(call.parts.front());
  if (collection == nullptr)
    return failure(Errc::kUnknownCollection, "collection",
                   call.parts.front().substr(0, kNameSizeMax));
  return collection;
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

}  // namespace

Json record_json(const Schema& schema, const RecordState& state) {
  Json json = json_of(state.record);
  json["version"] = state.version;
  json["created"] = state.created;
  json["values"] = json_of(schema, state.record.collection, state.values());
  return json;
}

Result<http::Response> show_record(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto* collection, collection_in(call, desk));
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts[1], "id"));
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  DAYBOOK_ASSIGN(const auto state, find_his(territory, desk.store(), {collection->name, id}));
  Json json = record_json(desk.schema(), state);
  DAYBOOK_ASSIGN(json["fields"], writers_json(desk, state));
  Json events = Json::object();
  for (const auto& [name, write] : state.events) events[name] = write.commit;
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
  DAYBOOK_ASSIGN(const auto receipt, act_once(desk, call.user, {edit}, call.key));
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
  DAYBOOK_ASSIGN(const auto receipt, act_once(desk, call.user, {edit}, call.key));
  return receipt_reply(desk, edit.record, receipt, 200);
}

}  // namespace daybook
