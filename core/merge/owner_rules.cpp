// SPDX-License-Identifier: Apache-2.0
// The rules that say whose field it is: one side writes, the other proposes, and an event may hand
// it over or close it. RULES.md has an example of every branch.
#include <algorithm>

#include "core/merge/question.hpp"

namespace daybook {

// The office's field: the first office edit stands, a later one that did not see it is told. The
// technician proposes.
FieldPlan decide_office(const Question& q) {
  if (q.same) return answer_same(q);
  if (!q.by_office()) return answer_proposed(q, "not_owner");
  if (q.seen) return answer_taken(q, "seen");
  return q.held_by_office() ? answer_proposed(q, "unseen_office_write")
                            : answer_taken_over(q, "owner_wins");
}

// The technician's field. Two technicians who did not see each other both stood there: a person
// decides.
FieldPlan decide_technician(const Question& q) {
  if (q.same) return answer_same(q);
  if (q.by_office()) return answer_proposed(q, "not_owner");
  if (q.seen) return answer_taken(q, "seen");
  return q.held_by_office() ? answer_taken_over(q, "owner_wins")
                            : answer_conflict(q, "unseen_technician_write");
}

// Owner and phase are judged as the author saw them, not by the office's state on arrival. Where
// neither side saw the other, the field fact wins: the technician had left.
FieldPlan decide_office_until(const Question& q) {
  if (q.same) return answer_same(q);
  if (q.by_office()) {
    if (q.event_happened || q.event_known) {
      return answer_proposed(q, q.event_known ? "not_owner" : "field_fact_wins");
    }
    return decide_office(q);
  }
  if (!q.event_known) return answer_proposed(q, "not_owner");
  if (q.seen) return answer_taken(q, "seen");
  return q.held_by_office() ? answer_taken_over(q, "field_fact_wins")
                            : answer_conflict(q, "unseen_technician_write");
}

// The mirror image: what the office acted upon when the event happened stands, known to the
// technician or not. Later he writes a new one; his edit is an intention, and is refused.
FieldPlan decide_technician_until(const Question& q) {
  if (q.same) return answer_same(q);
  if (q.by_office()) return q.event_known ? decide_office(q) : answer_proposed(q, "not_owner");
  return is_closed_for(q) ? answer_refused(q, "after_event") : decide_technician(q);
}

// Before the seal the technician's. After it, whether its author knew or not, only an amendment:
// under a new signature in this very set it is made, else it waits for a person.
FieldPlan decide_sealed(const Question& q) {
  if (q.same) return answer_same(q);
  if (!is_closed_for(q)) return decide_technician(q);
  const auto& events = q.input.events;
  const bool signed_again = std::find(events.begin(), events.end(), q.rule.event) != events.end();
  const auto first_seal = q.input.current->events.find(q.rule.event)->second;
  const bool knew_the_seal = q.input.sight.sees(first_seal, q.input.event_base);
  if (signed_again && knew_the_seal && q.seen && !q.by_office())
    return answer_taken(q, "signed_again");
  FieldPlan plan = answer_proposed(q, "sealed");
  plan.opens_case = true;
  plan.case_kind = CaseKind::kAmendment;
  return plan;
}

// What a device computes is a forecast. Headquarters computes it again from all it knows, so the
// latest result stands.
FieldPlan decide_server(const Question& q) {
  if (q.same) return answer_same(q);
  if (!q.by_office()) return answer_proposed(q, "forecast");
  return answer_taken(q, q.seen ? "seen" : "computed");
}

bool is_closed_for(const Question& q) {
  if (!q.event_happened) return false;
  // A set that was parked and comes after the seal of its own author's later set was under the
  // customer's eyes: it belongs to what was signed.
  const auto& event = q.input.current->events.find(q.rule.event)->second;
  const bool own_later = event.lineage != kOfficeLineage &&
                         event.lineage == q.input.sight.lineage && event.seq >= q.input.sight.seq;
  return !own_later;
}

}  // namespace daybook
