// SPDX-License-Identifier: Apache-2.0
// What the rules left to people: cases with base, office and device side by side, and sets that are
// parked. What people do about them is in case_acts.cpp.
#include "core/base/hex.hpp"
#include "sync-server/api/acts.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/api/case_json.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"

namespace daybook {
namespace {

constexpr std::size_t kCasesUsual = 100;
constexpr std::size_t kCasesMost = 500;
constexpr std::size_t kParkedLookedAt = 10'000;

constexpr std::size_t kRelatedMost = 20;

Result<CaseQuestion> question_in(const Call& call) {
  CaseQuestion question;
  if (const auto* given = call.find_query("state"); given != nullptr && *given != "all") {
    for (const auto one : {CaseState::kOpen, CaseState::kDecided, CaseState::kClosed}) {
      if (*given == name_of(one)) question.state = one;
    }
    if (!question.state) return failure(Errc::kInvalid, "state", "open, decided, closed or all");
  }
  const auto take = [&](const char* name, std::string& into) {
    if (const auto* given = call.find_query(name); given != nullptr) into = *given;
  };
  take("holder", question.holder);
  if (question.holder == "me") question.holder = call.user.actor;
  take("collection", question.collection);
  take("field", question.field);
  return question;
}

// Who wrote what a commit wrote, and when, by both clocks.
Result<Json> writer_json(CoreDesk& desk, Version version) {
  DAYBOOK_ASSIGN(const auto row, desk.store().find_commit(version));
  if (!row) return Json(nullptr);
  DAYBOOK_ASSIGN(const auto act, load_act(desk.store(), *row));
  return author_json(desk.store(), act);
}

// Of the newest set that fed the case.
Result<Json> sender_json(CoreDesk& desk, const ConflictCase& conflict) {
  if (conflict.trail.empty()) return Json(nullptr);
  DAYBOOK_ASSIGN(const auto row, desk.store().find_set(conflict.trail.back()));
  if (!row) return Json(nullptr);
  return writer_json(desk, row->version);
}

Result<Json> devices_json(CoreDesk& desk, const Territory& territory,
                          const ConflictCase& conflict) {
  Json devices = Json::array();
  DAYBOOK_ASSIGN(const auto waits, desk.store().case_waits_for(conflict.number));
  for (const auto& wait : waits) {
    DAYBOOK_ASSIGN(const bool his, territory.has_device(wait.device));
    if (!his) continue;
    DAYBOOK_ASSIGN(const auto device, desk.store().find_device(wait.device));
    devices.push_back({{"id", to_string(wait.device)},
                       {"actor", device ? Json(device->actor) : Json(nullptr)},
                       {"name", device ? Json(device->name) : Json(nullptr)}});
  }
  return devices;
}

// Other cases about the record, and the facts that belong to it.
Result<Json> related_json(CoreDesk& desk, const Territory& territory,
                          const ConflictCase& conflict) {
  Json cases = Json::array();
  DAYBOOK_ASSIGN(const auto about, desk.store().cases_about(conflict.record, kRelatedMost));
  for (const auto& other : about) {
    DAYBOOK_ASSIGN(const bool shown, territory.shows(other));
    if (other.number == conflict.number || !shown) continue;
    cases.push_back({{"number", other.number},
                     {"field", other.field},
                     {"kind", name_of(other.kind)},
                     {"state", name_of(other.state)}});
  }
  Json facts = Json::array();
  DAYBOOK_ASSIGN(const auto children, desk.store().children_of(conflict.record.id));
  for (const auto& child : children) {
    if (facts.size() == kRelatedMost) break;
    DAYBOOK_ASSIGN(const auto state, desk.store().find_record(child));
    DAYBOOK_ASSIGN(const bool his, territory.holds(child));
    if (!state || !his) continue;
    Json fact = json_of(child);
    fact["values"] = json_of(desk.schema(), child.collection, state->values());
    facts.push_back(std::move(fact));
  }
  return Json{{"cases", std::move(cases)}, {"facts", std::move(facts)}};
}

// A page of the desk's list, without what is not his.
Result<std::vector<ConflictCase>> his_cases(ServerStore& store, const Territory& territory,
                                            const CaseQuestion& question,
                                            std::optional<CasePlace> after, std::size_t limit) {
  if (territory.is_whole()) return store.find_cases(question, after, limit);
  std::vector<ConflictCase> his;
  while (his.size() < limit) {
    DAYBOOK_ASSIGN(auto page, store.find_cases(question, after, kCasesMost));
    if (page.empty()) break;
    after = CasePlace{due_place(page.back()), page.back().number};
    const bool last = page.size() < kCasesMost;
    for (auto& one : page) {
      DAYBOOK_ASSIGN(const bool shown, territory.shows(one));
      if (shown && his.size() < limit) his.push_back(std::move(one));
    }
    if (last) break;
  }
  return his;
}

}  // namespace

Result<ConflictCase> find_his_case(const Territory& territory, ServerStore& store,
                                   std::uint64_t number) {
  const Error none = failure(Errc::kNotFound, "case", std::to_string(number));
  DAYBOOK_ASSIGN(auto found, store.find_case(number));
  if (!found) return none;
  DAYBOOK_ASSIGN(const bool his, territory.shows(*found));
  if (!his) return none;
  return *std::move(found);
}

Result<http::Response> list_cases(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto limit, limit_in(call, kCasesUsual, kCasesMost));
  DAYBOOK_ASSIGN(const auto question, question_in(call));
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  std::optional<CasePlace> after;
  if (const auto* given = call.find_query("after"); given != nullptr) {
    DAYBOOK_ASSIGN(const auto number, number_in(*given, "after"));
    const auto last = find_his_case(territory, desk.store(), number);
    if (!last.ok() && is_of_the_store(last.error())) return last.error();
    if (!last.ok()) return failure(Errc::kInvalid, "after", "no such case");
    after = CasePlace{due_place(*last), number};
  }
  DAYBOOK_ASSIGN(const auto found, his_cases(desk.store(), territory, question, after, limit));
  const auto now_ms = desk.core.clock().wall_ms();
  Json cases = Json::array();
  for (const auto& one : found) cases.push_back(json_of(desk.schema(), one, now_ms));
  Json json = {{"cases", std::move(cases)}};
  json["next"] = found.size() == limit ? Json(found.back().number) : Json(nullptr);
  return json_reply(json);
}

Result<http::Response> show_case(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto number, number_in(call.parts.front(), "number"));
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  DAYBOOK_ASSIGN(const auto found, find_his_case(territory, desk.store(), number));
  Json json = json_of(desk.schema(), found, desk.core.clock().wall_ms());
  DAYBOOK_ASSIGN(json["waits_for"], devices_json(desk, territory, found));
  if (found.record.collection.empty()) return json_reply(json);
  // What is in force now, in case it moved on since the case was opened.
  DAYBOOK_ASSIGN(const auto state, desk.store().find_record(found.record));
  if (state) {
    const auto held = state->fields.find(found.field);
    const auto* field = find_field(desk.schema(), found.record.collection, found.field);
    const bool has = held != state->fields.end();
    json["in_force"] = has ? json_of(field, held->second.value) : Json(nullptr);
    json["record_version"] = state->version;
    if (has) {
      DAYBOOK_ASSIGN(json["in_force_by"], writer_json(desk, held->second.write.commit));
    }
  }
  DAYBOOK_ASSIGN(json["device_by"], sender_json(desk, found));
  DAYBOOK_ASSIGN(json["related"], related_json(desk, territory, found));
  return json_reply(json);
}

Result<http::Response> list_parked(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto limit, limit_in(call, kCasesUsual, kCasesMost));
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  DAYBOOK_ASSIGN(const auto rows,
                 desk.store().list_parked(territory.is_whole() ? limit : kParkedLookedAt));
  Json parked = Json::array();
  for (const auto& row : rows) {
    if (parked.size() == limit) break;
    DAYBOOK_ASSIGN(const auto commit, desk.store().find_commit(row.commit));
    DAYBOOK_ASSIGN(const auto lineage, desk.store().load_lineage(row.lineage));
    DAYBOOK_ASSIGN(const bool his, lineage ? territory.has_device(lineage->device)
                                           : Result<bool>(territory.is_whole()));
    if (!his) continue;
    Json waits_for = Json::array();
    for (const auto& set : row.waits_for) waits_for.push_back(to_string(set));
    parked.push_back({{"set", to_string(row.set)},
                      {"version", row.commit},
                      {"by", commit ? Json(commit->actor) : Json(nullptr)},
                      {"device", lineage ? Json(to_string(lineage->device)) : Json(nullptr)},
                      {"reason", row.reason},
                      {"detail", row.detail},
                      {"case", row.case_number == 0 ? Json(nullptr) : Json(row.case_number)},
                      {"waits_for", std::move(waits_for)}});
  }
  return json_reply({{"parked", std::move(parked)}});
}

}  // namespace daybook
