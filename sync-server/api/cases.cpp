// SPDX-License-Identifier: Apache-2.0
// What the rules left to people: cases with base, office and device side by side, decisions on
// them, and sets that are parked.
#include "core/base/hex.hpp"
#include "core/model/limits.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/conflicts/desk.hpp"

namespace daybook {
namespace {

constexpr std::size_t kCasesUsual = 100;
constexpr std::size_t kCasesMost = 500;

Result<ConflictCase> case_in(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto number, number_in(call.parts.front(), "number"));
  DAYBOOK_ASSIGN(auto found, desk.store().find_case(number));
  if (!found) return failure(Errc::kNotFound, "case", std::to_string(number));
  return *std::move(found);
}

}  // namespace

Result<http::Response> list_cases(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto limit, limit_in(call, kCasesUsual, kCasesMost));
  std::optional<CaseState> state;
  if (const auto* given = call.find_query("state"); given != nullptr && *given != "all") {
    for (const auto one : {CaseState::kOpen, CaseState::kDecided, CaseState::kClosed}) {
      if (*given == name_of(one)) state = one;
    }
    if (!state) return failure(Errc::kInvalid, "state", "open, decided, closed or all");
  }
  std::uint64_t after = 0;
  if (const auto* given = call.find_query("after"); given != nullptr) {
    DAYBOOK_ASSIGN(after, number_in(*given, "after"));
  }
  DAYBOOK_ASSIGN(const auto found, desk.store().list_cases(state, after, limit));
  Json cases = Json::array();
  for (const auto& one : found) cases.push_back(json_of(desk.schema(), one));
  Json json = {{"cases", std::move(cases)}};
  json["next"] = found.size() == limit ? Json(found.back().number) : Json(nullptr);
  return json_reply(json);
}

Result<http::Response> show_case(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto found, case_in(call, desk));
  Json json = json_of(desk.schema(), found);
  // What is in force now, in case it moved on since the case was opened.
  DAYBOOK_ASSIGN(const auto state, desk.store().find_record(found.record));
  if (state) {
    const auto held = state->fields.find(found.field);
    const auto* field = find_field(desk.schema(), found.record.collection, found.field);
    json["in_force"] =
        held == state->fields.end() ? Json(nullptr) : json_of(field, held->second.value);
    json["record_version"] = state->version;
  }
  return json_reply(json);
}

Result<http::Response> resolve_case(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"choice", "value", "reason"}));
  DAYBOOK_ASSIGN(const auto found, case_in(call, desk));
  Decision decision;
  decision.number = found.number;
  decision.by = call.user.actor;
  DAYBOOK_ASSIGN(decision.choice, body.text("choice", kNameSizeMax));
  DAYBOOK_ASSIGN(decision.reason, body.text("reason", kValueSizeMax));
  if (const auto* value = body.find("value"); value != nullptr) {
    const auto* field = find_field(desk.schema(), found.record.collection, found.field);
    if (field == nullptr) return failure(Errc::kInvalid, "value", "this case is not about a field");
    DAYBOOK_ASSIGN(decision.value, value_from(*field, *value, "value"));
  }
  if (decision.choice == "value" && !decision.value)
    return failure(Errc::kInvalid, "value", "missing");
  Office office(desk.core.ingest(), desk.store(), desk.schema(), desk.core.clock(),
                desk.core.rng());
  DAYBOOK_ASSIGN(const auto settled,
                 Desk(office, desk.core.ingest(), desk.store(), desk.schema(), desk.core.clock())
                     .resolve(decision));
  return json_reply(json_of(desk.schema(), settled));
}

Result<http::Response> list_parked(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto limit, limit_in(call, kCasesUsual, kCasesMost));
  DAYBOOK_ASSIGN(const auto rows, desk.store().list_parked(limit));
  Json parked = Json::array();
  for (const auto& row : rows) {
    DAYBOOK_ASSIGN(const auto commit, desk.store().find_commit(row.commit));
    DAYBOOK_ASSIGN(const auto lineage, desk.store().load_lineage(row.lineage));
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
