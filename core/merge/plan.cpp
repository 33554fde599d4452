// SPDX-License-Identifier: Apache-2.0
// Goes through the fields of a change, asks each field's rule, and puts the answers together. Here
// are also the answers themselves, so that every rule fills a FieldPlan alike.
#include <algorithm>
#include <map>

#include "core/base/ensure.hpp"
#include "core/merge/question.hpp"

namespace daybook {
namespace {

// A field that a newer app wrote: kept, and where two differ a person looks.
const FieldRule kUnknownFieldRule{
    RuleKind::kThreeWay, {}, RuleKind::kAskHuman, SafeDefault::kOffice, {}};

// The event itself, or "departed#7": made happen once more by lineage 7, which did not know.
bool is_about_event(std::string_view recorded, std::string_view event) {
  return recorded == event ||
         (recorded.size() > event.size() + 1 && recorded.substr(0, event.size()) == event &&
          recorded[event.size()] == '#');
}

bool knows_event(const MergeInput& input, const std::string& event) {
  if (std::find(input.events.begin(), input.events.end(), event) != input.events.end()) return true;
  if (input.current == nullptr) return false;
  return std::any_of(input.current->events.begin(), input.current->events.end(),
                     [&](const auto& recorded) {
                       return is_about_event(recorded.first, event) &&
                              input.sight.sees(recorded.second, input.event_base);
                     });
}

FieldPlan answer(const Question& q, FieldOutcome outcome, std::string_view why) {
  FieldPlan plan;
  plan.field = q.edit.field;
  plan.outcome = outcome;
  plan.rule = to_string(q.rule);
  plan.why = std::string(why);
  plan.own = q.edit.now;
  plan.base = q.edit.was;
  if (q.current != nullptr) plan.in_force = q.current->value;
  return plan;
}

FieldPlan answer_written(const Question& q, FieldOutcome outcome, std::string_view why) {
  FieldPlan plan = answer(q, outcome, why);
  plan.next = state_of(q.schema, q.rule, q.current, q.edit.now, own_write(q.input, true));
  plan.in_force = plan.next->value;
  if (!q.seen && q.current != nullptr) plan.lost = q.current->value;
  return plan;
}

FieldPlan plan_created(const MergeInput& input, const std::string& name, const Value& value) {
  const auto* schema = input.collection->find(name);
  const FieldRule& rule = schema == nullptr ? kUnknownFieldRule : schema->rule;
  FieldPlan plan;
  plan.field = name;
  plan.rule = to_string(rule);
  plan.why = "created";
  const bool is_document = !input.collection->is_fact;
  if (is_document && rule.kind == RuleKind::kServer && input.side != Side::kOffice) {
    plan.outcome = FieldOutcome::kProposed;
    plan.why = "forecast";
    plan.own = value;
    plan.lost = value;
    return plan;
  }
  plan.next = state_of(schema, rule, nullptr, value, own_write(input, true));
  return plan;
}

void plan_create(const MergeInput& input, MergePlan& plan) {
  plan.already_exists = input.current != nullptr;
  if (plan.already_exists) return;
  plan.changes_record = true;
  plan.changes_row = true;
  plan.fields.reserve(input.created->size());
  for (const auto& [name, value] : *input.created)
    plan.fields.push_back(plan_created(input, name, value));
}

// In canonical order, and where a set both claims and edits a field, the edit: it says more.
std::vector<const ResolvedEdit*> edits_in_order(const MergeInput& input) {
  std::vector<const ResolvedEdit*> edits;
  for (const auto& edit : input.edits) edits.push_back(&edit);
  std::stable_sort(edits.begin(), edits.end(), [](const ResolvedEdit* a, const ResolvedEdit* b) {
    if (a->field != b->field) return canonical_less(a->field, b->field);
    return !a->is_claim && b->is_claim;
  });
  const auto again = [](const ResolvedEdit* a, const ResolvedEdit* b) {
    return a->field == b->field;
  };
  edits.erase(std::unique(edits.begin(), edits.end(), again), edits.end());
  return edits;
}

// The group that an edit or claim is decided with. Late work is only put up for review and a person
// decides with everything in view: both go field by field.
std::string_view group_of(const MergeInput& input, const std::vector<const ResolvedEdit*>& edits,
                          const ResolvedEdit& edit) {
  const auto* schema = input.collection->find(edit.field);
  if (schema == nullptr || schema->group.empty() || input.late || input.settles) return {};
  const bool moves = std::any_of(edits.begin(), edits.end(), [&](const ResolvedEdit* other) {
    const auto* field = other->is_claim ? nullptr : input.collection->find(other->field);
    return field != nullptr && field->group == schema->group;
  });
  return moves ? std::string_view(schema->group) : std::string_view();
}

void plan_edits(const MergeInput& input, MergePlan& plan) {
  const auto edits = edits_in_order(input);
  std::map<std::string_view, std::vector<const ResolvedEdit*>> groups;
  for (const auto* edit : edits) {
    if (const auto group = group_of(input, edits, *edit); !group.empty()) {
      groups[group].push_back(edit);
      continue;
    }
    const Question q = question_about(input, *edit);
    plan.fields.push_back(edit->is_claim ? decide_claim(q) : decide_edit(q));
  }
  for (const auto& [group, asked] : groups) plan_group(input, std::string(group), asked, plan);
  if (!groups.empty()) {
    std::sort(plan.fields.begin(), plan.fields.end(), [](const FieldPlan& a, const FieldPlan& b) {
      return canonical_less(a.field, b.field);
    });
  }
  plan_holds(input, plan);
  for (const auto& decided : plan.fields) {
    if (!decided.next) continue;
    const auto held = input.current->fields.find(decided.field);
    plan.changes_record = true;
    plan.changes_row = plan.changes_row || held == input.current->fields.end() ||
                       decided.next->value != held->second.value;
  }
}

// An event that the document's own field makes happen does so only if the field took the value.
bool takes_effect(const MergeInput& input, const MergePlan& plan, const std::string& event) {
  const auto* schema = input.collection->find_event(event);
  if (schema == nullptr || !schema->fact.empty()) return true;
  for (const auto& field : plan.fields) {
    if (field.field != schema->field) continue;
    if (field.next) return field.next->value == schema->equals;
    return field.in_force && *field.in_force == schema->equals;
  }
  return true;
}

void plan_events(const MergeInput& input, MergePlan& plan) {
  for (const auto& event : input.events) {
    if (!takes_effect(input, plan, event)) continue;
    const Write own = own_write(input, true);
    std::string name = event;
    if (input.current != nullptr && input.current->events.count(event) != 0) {
      // The first stands. A lineage that did not know of it went too, and from now on knows.
      const auto& first = input.current->events.find(event)->second;
      const bool known = own.lineage == kOfficeLineage || own.lineage == first.lineage ||
                         input.sight.sees(first, input.event_base);
      if (known) continue;
      name += "#" + std::to_string(own.lineage);
      if (input.current->events.count(name) != 0) continue;
    }
    const auto planned = std::find_if(plan.events.begin(), plan.events.end(),
                                      [&](const auto& e) { return e.first == name; });
    if (planned != plan.events.end()) continue;
    plan.events.emplace_back(std::move(name), own);
    plan.changes_record = true;
  }
}

}  // namespace

Question question_about(const MergeInput& input, const ResolvedEdit& edit) {
  const auto* schema = input.collection->find(edit.field);
  Question q{input, schema, schema == nullptr ? kUnknownFieldRule : schema->rule, nullptr, edit};
  const auto found = input.current->fields.find(edit.field);
  if (found != input.current->fields.end()) q.current = &found->second;
  q.seen = q.current == nullptr || input.sight.sees(*q.current, edit.base);
  // After a restore an own earlier write may be in force although its author had seen it turned
  // down in the history that was lost. Then only the value that was shown tells.
  if (q.seen && edit.base_lost && q.current != nullptr && q.current->write.commit > edit.base)
    q.seen = edit.was == q.current->value;
  // An edit to null of a field that was never set is a change: absent is not null. A claim only
  // says what was seen, and an empty field looks the same either way.
  q.same =
      q.current == nullptr ? edit.is_claim && edit.now.is_null() : q.current->value == edit.now;
  if (!q.rule.event.empty()) {
    q.event_happened = input.current->events.count(q.rule.event) != 0;
    q.event_known = knows_event(input, q.rule.event);
  }
  return q;
}

Write own_write(const MergeInput& input, bool exact) {
  return {input.commit, input.sight.lineage, input.sight.seq, exact};
}

FieldPlan answer_taken(const Question& q, std::string_view why) {
  return answer_written(q, FieldOutcome::kTaken, why);
}

FieldPlan answer_taken_over(const Question& q, std::string_view why) {
  ensure((q.current != nullptr || q.rival != nullptr) && !q.seen);
  return answer_written(q, FieldOutcome::kTakenOver, why);
}

FieldPlan answer_same(const Question& q) {
  ensure(q.current == nullptr || q.same || q.rule.kind == RuleKind::kAddWins);
  FieldPlan plan = answer(q, FieldOutcome::kSame, "same");
  // The office states what it saw by base alone, and late work leaves no trace in the record.
  if (q.seen || q.input.sight.lineage == kOfficeLineage || q.input.late) return plan;
  plan.next = *q.current;
  plan.next->seen_by.push_back({q.input.sight.lineage, q.input.sight.seq});
  return plan;
}

FieldPlan answer_proposed(const Question& q, std::string_view why) {
  FieldPlan plan = answer(q, FieldOutcome::kProposed, why);
  plan.lost = q.edit.now;
  return plan;
}

FieldPlan answer_refused(const Question& q, std::string_view why) {
  FieldPlan plan = answer(q, FieldOutcome::kRefused, why);
  plan.lost = q.edit.now;
  return plan;
}

FieldPlan answer_conflict(const Question& q, std::string_view why, bool own_stands) {
  FieldPlan plan = own_stands ? answer_written(q, FieldOutcome::kConflict, why)
                              : answer(q, FieldOutcome::kConflict, why);
  if (!own_stands) plan.lost = q.edit.now;
  plan.opens_case = true;
  return plan;
}

FieldPlan answer_merged(const Question& q, std::string_view why, std::optional<FieldState> next) {
  FieldPlan plan = answer(q, FieldOutcome::kMerged, why);
  if (next) plan.in_force = next->value;
  plan.next = std::move(next);
  return plan;
}

MergePlan plan_merge(const MergeInput& input) {
  ensure(input.collection != nullptr);
  ensure(input.created != nullptr || input.current != nullptr);
  MergePlan plan;
  if (input.created != nullptr) {
    plan_create(input, plan);
    if (plan.already_exists) return plan;
  } else {
    plan_edits(input, plan);
  }
  plan_events(input, plan);
  return plan;
}

RecordState apply_plan(const MergeInput& input, const MergePlan& plan) {
  return apply_plan(input, MergePlan(plan));
}

RecordState apply_plan(const MergeInput& input, MergePlan&& plan) {
  ensure(!plan.already_exists);
  RecordState state;
  if (input.current != nullptr) {
    state = *input.current;
  } else {
    state.record.collection = input.collection->name;
    state.created = input.commit;
    state.created_by = input.sight.lineage;
  }
  state.fields.reserve(std::max(state.fields.size(), plan.fields.size()));
  for (auto& field : plan.fields) {
    if (field.next) state.fields.insert_or_assign(field.field, *std::move(field.next));
  }
  for (const auto& [name, write] : plan.events) state.events.emplace(name, write);
  if (plan.changes_row) state.version = input.commit;
  return state;
}

}  // namespace daybook
