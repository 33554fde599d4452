// SPDX-License-Identifier: Apache-2.0
#include "sync-server/api/case_json.hpp"

#include "core/base/hex.hpp"
#include "core/schema/case_terms.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/conflicts/desk.hpp"

namespace daybook {
namespace {

Json event_json(const FieldSchema* field, const CaseEvent& event) {
  Json json = {{"what", name_of(event.kind)}, {"at_ms", event.at_ms}};
  json["by"] = event.by.empty() ? Json(nullptr) : Json(event.by);
  if (!event.to.empty()) json["to"] = event.to;
  if (!event.choice.empty()) json["choice"] = event.choice;
  if (event.value) json["value"] = json_of(field, *event.value);
  if (event.displaced) json["displaced"] = json_of(field, *event.displaced);
  if (!event.text.empty()) json["text"] = event.text;
  if (event.commit != 0) json["version"] = event.commit;
  return json;
}

void add_sides(Json& json, const FieldSchema* field, const ConflictCase& conflict) {
  if (conflict.record.collection.empty()) return;
  json["record"] = json_of(conflict.record);
  json["field"] = conflict.field;
  json["base"] = json_of(field, conflict.base_value);
  json["office"] = json_of(field, conflict.office_value);
  json["device"] = json_of(field, conflict.device_value);
}

void add_desk(Json& json, const FieldSchema* field, const ConflictCase& conflict,
              std::int64_t now_ms) {
  const bool open = conflict.state == CaseState::kOpen;
  json["severity"] = name_of(conflict.severity);
  json["due_ms"] = conflict.due_ms == 0 ? Json(nullptr) : Json(conflict.due_ms);
  json["overdue"] = open && conflict.due_ms != 0 && conflict.due_ms < now_ms;
  json["holder"] = conflict.holder.empty() ? Json(nullptr) : Json(conflict.holder);
  if (const auto* asked = open_question(conflict); open && asked != nullptr)
    json["question"] = event_json(field, *asked);
  if (const auto* waiting = waiting_proposal(conflict); waiting != nullptr)
    json["proposal"] = event_json(field, *waiting);
}

void add_history(Json& json, const FieldSchema* field, const ConflictCase& conflict) {
  Json events = Json::array();
  for (const auto& event : conflict.events) events.push_back(event_json(field, event));
  if (events.empty())  // from before cases had a history
    events.push_back({{"what", "opened"}, {"at_ms", conflict.opened_ms}, {"by", nullptr}});
  json["history"] = std::move(events);
}

}  // namespace

Json json_of(const Schema& schema, const ConflictCase& conflict, std::int64_t now_ms) {
  const auto* field = find_field(schema, conflict.record.collection, conflict.field);
  Json json = {{"number", conflict.number},
               {"kind", name_of(conflict.kind)},
               {"state", name_of(conflict.state)}};
  add_desk(json, field, conflict, now_ms);
  add_sides(json, field, conflict);
  if (!conflict.device.is_zero()) json["device_id"] = to_string(conflict.device);
  json["device_actor"] = conflict.device_actor;
  json["rule"] = conflict.rule;
  json["rules_version"] = conflict.rules_version;
  json["detail"] = conflict.detail;
  json["opened_version"] = conflict.opened;
  json["opened_ms"] = conflict.opened_ms;
  Json trail = Json::array();
  for (const auto& set : conflict.trail) trail.push_back(to_string(set));
  json["sets"] = std::move(trail);
  if (conflict.state != CaseState::kOpen) {
    json["resolved_by"] = conflict.resolved_by;
    json["choice"] = conflict.choice;
    json["reason"] = conflict.reason;
    json["resolved_version"] = conflict.resolved;
  } else {
    Json choices = Json::array();
    for (const auto choice : Desk::choices_for(conflict)) choices.push_back(choice);
    json["choices"] = std::move(choices);
    json["takes_two_people"] = takes_two_people(schema, conflict);
  }
  add_history(json, field, conflict);
  return json;
}

}  // namespace daybook
