// SPDX-License-Identifier: Apache-2.0
// The decision: proposed, approved, carried out, taken back.
#include "sync-server/conflicts/desk.hpp"

#include <algorithm>

#include "core/model/limits.hpp"
#include "core/schema/case_terms.hpp"
#include "sync-server/conflicts/closing.hpp"

namespace daybook {
namespace {

constexpr std::string_view kUndo = "undo";

Result<void> check_reason(const std::string& reason) {
  if (reason.empty()) return failure(Errc::kInvalid, "reason", "a decision needs a reason");
  if (reason.size() > kValueSizeMax) return failure(Errc::kTooLarge, "reason");
  return {};
}

DeskAct act_of(const Decision& decision) {
  return {decision.number, decision.by, {}, decision.reason, decision.act};
}

}  // namespace

std::vector<std::string_view> Desk::choices_for(const ConflictCase& conflict) {
  switch (conflict.kind) {
    case CaseKind::kField:
    case CaseKind::kLate:
    case CaseKind::kAmendment: return {"base", "office", "device", "both", "value"};
    case CaseKind::kParked: return {"release", "discard", "discard_all", "repair"};
    case CaseKind::kRestore: return {"device", "office"};
    case CaseKind::kDeviceHeld: return {"release", "confirm"};
    case CaseKind::kDeviceForked:
    case CaseKind::kLostInRestore:
    case CaseKind::kContested:
    case CaseKind::kBalance:
    case CaseKind::kRevokedKey:
    case CaseKind::kEvidenceLost:
    case CaseKind::kUnsealed: return {"confirm"};
  }
  return {};
}

Result<void> check_free_for(const ConflictCase& conflict, const ActorId& by) {
  if (conflict.holder.empty() || conflict.holder == by) return {};
  return failure(Errc::kBusy, "case", "held by " + conflict.holder);
}

CaseEvent Desk::event_of(CaseEventKind kind, const DeskAct& act) const {
  CaseEvent event;
  event.kind = kind;
  event.by = act.by;
  event.to = act.to;
  event.at_ms = clock_.wall_ms();
  event.text = act.text;
  event.act = act.act;
  return event;
}

Result<Desk::Found> Desk::begin(const DeskAct& act, std::initializer_list<CaseEventKind> kinds) {
  DAYBOOK_ASSIGN(auto found, store_.find_case(act.number));
  if (!found) return failure(Errc::kNotFound, "case", std::to_string(act.number));
  if (const auto* before = find_act(*found, act.act); before != nullptr) {
    const bool same = std::find(kinds.begin(), kinds.end(), before->kind) != kinds.end() &&
                      before->by == act.by && before->to == act.to && before->text == act.text;
    if (!same) return failure(Errc::kAlreadyExists, "id", "used before for something else");
    return Found{*std::move(found), true};
  }
  if (found->events.size() >= kCaseEventsMax)
    return failure(Errc::kTooLarge, "case", "its history is full: decide it");
  return Found{*std::move(found), false};
}

Result<void> Desk::check_decision(const ConflictCase& conflict, const Decision& decision) const {
  if (conflict.state != CaseState::kOpen) {
    return failure(Errc::kAlreadyExists, "case",
                   "settled by " + conflict.resolved_by + " (" + conflict.choice + ")");
  }
  DAYBOOK_TRY(check_free_for(conflict, decision.by));
  if (const auto* waiting = waiting_proposal(conflict); waiting != nullptr) {
    return failure(Errc::kBusy, "case",
                   waiting->choice + " was proposed by " + waiting->by + ": approve or decline it");
  }
  if (decision.choice == "repair" && territory_ != nullptr && !territory_->is_whole())
    return failure(Errc::kForbidden, "organisation", "a parked set is repaired by head office");
  const auto choices = choices_for(conflict);
  if (std::find(choices.begin(), choices.end(), decision.choice) == choices.end())
    return failure(Errc::kInvalid, "choice", decision.choice);
  return {};
}

Result<ConflictCase> Desk::resolve(const Decision& decision) {
  DAYBOOK_TRY(check_reason(decision.reason));
  DAYBOOK_ASSIGN(auto found,
                 begin(act_of(decision), {CaseEventKind::kResolved, CaseEventKind::kProposed}));
  if (found.done) {
    const auto* before = find_act(found.conflict, decision.act);
    if (before->choice != decision.choice)
      return failure(Errc::kAlreadyExists, "id", "used before for something else");
    return std::move(found.conflict);
  }
  DAYBOOK_TRY(check_decision(found.conflict, decision));
  if (takes_two_people(schema_, found.conflict)) {
    return propose(std::move(found.conflict), decision);
  }
  return carry_out(std::move(found.conflict), decision);
}

Result<ConflictCase> Desk::propose(ConflictCase conflict, const Decision& decision) {
  CaseEvent proposed = event_of(CaseEventKind::kProposed, act_of(decision));
  proposed.choice = decision.choice;
  if (decision.choice != kUndo) {
    DAYBOOK_ASSIGN(proposed.value, Settling::value_chosen(conflict, decision));
  }
  conflict.events.push_back(std::move(proposed));
  DAYBOOK_TRY(store_.put_case(conflict));
  return conflict;
}

Result<ConflictCase> Desk::carry_out(ConflictCase conflict, const Decision& decision) {
  DAYBOOK_ASSIGN(const auto settled, settling_.settle(conflict, decision));
  // The settling act may have fed the case itself (a released set that parks again): read it anew,
  // and keep the lines that were written on the way here.
  DAYBOOK_ASSIGN(auto now, store_.find_case(conflict.number));
  ensure(now.has_value());
  now->events = std::move(conflict.events);
  DAYBOOK_TRY(enter_decision(*now, decision, settled));
  return *now;
}

Result<void> Desk::enter_decision(ConflictCase& conflict, const Decision& decision,
                                  const Settled& settled) {
  conflict.state = CaseState::kDecided;
  conflict.resolved_by = decision.by;
  conflict.choice = decision.choice;
  conflict.reason = decision.reason;
  DAYBOOK_ASSIGN(const auto head, store_.head());
  conflict.resolved = settled.commit == 0 ? head.version : settled.commit;
  CaseEvent event = event_of(CaseEventKind::kResolved, act_of(decision));
  event.commit = settled.commit;
  event.choice = decision.choice;
  event.value = settled.value;
  event.displaced = settled.displaced;
  conflict.events.push_back(std::move(event));
  DAYBOOK_ASSIGN(const Version told, settling_.tell_decided(conflict, decision));
  return await_devices(store_, conflict, std::max(settled.commit, told), clock_.wall_ms());
}

Result<ConflictCase> Desk::approve(const DeskAct& act, const std::string& choice) {
  DAYBOOK_ASSIGN(auto found, begin(act, {CaseEventKind::kApproved}));
  if (found.done) return std::move(found.conflict);
  auto& conflict = found.conflict;
  const auto* waiting = waiting_proposal(conflict);
  if (waiting == nullptr)
    return failure(Errc::kInvalid, "case", "nothing waits for a second person");
  const CaseEvent proposed = *waiting;
  if (proposed.by == act.by)
    return failure(Errc::kForbidden, "case", "a second person approves what you proposed");
  if (!choice.empty() && choice != proposed.choice)
    return failure(Errc::kBusy, "choice", proposed.choice + " is proposed now: look again");
  conflict.events.push_back(event_of(CaseEventKind::kApproved, act));
  // The proposer's decision, carried out under the id of the approval, which is what happens now.
  if (proposed.choice == kUndo) {
    return take_back(std::move(conflict), {act.number, proposed.by, {}, proposed.text, Uuid{}});
  }
  Decision decision{act.number,     proposed.by,   proposed.choice,
                    proposed.value, proposed.text, Uuid{}};
  // What was proposed is what is put in force, whatever came into the case since.
  if (is_about_field(conflict.kind)) {
    DAYBOOK_ASSIGN(const auto now, Settling::value_chosen(conflict, decision));
    if (now != *proposed.value)
      return failure(Errc::kBusy, "case", "a later set changed what is proposed: decline it");
  }
  return carry_out(std::move(conflict), decision);
}

Result<ConflictCase> Desk::decline(const DeskAct& act) {
  DAYBOOK_TRY(check_reason(act.text));
  DAYBOOK_ASSIGN(auto found, begin(act, {CaseEventKind::kDeclined}));
  auto& conflict = found.conflict;
  if (found.done) return std::move(conflict);
  if (waiting_proposal(conflict) == nullptr)
    return failure(Errc::kInvalid, "case", "nothing waits for a second person");
  conflict.events.push_back(event_of(CaseEventKind::kDeclined, act));
  DAYBOOK_TRY(store_.put_case(conflict));
  return std::move(conflict);
}

Result<ConflictCase> Desk::undo(const DeskAct& act) {
  DAYBOOK_TRY(check_reason(act.text));
  DAYBOOK_ASSIGN(auto found, begin(act, {CaseEventKind::kUndone, CaseEventKind::kProposed}));
  auto& conflict = found.conflict;
  if (found.done) return std::move(conflict);
  if (conflict.state == CaseState::kOpen)
    return failure(Errc::kInvalid, "case", "it is open: nothing was decided");
  if (decision_in_force(conflict) == nullptr)
    return failure(Errc::kInvalid, "case", "settled before histories were kept: edit the record");
  DAYBOOK_TRY(check_free_for(conflict, act.by));
  if (waiting_proposal(conflict) != nullptr)
    return failure(Errc::kBusy, "case", "a proposal waits for a second person");
  if (takes_two_people(schema_, conflict)) {
    return propose(std::move(conflict),
                   {act.number, act.by, std::string(kUndo), std::nullopt, act.text, act.act});
  }
  return take_back(std::move(conflict), act);
}

Result<ConflictCase> Desk::take_back(ConflictCase conflict, const DeskAct& act) {
  const auto* in_force = decision_in_force(conflict);
  ensure(in_force != nullptr);
  // One open case for a field and a phone: two would each have half of it.
  DAYBOOK_ASSIGN(const auto other, store_.find_open_case(conflict.kind, conflict.record,
                                                         conflict.field, conflict.device));
  if (other) {
    return failure(
        Errc::kBusy, "case",
        "case " + std::to_string(other->number) + " is open about the same: decide that");
  }
  const CaseEvent decided = *in_force;
  DAYBOOK_ASSIGN(const auto settled,
                 settling_.take_back(conflict, decided, {act.number, act.by, {}, {}, {}, act.act}));
  CaseEvent undone = event_of(CaseEventKind::kUndone, act);
  undone.commit = settled.commit;
  undone.choice = decided.choice;
  undone.value = settled.value;
  undone.displaced = settled.displaced;
  conflict.events.push_back(std::move(undone));
  conflict.state = CaseState::kOpen;
  conflict.resolved_by.clear();
  conflict.choice.clear();
  conflict.reason.clear();
  conflict.resolved = 0;
  DAYBOOK_TRY(settling_.tell_reopened(conflict, act.by, act.text));
  DAYBOOK_TRY(await_nobody(store_, conflict.number));
  DAYBOOK_TRY(store_.put_case(conflict));
  return conflict;
}

}  // namespace daybook
