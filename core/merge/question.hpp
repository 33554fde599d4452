// SPDX-License-Identifier: Apache-2.0
// One edited field of an existing record, as every rule looks at it, and the answers a rule can
// give. For the files of this room only.
#pragma once

#include <string_view>

#include "core/merge/merge.hpp"

namespace daybook {

struct Question {
  const MergeInput& input;
  const FieldSchema* schema = nullptr;  // null: a field the schema does not know
  const FieldRule& rule;
  const FieldState* current = nullptr;  // null: the record does not have the field yet
  const ResolvedEdit& edit;
  bool seen = false;            // the author saw the write in force (or there is none)
  bool same = false;            // what is asked for is what is in force
  bool event_happened = false;  // the rule's event is on record
  bool event_known = false;     // and the author knew it, or made it happen in this very set
  // Where fields move together: the unseen write of the group, whichever field it is in.
  const Write* rival = nullptr;

  bool by_office() const { return input.side == Side::kOffice; }
  bool held_by_office() const {
    if (rival != nullptr) return rival->lineage == kOfficeLineage;
    return current != nullptr && current->write.lineage == kOfficeLineage;
  }
  Value in_force() const { return current == nullptr ? Value::null() : current->value; }
};

Question question_about(const MergeInput& input, const ResolvedEdit& edit);

Write own_write(const MergeInput& input, bool exact);

// The answers. `why` is a code; describe.cpp has a sentence for each.
FieldPlan answer_taken(const Question& q, std::string_view why);
FieldPlan answer_taken_over(const Question& q,
                            std::string_view why);  // what it replaces is kept as lost
FieldPlan answer_same(const Question& q);
FieldPlan answer_proposed(const Question& q, std::string_view why);
FieldPlan answer_refused(const Question& q, std::string_view why);
// A case is opened; what is in force stays, or with `own_stands` what is asked for takes its place.
FieldPlan answer_conflict(const Question& q, std::string_view why, bool own_stands = false);
// A combined value; null `next` where what is in force already says it all.
FieldPlan answer_merged(const Question& q, std::string_view why, std::optional<FieldState> next);

// rules.cpp
FieldPlan decide_edit(const Question& q);
FieldPlan decide_three_way(const Question& q, RuleKind fallback);
// owner_rules.cpp
FieldPlan decide_office(const Question& q);
FieldPlan decide_technician(const Question& q);
FieldPlan decide_office_until(const Question& q);
FieldPlan decide_technician_until(const Question& q);
FieldPlan decide_sealed(const Question& q);
FieldPlan decide_server(const Question& q);
// The rule's event happened, and not only in a later set of this very author.
bool is_closed_for(const Question& q);
// safe_default.cpp: whether what is asked for stands while a person has not decided.
bool own_is_safe(const Question& q);
// hold.cpp: what is held because of the cases that the plan opens.
void plan_holds(const MergeInput& input, MergePlan& plan);
// group.cpp: the edits and claims of one set in one group, all of them.
void plan_group(const MergeInput& input, const std::string& group,
                const std::vector<const ResolvedEdit*>& asked, MergePlan& plan);
// claim.cpp
FieldPlan decide_claim(const Question& q);
// list_rules.cpp
FieldPlan decide_add_wins(const Question& q);
FieldPlan decide_append(const Question& q);
// A field that is set as a whole. Under add_wins and append it gets elements, which keep their
// writes where they stay; under add_wins they are brought into the set's own order.
FieldState state_of(const FieldSchema* schema, const FieldRule& rule, const FieldState* current,
                    const Value& value, const Write& write);

}  // namespace daybook
