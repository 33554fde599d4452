// SPDX-License-Identifier: Apache-2.0
// Alike cases, decided in one act: one change set, one commit, one reason. What cannot go with the
// others is left open and named.
#include <algorithm>
#include <map>

#include "core/model/limits.hpp"
#include "core/schema/case_terms.hpp"
#include "sync-server/conflicts/desk.hpp"

namespace daybook {
namespace {

constexpr std::size_t kPage = 500;
constexpr std::size_t kLookedAtMax = 20'000;

}  // namespace

Result<std::vector<ConflictCase>> Desk::all_alike(const ConflictCase& like,
                                                  std::optional<CaseState> state,
                                                  std::size_t limit) {
  CaseQuestion question{state, like.kind, like.record.collection, like.field, {}};
  std::vector<ConflictCase> alike;
  std::optional<CasePlace> after;
  for (std::size_t looked_at = 0; looked_at < kLookedAtMax && alike.size() < limit;) {
    DAYBOOK_ASSIGN(auto page, store_.find_cases(question, after, kPage));
    for (auto& one : page) {
      if (one.rule != like.rule || alike.size() >= limit) continue;
      DAYBOOK_ASSIGN(const bool shown,
                     territory_ == nullptr ? Result<bool>(true) : territory_->shows(one));
      if (shown) alike.push_back(std::move(one));
    }
    if (page.size() < kPage) break;
    looked_at += page.size();
    after = CasePlace{due_place(page.back()), page.back().number};
  }
  return alike;
}

Result<std::vector<ConflictCase>> Desk::alike(const ConflictCase& conflict, std::size_t limit) {
  if (!is_about_field(conflict.kind))
    return failure(Errc::kInvalid, "case", "only cases about a field have others like them");
  return all_alike(conflict, CaseState::kOpen, limit);
}

// The act was carried out before, and its answer is read from the cases.
Result<AlikeOutcome> Desk::done_before(const ConflictCase& like, const Decision& decision) {
  AlikeOutcome outcome;
  DAYBOOK_ASSIGN(const auto cases, all_alike(like, std::nullopt, kLookedAtMax));
  for (const auto& one : cases) {
    const auto* event = find_act(one, decision.act);
    if (event == nullptr) continue;
    if (event->by != decision.by || event->choice != decision.choice ||
        event->text != decision.reason)
      return failure(Errc::kAlreadyExists, "id", "used before for something else");
    outcome.commit = event->commit;
    outcome.settled.push_back(one.number);
  }
  if (outcome.settled.empty())
    return failure(Errc::kAlreadyExists, "id", "used before for something else");
  std::sort(outcome.settled.begin(), outcome.settled.end());
  return outcome;
}

Result<AlikeOutcome> Desk::resolve_alike(const Decision& decision, std::size_t limit) {
  if (decision.reason.empty())
    return failure(Errc::kInvalid, "reason", "a decision needs a reason");
  DAYBOOK_ASSIGN(const auto like, store_.find_case(decision.number));
  if (!like) return failure(Errc::kNotFound, "case", std::to_string(decision.number));
  if (!decision.act.is_zero()) {
    DAYBOOK_ASSIGN(const auto known, store_.find_set(decision.act));
    if (known) return done_before(*like, decision);
  }
  if (takes_two_people(schema_, *like))
    return failure(Errc::kInvalid, "case", "each of them takes two people: decide them one by one");
  DAYBOOK_ASSIGN(auto cases, alike(*like, limit));

  AlikeOutcome outcome;
  struct Going {
    ConflictCase conflict;
    Settled settled;
  };
  std::vector<Going> going;
  std::map<RecordRef, Value> chosen;  // a record once, whatever phones are in it
  for (auto& one : cases) {
    const auto leave = [&](std::string why) {
      outcome.left.push_back({one.number, std::move(why)});
    };
    Decision own = decision;
    own.number = one.number;
    if (const auto fits = check_decision(one, own); !fits.ok()) {
      leave(fits.error().detail);
      continue;
    }
    const auto value = Settling::value_chosen(one, own);
    const auto stands = settling_.value_in_force(one);
    if (!value.ok() || !stands.ok()) {
      leave(value.ok() ? stands.error().detail : value.error().detail);
      continue;
    }
    const auto [at, fresh] = chosen.try_emplace(one.record, *value);
    if (!fresh && at->second != *value) {
      leave("another phone's value was taken for this record");
      continue;
    }
    going.push_back({std::move(one), {0, *value, *stands}});
  }
  if (going.empty()) return outcome;

  std::vector<OfficeEdit> edits;
  for (const auto& [record, value] : chosen) {
    OfficeEdit edit{record, false, {}, 0};
    edit.set.set(like->field, value);
    edits.push_back(std::move(edit));
  }
  DAYBOOK_ASSIGN(outcome.commit, settling_.put(decision.by, std::move(edits), decision.act));
  for (auto& [conflict, settled] : going) {
    settled.commit = outcome.commit;
    DAYBOOK_TRY(enter_decision(conflict, decision, settled));
    outcome.settled.push_back(conflict.number);
  }
  std::sort(outcome.settled.begin(), outcome.settled.end());
  return outcome;
}

}  // namespace daybook
