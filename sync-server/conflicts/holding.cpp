// SPDX-License-Identifier: Apache-2.0
// Who has a case in hand, and what was asked about it. Two people never have the same one: whoever
// comes second is told who has it.
#include "core/model/limits.hpp"
#include "sync-server/conflicts/desk.hpp"

namespace daybook {
namespace {

Result<void> check_text(const DeskAct& act, const char* name) {
  if (act.text.empty()) return failure(Errc::kInvalid, name, "missing");
  if (act.text.size() > kValueSizeMax) return failure(Errc::kTooLarge, name);
  return {};
}

Result<void> check_open(const ConflictCase& conflict) {
  if (conflict.state == CaseState::kOpen) return {};
  return failure(Errc::kAlreadyExists, "case",
                 "settled by " + conflict.resolved_by + " (" + conflict.choice + ")");
}

}  // namespace

Result<void> Desk::check_person(const ActorId& person) const {
  DAYBOOK_ASSIGN(const auto user, store_.find_user(person));
  const bool known = user && (territory_ == nullptr || territory_->has_account(*user));
  if (!known || !user->active) return failure(Errc::kNotFound, "to", person);
  return {};
}

Result<ConflictCase> Desk::claim(const DeskAct& act) {
  DAYBOOK_ASSIGN(auto found, begin(act, {CaseEventKind::kClaimed}));
  auto& conflict = found.conflict;
  if (found.done) return std::move(conflict);
  DAYBOOK_TRY(check_open(conflict));
  DAYBOOK_TRY(check_free_for(conflict, act.by));
  if (conflict.holder == act.by) return std::move(conflict);
  conflict.holder = act.by;
  conflict.events.push_back(event_of(CaseEventKind::kClaimed, act));
  DAYBOOK_TRY(store_.put_case(conflict));
  return std::move(conflict);
}

// Whoever may settle may hand over, whoever has it: people fall ill.
Result<ConflictCase> Desk::assign(const DeskAct& act) {
  DAYBOOK_ASSIGN(auto found, begin(act, {CaseEventKind::kAssigned}));
  auto& conflict = found.conflict;
  if (found.done) return std::move(conflict);
  DAYBOOK_TRY(check_open(conflict));
  if (!act.to.empty()) DAYBOOK_TRY(check_person(act.to));
  if (conflict.holder == act.to) return std::move(conflict);
  conflict.holder = act.to;
  conflict.events.push_back(event_of(CaseEventKind::kAssigned, act));
  DAYBOOK_TRY(store_.put_case(conflict));
  return std::move(conflict);
}

Result<ConflictCase> Desk::ask(const DeskAct& act) {
  DAYBOOK_TRY(check_text(act, "text"));
  DAYBOOK_ASSIGN(auto found, begin(act, {CaseEventKind::kAsked}));
  auto& conflict = found.conflict;
  if (found.done) return std::move(conflict);
  DAYBOOK_TRY(check_open(conflict));
  DAYBOOK_TRY(check_free_for(conflict, act.by));
  DAYBOOK_TRY(check_person(act.to));
  conflict.events.push_back(event_of(CaseEventKind::kAsked, act));
  // The technician reads the question on the phone, beside the work that it is about.
  if (act.to == conflict.device_actor)
    DAYBOOK_TRY(settling_.tell_asked(conflict, act.by, act.text));
  DAYBOOK_TRY(store_.put_case(conflict));
  return std::move(conflict);
}

// By anybody at headquarters: the technician may have answered by telephone.
Result<ConflictCase> Desk::answer(const DeskAct& act) {
  DAYBOOK_TRY(check_text(act, "text"));
  DAYBOOK_ASSIGN(auto found, begin(act, {CaseEventKind::kAnswered}));
  auto& conflict = found.conflict;
  if (found.done) return std::move(conflict);
  if (open_question(conflict) == nullptr)
    return failure(Errc::kInvalid, "case", "nothing was asked");
  conflict.events.push_back(event_of(CaseEventKind::kAnswered, act));
  DAYBOOK_TRY(store_.put_case(conflict));
  return std::move(conflict);
}

}  // namespace daybook
