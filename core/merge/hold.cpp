// SPDX-License-Identifier: Apache-2.0
// A case about one field can hold another: the customer is not charged while a person looks at
// whether he owes anything. Held is held for everybody; who settles the case lets it go.
#include <algorithm>

#include "core/merge/question.hpp"

namespace daybook {

void plan_holds(const MergeInput& input, MergePlan& plan) {
  std::vector<FieldPlan> held;
  for (const auto& field : input.collection->fields) {
    const auto& on = field.hold.fields;
    const auto about = [&](const FieldPlan& decided) {
      return decided.opens_case && std::find(on.begin(), on.end(), decided.field) != on.end();
    };
    if (std::none_of(plan.fields.begin(), plan.fields.end(), about)) continue;
    const bool asked =
        std::any_of(plan.fields.begin(), plan.fields.end(),
                    [&](const FieldPlan& decided) { return decided.field == field.name; });
    const auto current = input.current->fields.find(field.name);
    const bool empty = current == input.current->fields.end() || current->second.value.is_null();
    // What the set itself says about it was said with the rest in view, and nothing needs no hold.
    if (asked || empty || current->second.value == field.hold.as) continue;
    FieldPlan one;
    one.field = field.name;
    one.rule = to_string(field.rule);
    one.why = "held";
    // Nobody's own write, so nobody counts as having seen it.
    one.next = FieldState{field.hold.as, {input.commit, kOfficeLineage, 0, false}, {}, {}};
    one.in_force = field.hold.as;
    one.lost = current->second.value;
    held.push_back(std::move(one));
  }
  if (held.empty()) return;
  for (auto& one : held) plan.fields.push_back(std::move(one));
  std::sort(plan.fields.begin(), plan.fields.end(), [](const FieldPlan& a, const FieldPlan& b) {
    return canonical_less(a.field, b.field);
  });
}

}  // namespace daybook
