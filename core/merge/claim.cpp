// SPDX-License-Identifier: Apache-2.0
// What a claim does: the author of a pivot event left (or had the customer sign) relying on values
// he saw. An office write that he could not have seen gives way to them.
#include <algorithm>

#include "core/base/ensure.hpp"
#include "core/merge/question.hpp"

namespace daybook {
namespace {

// The claim holds what is in force: the record remembers that this lineage relies on it.
FieldPlan claim_confirmed(const Question& q) {
  FieldPlan plan = answer_same(q);
  if (q.current == nullptr || plan.next || q.input.sight.lineage == kOfficeLineage) return plan;
  const auto& seen_by = q.current->seen_by;
  const bool known = q.current->write.lineage == q.input.sight.lineage ||
                     std::any_of(seen_by.begin(), seen_by.end(), [&](const SeenBy& seen) {
                       return seen.lineage == q.input.sight.lineage;
                     });
  if (known) return plan;
  plan.next = *q.current;
  plan.next->seen_by.push_back({q.input.sight.lineage, q.input.sight.seq});
  return plan;
}

}  // namespace

FieldPlan decide_claim(const Question& q) {
  ensure(q.edit.is_claim);
  if (q.same) return claim_confirmed(q);
  const auto& events = q.input.events;
  const bool pivots = (q.rule.kind == RuleKind::kOfficeUntil || q.rule.kind == RuleKind::kSealed) &&
                      std::find(events.begin(), events.end(), q.rule.event) != events.end();
  // Without its event a claim would be a way around ownership.
  if (!pivots) return answer_proposed(q, "claim_without_event");
  // Somebody else went, or signed, first and relies on what is in force: only a person can say
  // whose visit it is.
  const bool sealed = q.rule.kind == RuleKind::kSealed && is_closed_for(q);
  if (q.event_happened && (sealed || q.rule.kind == RuleKind::kOfficeUntil)) {
    FieldPlan plan = answer_conflict(q, "claimed_elsewhere");
    if (sealed) plan.case_kind = CaseKind::kAmendment;
    return plan;
  }
  // He saw what is in force and claims something else: an unconfirmed wish of his own was on his
  // screen.
  if (q.seen) return answer_proposed(q, "claim_of_own_proposal");
  if (q.held_by_office()) return answer_taken_over(q, "claim_stands");
  if (q.rule.kind == RuleKind::kOfficeUntil) return answer_conflict(q, "unseen_technician_write");
  // Signed over the finding of another technician: what was signed stands, and a person looks at
  // both.
  FieldPlan plan = answer_taken_over(q, "claim_stands");
  plan.opens_case = true;
  plan.case_kind = CaseKind::kAmendment;
  return plan;
}

}  // namespace daybook
