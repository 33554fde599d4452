// SPDX-License-Identifier: Apache-2.0
// What each rule makes of an edit. The order of questions is the same everywhere: may this side
// write, did the author see what is in force, and only then what the rule does with two values.
// RULES.md has an example of every branch.
#include <algorithm>

#include "core/merge/question.hpp"
#include "core/merge/text_join.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

FieldPlan decide_keep_both(const Question& q) {
  if (q.same) return answer_same(q);
  if (q.seen) return answer_taken(q, "seen");
  const auto is_text = [](const Value& value) {
    return value.is_null() || value.kind() == Value::Kind::kText;
  };
  const auto text_in = [](const Value& value) {
    return value.is_null() ? std::string_view{} : value.as_text();
  };
  const Value was = q.edit.was.value_or(Value::null());
  const Value held = q.in_force();
  if (!is_text(was) || !is_text(held) || !is_text(q.edit.now))
    return answer_conflict(q, "not_text");
  const std::size_t limit =
      q.schema != nullptr && q.schema->size_max != 0 ? q.schema->size_max : kValueSizeMax;
  const std::string joined = join_texts(text_in(was), text_in(q.edit.now), text_in(held));
  if (joined == text_in(held)) return answer_merged(q, "text_kept_both", std::nullopt);
  const Value value = Value::text(joined);
  if (value == q.edit.now) return answer_taken(q, "text_kept_both");
  if (joined.size() > limit) return answer_conflict(q, "text_too_long");
  return answer_merged(q, "text_kept_both", FieldState{value, own_write(q.input, false), {}, {}});
}

// The larger number; no base is needed, because the order of arrival cannot matter. A smaller
// reading by someone who saw the larger one means something (the meter was replaced): a person says
// what.
FieldPlan decide_grows(const Question& q) {
  if (q.same) return answer_same(q);
  const Value held = q.in_force();
  const Value& now = q.edit.now;
  const auto is_number = [](const Value& value) { return value.kind() == Value::Kind::kInt; };
  if (held.is_null() && is_number(now)) return answer_taken(q, "larger");
  // No reading at all is less than any.
  const bool comparable = is_number(held) && (is_number(now) || now.is_null());
  if (!comparable) return decide_three_way(q, RuleKind::kAskHuman);
  if (is_number(now) && now.as_int() > held.as_int()) return answer_taken(q, "larger");
  if (q.seen) return answer_conflict(q, "smaller_reading");
  FieldPlan plan = answer_merged(q, "larger_stands", std::nullopt);
  plan.lost = now;
  return plan;
}

FieldPlan decide_immutable(const Question& q) {
  if (q.same) return answer_same(q);
  return q.current == nullptr ? answer_taken(q, "first_value") : answer_refused(q, "immutable");
}

// Who is accepted first has it. He may change his mind, and the office that knows may take it back;
// whoever comes second is told, and what he asked for is kept.
FieldPlan decide_first_wins(const Question& q) {
  if (q.same) return answer_same(q);
  if (q.in_force().is_null()) return answer_taken(q, "first_value");
  const bool own = q.input.sight.sees(q.current->write, 0);
  if (q.seen && (own || q.by_office())) return answer_taken(q, "seen");
  return q.rule.fallback == RuleKind::kAskHuman ? answer_conflict(q, "came_second")
                                                : answer_proposed(q, "came_second");
}

// Each write is a step from the state in force, seen or not: a step that is allowed there is taken,
// another one is kept unapplied, and a person looks.
FieldPlan decide_state_from_events(const Question& q) {
  if (q.same) return answer_same(q);
  const Value held = q.in_force();
  if (held.is_null()) return answer_taken(q, "first_value");
  const auto& steps = q.rule.transitions;
  const bool allowed = std::any_of(steps.begin(), steps.end(), [&](const Transition& step) {
    return held == Value::text(step.from) && q.edit.now == Value::text(step.to);
  });
  if (allowed) return answer_taken(q, "transition");
  FieldPlan plan = answer_proposed(q, "illegal_transition");
  plan.opens_case = true;
  return plan;
}

FieldPlan decide_by_rule(const Question& q) {
  switch (q.rule.kind) {
    case RuleKind::kImmutable: return decide_immutable(q);
    case RuleKind::kAppend: return decide_append(q);
    case RuleKind::kOffice: return decide_office(q);
    case RuleKind::kTechnician: return decide_technician(q);
    case RuleKind::kOfficeUntil: return decide_office_until(q);
    case RuleKind::kThreeWay: return decide_three_way(q, q.rule.fallback);
    case RuleKind::kGrows: return decide_grows(q);
    case RuleKind::kAddWins: return decide_add_wins(q);
    case RuleKind::kKeepBoth: return decide_keep_both(q);
    case RuleKind::kSealed: return decide_sealed(q);
    case RuleKind::kAskHuman: return decide_three_way(q, RuleKind::kAskHuman);
    case RuleKind::kTechnicianUntil: return decide_technician_until(q);
    case RuleKind::kFirstWins: return decide_first_wins(q);
    case RuleKind::kServer: return decide_server(q);
    case RuleKind::kStateFromEvents: return decide_state_from_events(q);
  }
  return decide_three_way(q, RuleKind::kAskHuman);
}

// A person decided, with both values in view. Ownership does not bind; a value that came in since
// does.
FieldPlan decide_settled(const Question& q) {
  if (q.rule.kind == RuleKind::kAddWins) return decide_add_wins(q);
  if (q.rule.kind == RuleKind::kImmutable) return decide_immutable(q);
  if (q.same) return answer_same(q);
  return q.seen ? answer_taken(q, "decided") : answer_proposed(q, "decided_too_late");
}

}  // namespace

// Only one side changed: taken. Both to the same: same. Both differently: the fallback.
FieldPlan decide_three_way(const Question& q, RuleKind fallback) {
  if (q.same) return answer_same(q);
  if (q.seen) return answer_taken(q, "seen");
  if (fallback == RuleKind::kKeepBoth) return decide_keep_both(q);
  if (fallback == RuleKind::kAskHuman) return answer_conflict(q, "both_changed", own_is_safe(q));
  const bool same_side = q.by_office() == q.held_by_office();
  if (same_side) {
    return q.by_office() ? answer_proposed(q, "unseen_office_write")
                         : answer_conflict(q, "unseen_technician_write");
  }
  const bool own_wins = q.by_office() == (fallback == RuleKind::kOffice);
  return own_wins ? answer_taken_over(q, "fallback_side") : answer_proposed(q, "fallback_side");
}

FieldPlan decide_edit(const Question& q) {
  if (q.input.late) {
    if (q.same) return answer_same(q);
    FieldPlan plan = answer_proposed(q, "late");
    plan.case_kind = CaseKind::kLate;
    return plan;
  }
  if (q.input.collection->is_fact) return q.same ? answer_same(q) : answer_refused(q, "fact");
  return q.input.settles ? decide_settled(q) : decide_by_rule(q);
}

}  // namespace daybook
