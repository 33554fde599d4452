// SPDX-License-Identifier: Apache-2.0
// What did the technician see? The records of a change set as they stood on his phone.
#include "sync-server/conflicts/seen.hpp"

#include "core/base/hex.hpp"
#include "sync-server/api/acts.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"

namespace daybook {
namespace {

Json record_json(const Schema& schema, const SeenRecord& seen, const Body& body) {
  Json json = json_of(seen.record);
  json["version"] = seen.version;
  json["exact"] = seen.exact;
  json["values"] =
      seen.values ? json_of(schema, seen.record.collection, *seen.values) : Json(nullptr);
  Json own = Json::object();
  for (const auto& [field, set] : seen.own) own[field] = to_string(set);
  json["own"] = std::move(own);
  Json wrote = Json::object();
  for (const auto& change : body.changes) {
    if (change.record != seen.record) continue;
    for (const auto& edit : change.edits)
      wrote[edit.field] = json_of(find_field(schema, seen.record.collection, edit.field), edit.now);
    if (change.kind == Change::Kind::kCreate)
      wrote = json_of(schema, seen.record.collection, change.created);
  }
  json["wrote"] = std::move(wrote);
  return json;
}

}  // namespace

Result<http::Response> show_seen(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts.front(), "id"));
  DAYBOOK_ASSIGN(const auto row, find_his_set(call, desk, id));
  DAYBOOK_ASSIGN(const auto seen,
                 what_was_seen(desk.core.ingest(), desk.store(), desk.schema(), id));
  DAYBOOK_ASSIGN(const auto act, load_act(desk.store(), row));
  Json records = Json::array();
  for (const auto& one : seen.records) records.push_back(record_json(desk.schema(), one, act.body));
  DAYBOOK_ASSIGN(auto author, author_json(desk.store(), act));
  return json_reply({{"set", to_string(id)},
                     {"author", std::move(author)},
                     {"seen_version", seen.version},
                     {"records", std::move(records)}});
}

}  // namespace daybook
