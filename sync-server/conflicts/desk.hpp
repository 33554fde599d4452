// SPDX-License-Identifier: Apache-2.0
// Support's desk: who has a case in hand, what was asked, and the decision, which becomes a change
// set through the one write door, with its reason. Each act happens once under its caller's id, and
// is a line of the case's history. Called by api inside a group, core thread only. Who holds and
// who asks whom is in holding.cpp, alike cases in alike.cpp, how a decision is carried out in
// settling.cpp, when a case closes in closing.cpp.
#pragma once

#include <string_view>

#include "core/base/result.hpp"
#include "sync-server/auth/territory.hpp"
#include "sync-server/conflicts/settling.hpp"

namespace daybook {

// One person's act on one case.
struct DeskAct {
  std::uint64_t number = 0;
  ActorId by;
  ActorId to;        // whom it goes to, or who is asked
  std::string text;  // question, answer or reason
  Uuid act{};        // the caller's id, zero = none
};

// What one act made of alike cases: those that are settled, and why the others are not.
struct AlikeOutcome {
  struct Left {
    std::uint64_t number = 0;
    std::string why;
  };
  Version commit = 0;  // 0: nothing was to be done
  std::vector<std::uint64_t> settled;
  std::vector<Left> left;
};

class Desk {
 public:
  Desk(Office& office, Ingest& ingest, ServerStore& store, const Schema& schema, Clock& clock)
      : settling_(office, ingest, store, schema), store_(store), schema_(schema), clock_(clock) {}

  // Who works at it sees this much of the house: other cases are not among the alike, and nobody
  // else is asked or handed one. REQUIRES: it outlives the desk.
  void bind(const Territory& territory) { territory_ = &territory; }

  // Each returns the case as it stands afterwards. kAlreadyExists when somebody else settled it
  // before, kBusy when somebody else has it or the field has moved on (look again), kInvalid names
  // what is missing.
  //
  // Where signed or paid work is concerned, resolve and undo only propose: a second person
  // approves or declines.
  Result<ConflictCase> resolve(const Decision& decision);
  Result<ConflictCase> undo(const DeskAct& act);  // text: the reason
  // `choice`: what the approver read; empty, or that of the proposal.
  Result<ConflictCase> approve(const DeskAct& act, const std::string& choice = {});
  Result<ConflictCase> decline(const DeskAct& act);

  Result<ConflictCase> claim(const DeskAct& act);
  Result<ConflictCase> assign(const DeskAct& act);  // `to` empty: given back
  Result<ConflictCase> ask(const DeskAct& act);
  Result<ConflictCase> answer(const DeskAct& act);

  // Open cases of the same kind, collection, field and rule, the earliest deadline first, that one
  // included.
  Result<std::vector<ConflictCase>> alike(const ConflictCase& conflict, std::size_t limit);
  // All of them in one change set, with one reason.
  Result<AlikeOutcome> resolve_alike(const Decision& decision, std::size_t limit);

  // The choices that make sense for a kind of case, for people to pick from.
  static std::vector<std::string_view> choices_for(const ConflictCase& conflict);

 private:
  // The case for an act of `kind`; `done` when this very act was carried out before.
  struct Found {
    ConflictCase conflict;
    bool done = false;
  };
  Result<Found> begin(const DeskAct& act, std::initializer_list<CaseEventKind> kinds);
  Result<void> check_decision(const ConflictCase& conflict, const Decision& decision) const;
  Result<ConflictCase> propose(ConflictCase conflict, const Decision& decision);
  Result<ConflictCase> carry_out(ConflictCase conflict, const Decision& decision);
  Result<void> enter_decision(ConflictCase& conflict, const Decision& decision,
                              const Settled& settled);
  Result<ConflictCase> take_back(ConflictCase conflict, const DeskAct& act);
  Result<AlikeOutcome> done_before(const ConflictCase& like, const Decision& decision);
  Result<std::vector<ConflictCase>> all_alike(const ConflictCase& like,
                                              std::optional<CaseState> state, std::size_t limit);
  CaseEvent event_of(CaseEventKind kind, const DeskAct& act) const;
  Result<void> check_person(const ActorId& person) const;

  Settling settling_;
  ServerStore& store_;
  const Schema& schema_;
  Clock& clock_;
  const Territory* territory_ = nullptr;
};

// For the acts of this room: refuses when somebody else has the case.
Result<void> check_free_for(const ConflictCase& conflict, const ActorId& by);

}  // namespace daybook
