// SPDX-License-Identifier: Apache-2.0
// What people do about a case. Each act happens once for an Idempotency-Key and answers with the
// case as it stands afterwards.
#include "core/model/limits.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/api/case_json.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/office_edits.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/conflicts/desk.hpp"

namespace daybook {
namespace {

constexpr std::size_t kAlikeUsual = 500;
constexpr std::size_t kAlikeMost = 1'000;

// The desk as the caller may use it, with all that it works with.
struct AtDesk {
  AtDesk(CoreDesk& core, Territory of_caller)
      : territory(std::move(of_caller)),
        office(core.core.ingest(), core.store(), core.schema(), core.core.clock(), core.core.rng()),
        desk(office, core.core.ingest(), core.store(), core.schema(), core.core.clock()) {
    office.bind(territory);
    desk.bind(territory);
  }
  Territory territory;
  Office office;
  Desk desk;
};

// What somebody does at the desk about a case that he may see.
template <class Act>
Result<http::Response> at_desk(const Call& call, CoreDesk& core, Act act) {
  DAYBOOK_ASSIGN(const auto number, number_in(call.parts.front(), "number"));
  DAYBOOK_ASSIGN(auto territory, territory_of(call, core.store(), core.schema()));
  DAYBOOK_ASSIGN(const auto conflict, find_his_case(territory, core.store(), number));
  AtDesk place(core, std::move(territory));
  return act(place.desk, conflict);
}

Result<DeskAct> act_in(const Call& call, const char* text_name, bool text_wanted) {
  DeskAct act;
  DAYBOOK_ASSIGN(act.number, number_in(call.parts.front(), "number"));
  act.by = call.user.actor;
  act.act = call.key.value_or(Uuid{});
  const JsonObject body(call.body);
  if (text_wanted) {
    DAYBOOK_ASSIGN(act.text, body.text(text_name, kValueSizeMax));
  } else {
    DAYBOOK_ASSIGN(const auto text, body.find_text(text_name, kValueSizeMax));
    act.text = text.value_or(std::string{});
  }
  return act;
}

Result<http::Response> case_reply(CoreDesk& core, const Result<ConflictCase>& conflict) {
  if (!conflict.ok()) return conflict.error();
  return json_reply(json_of(core.schema(), *conflict, core.core.clock().wall_ms()));
}

Result<Decision> decision_in(const Call& call, CoreDesk& core, const ConflictCase& conflict) {
  const JsonObject body(call.body);
  Decision decision;
  decision.number = conflict.number;
  decision.by = call.user.actor;
  decision.act = call.key.value_or(Uuid{});
  DAYBOOK_ASSIGN(decision.choice, body.text("choice", kNameSizeMax));
  DAYBOOK_ASSIGN(decision.reason, body.text("reason", kValueSizeMax));
  if (const auto* value = body.find("value"); value != nullptr) {
    const auto* field = find_field(core.schema(), conflict.record.collection, conflict.field);
    if (field == nullptr) return failure(Errc::kInvalid, "value", "this case is not about a field");
    DAYBOOK_ASSIGN(decision.value, value_from(*field, *value, "value"));
  }
  if (decision.choice == "value" && !decision.value)
    return failure(Errc::kInvalid, "value", "missing");
  return decision;
}

}  // namespace

Result<http::Response> resolve_case(const Call& call, CoreDesk& core) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"choice", "value", "reason", "changes"}));
  return at_desk(
      call, core, [&](Desk& desk, const ConflictCase& conflict) -> Result<http::Response> {
        DAYBOOK_ASSIGN(auto decision, decision_in(call, core, conflict));
        if (body.has("changes")) {
          DAYBOOK_ASSIGN(decision.repair, office_edits_from(core.schema(), body.find("changes")));
        }
        return case_reply(core, desk.resolve(decision));
      });
}

Result<http::Response> resolve_alike(const Call& call, CoreDesk& core) {
  DAYBOOK_TRY(JsonObject(call.body).allow_only({"choice", "value", "reason"}));
  return at_desk(call, core,
                 [&](Desk& desk, const ConflictCase& conflict) -> Result<http::Response> {
                   DAYBOOK_ASSIGN(const auto decision, decision_in(call, core, conflict));
                   DAYBOOK_ASSIGN(const auto limit, limit_in(call, kAlikeUsual, kAlikeMost));
                   DAYBOOK_ASSIGN(const auto outcome, desk.resolve_alike(decision, limit));
                   Json left = Json::array();
                   for (const auto& one : outcome.left)
                     left.push_back({{"number", one.number}, {"why", one.why}});
                   return json_reply(
                       {{"settled", outcome.settled},
                        {"left", std::move(left)},
                        {"version", outcome.commit == 0 ? Json(nullptr) : Json(outcome.commit)}});
                 });
}

Result<http::Response> list_alike(const Call& call, CoreDesk& core) {
  return at_desk(call, core,
                 [&](Desk& desk, const ConflictCase& conflict) -> Result<http::Response> {
                   DAYBOOK_ASSIGN(const auto limit, limit_in(call, kAlikeUsual, kAlikeMost));
                   DAYBOOK_ASSIGN(const auto alike, desk.alike(conflict, limit));
                   const auto now_ms = core.core.clock().wall_ms();
                   Json cases = Json::array();
                   for (const auto& one : alike)
                     cases.push_back(json_of(core.schema(), one, now_ms));
                   return json_reply({{"cases", std::move(cases)}, {"next", nullptr}});
                 });
}

Result<http::Response> claim_case(const Call& call, CoreDesk& core) {
  DAYBOOK_TRY(JsonObject(call.body).allow_only({}));
  DAYBOOK_ASSIGN(const auto act, act_in(call, "text", false));
  return at_desk(call, core, [&](Desk& desk, const ConflictCase&) {
    return case_reply(core, desk.claim(act));
  });
}

Result<http::Response> assign_case(const Call& call, CoreDesk& core) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"to", "text"}));
  DAYBOOK_ASSIGN(auto act, act_in(call, "text", false));
  DAYBOOK_ASSIGN(const auto to, body.find_text("to", kNameSizeMax));
  act.to = to.value_or(ActorId{});
  return at_desk(call, core, [&](Desk& desk, const ConflictCase&) {
    return case_reply(core, desk.assign(act));
  });
}

Result<http::Response> ask_about_case(const Call& call, CoreDesk& core) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"to", "text"}));
  DAYBOOK_ASSIGN(auto act, act_in(call, "text", true));
  DAYBOOK_ASSIGN(act.to, body.text("to", kNameSizeMax));
  return at_desk(call, core,
                 [&](Desk& desk, const ConflictCase&) { return case_reply(core, desk.ask(act)); });
}

Result<http::Response> answer_about_case(const Call& call, CoreDesk& core) {
  DAYBOOK_TRY(JsonObject(call.body).allow_only({"text"}));
  DAYBOOK_ASSIGN(const auto act, act_in(call, "text", true));
  return at_desk(call, core, [&](Desk& desk, const ConflictCase&) {
    return case_reply(core, desk.answer(act));
  });
}

Result<http::Response> approve_case(const Call& call, CoreDesk& core) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"choice", "text"}));
  DAYBOOK_ASSIGN(const auto act, act_in(call, "text", false));
  DAYBOOK_ASSIGN(const auto choice, body.find_text("choice", kNameSizeMax));
  return at_desk(call, core, [&](Desk& desk, const ConflictCase&) {
    return case_reply(core, desk.approve(act, choice.value_or(std::string{})));
  });
}

Result<http::Response> decline_case(const Call& call, CoreDesk& core) {
  DAYBOOK_TRY(JsonObject(call.body).allow_only({"reason"}));
  DAYBOOK_ASSIGN(const auto act, act_in(call, "reason", true));
  return at_desk(call, core, [&](Desk& desk, const ConflictCase&) {
    return case_reply(core, desk.decline(act));
  });
}

Result<http::Response> undo_case(const Call& call, CoreDesk& core) {
  DAYBOOK_TRY(JsonObject(call.body).allow_only({"reason"}));
  DAYBOOK_ASSIGN(const auto act, act_in(call, "reason", true));
  return at_desk(call, core,
                 [&](Desk& desk, const ConflictCase&) { return case_reply(core, desk.undo(act)); });
}

}  // namespace daybook
