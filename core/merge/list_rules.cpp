// SPDX-License-Identifier: Apache-2.0
// The two rules that look at the elements of a list. add_wins is a set: an add and a removal are
// judged element by element. append only grows. For both, what independent devices do may arrive in
// any order.
#include <algorithm>

#include "core/merge/question.hpp"
#include "core/merge/tie.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

using Elements = std::vector<ElementState>;

// Null and absent are the empty list; anything else that is no list has no elements.
bool is_list(const Value& value) { return value.is_null() || value.kind() == Value::Kind::kList; }
const ValueList& list_in(const Value& value) {
  static const ValueList kEmpty;
  return value.is_null() ? kEmpty : value.as_list();
}

auto find_element(Elements& elements, const Value& value) {
  return std::find_if(elements.begin(), elements.end(),
                      [&](const ElementState& element) { return element.value == value; });
}
bool contains(const ValueList& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}
std::size_t count_in(const ValueList& list, std::size_t end, const Value& value) {
  return static_cast<std::size_t>(
      std::count(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(end), value));
}

// A set has no order of its own, and the order of arrival must not show: texts and numbers stand by
// value, references by the random bits of the ids they name.
bool goes_before(const Value& a, const Value& b, bool references) {
  if (a.kind() != b.kind()) return a.kind() < b.kind();
  switch (a.kind()) {
    case Value::Kind::kInt: return a.as_int() < b.as_int();
    case Value::Kind::kText: return a.as_text() < b.as_text();
    case Value::Kind::kBytes: {
      const auto id_a = references ? Uuid::from(a.as_bytes()) : std::nullopt;
      const auto id_b = references ? Uuid::from(b.as_bytes()) : std::nullopt;
      return id_a && id_b ? tie_break(*id_a, *id_b) : a.as_bytes() < b.as_bytes();
    }
    default: return to_string(a) < to_string(b);
  }
}

void bring_into_order(Elements& elements, const FieldSchema* schema) {
  const bool references = schema != nullptr && schema->type == FieldType::kReferenceList;
  std::stable_sort(elements.begin(), elements.end(),
                   [&](const ElementState& a, const ElementState& b) {
                     return goes_before(a.value, b.value, references);
                   });
}

// The elements in force. A list that came to be under another rule has none yet: they share its
// write.
Elements elements_of(const FieldState* current) {
  if (current == nullptr || current->value.is_null()) return {};
  const auto& list = list_in(current->value);
  const bool known = current->elements.size() == list.size() &&
                     std::equal(list.begin(), list.end(), current->elements.begin(),
                                [](const Value& value, const ElementState& element) {
                                  return value == element.value;
                                });
  if (known) return current->elements;
  Elements elements;
  for (const auto& value : list) elements.push_back({value, current->write, {}});
  return elements;
}

Value list_of(const Elements& elements) {
  ValueList list;
  list.reserve(elements.size());
  for (const auto& element : elements) list.push_back(element.value);
  return Value::list(std::move(list));
}

bool is_too_long(const Question& q, const Elements& elements) {
  const std::size_t limit =
      q.schema != nullptr && q.schema->size_max != 0 ? q.schema->size_max : kListItemsMax;
  return elements.size() > limit;
}

class SetMerge {
 public:
  explicit SetMerge(const Question& q)
      : q_(q), was_value_(q.edit.was.value_or(Value::null())), elements_(elements_of(q.current)) {}

  void make() {
    const auto& was = list_in(was_value_);
    const auto& now = list_in(q_.edit.now);
    for (const auto& value : was) {
      if (!contains(now, value)) remove(value);
    }
    for (const auto& value : now) {
      if (!contains(was, value)) add(value);
    }
    bring_into_order(elements_, q_.schema);
  }
  const Elements& elements() const { return elements_; }

 private:
  // Takes away only the adds that the author saw.
  void remove(const Value& value) {
    const auto found = find_element(elements_, value);
    if (found == elements_.end()) return;
    std::vector<Write> left{found->write};
    left.insert(left.end(), found->also.begin(), found->also.end());
    left.erase(std::remove_if(
                   left.begin(), left.end(),
                   [&](const Write& write) { return q_.input.sight.sees(write, q_.edit.base); }),
               left.end());
    if (left.empty()) {
      elements_.erase(found);
      return;
    }
    found->write = left.front();
    found->also.assign(left.begin() + 1, left.end());
  }

  // An add of what is there, unseen of each other, is a second add: a removal that saw only the
  // first leaves the element.
  void add(const Value& value) {
    const auto found = find_element(elements_, value);
    const Write own = own_write(q_.input, true);
    if (found == elements_.end()) {
      elements_.push_back({value, own, {}});
      return;
    }
    const auto counts = [&](const Write& write) {
      const bool own_add =
          write.lineage == own.lineage && write.seq == own.seq && own.lineage != kOfficeLineage;
      return own_add || q_.input.sight.sees(write, q_.edit.base);
    };
    if (counts(found->write) || std::any_of(found->also.begin(), found->also.end(), counts)) return;
    if (found->also.size() < kListItemsMax) found->also.push_back(own);
  }

  const Question& q_;
  Value was_value_;
  Elements elements_;
};

bool same_set(const Elements& elements, const ValueList& asked) {
  return std::all_of(asked.begin(), asked.end(),
                     [&](const Value& value) {
                       return std::any_of(elements.begin(), elements.end(),
                                          [&](const auto& e) { return e.value == value; });
                     }) &&
         std::all_of(elements.begin(), elements.end(),
                     [&](const auto& e) { return contains(asked, e.value); });
}

}  // namespace

FieldPlan decide_add_wins(const Question& q) {
  const Value held = q.in_force();
  if (!is_list(held) || !is_list(q.edit.now) || !is_list(q.edit.was.value_or(Value::null()))) {
    return decide_three_way(q, RuleKind::kAskHuman);
  }
  SetMerge merge(q);
  merge.make();
  const bool as_asked = same_set(merge.elements(), list_in(q.edit.now));
  const bool emptied = merge.elements().empty() && q.edit.now.is_null();
  const Value value = emptied ? Value::null() : list_of(merge.elements());
  const bool moved = q.current == nullptr || value != held;
  if (moved && merge.elements().size() > list_in(held).size() && is_too_long(q, merge.elements())) {
    return answer_conflict(q, "list_too_long");
  }
  FieldState next{value, own_write(q.input, as_asked), {}, merge.elements()};
  if (!moved) {
    // Only the adds behind the elements may have changed: the value and its write stay.
    next.write = q.current->write;
    next.seen_by = q.current->seen_by;
  }
  const bool written = moved || next.elements != q.current->elements;
  FieldPlan plan = as_asked ? (moved ? answer_taken(q, "elements_joined") : answer_same(q))
                            : answer_merged(q, "elements_joined", std::nullopt);
  plan.next.reset();
  if (written) plan.next = std::move(next);
  plan.in_force = value;
  plan.lost.reset();
  if (!as_asked) plan.lost = q.edit.now;
  return plan;
}

FieldPlan decide_append(const Question& q) {
  if (q.same) return answer_same(q);
  const Value was_value = q.edit.was.value_or(Value::null());
  const Value held = q.in_force();
  if (!is_list(held) || !is_list(q.edit.now) || !is_list(was_value))
    return decide_three_way(q, RuleKind::kAskHuman);
  const auto& was = list_in(was_value);
  const auto& now = list_in(q.edit.now);
  if (now.size() < was.size() || !std::equal(was.begin(), was.end(), now.begin()))
    return answer_refused(q, "append_only");
  Elements elements = elements_of(q.current);
  ValueList list = list_in(held);
  for (std::size_t i = was.size(); i < now.size(); ++i) {
    // As often as the author has it by here; what is there already came from him or from someone
    // who wrote the same unseen.
    if (count_in(list, list.size(), now[i]) >= count_in(now, i + 1, now[i])) continue;
    list.push_back(now[i]);
    elements.push_back({now[i], own_write(q.input, true), {}});
  }
  const Value value = list.empty() ? q.edit.now : Value::list(std::move(list));
  if (value == held && q.current != nullptr)
    return answer_merged(q, "elements_appended", std::nullopt);
  if (is_too_long(q, elements)) return answer_conflict(q, "list_too_long");
  const bool as_asked = value == q.edit.now;
  FieldPlan plan =
      answer_merged(q, "elements_appended",
                    FieldState{value, own_write(q.input, as_asked), {}, std::move(elements)});
  if (as_asked) plan.outcome = FieldOutcome::kTaken;
  return plan;
}

FieldState state_of(const FieldSchema* schema, const FieldRule& rule, const FieldState* current,
                    const Value& value, const Write& write) {
  FieldState state{value, write, {}, {}};
  const bool has_elements = rule.kind == RuleKind::kAddWins || rule.kind == RuleKind::kAppend;
  if (!has_elements || value.kind() != Value::Kind::kList) return state;
  const bool is_set = rule.kind == RuleKind::kAddWins;
  Elements before =
      current != nullptr && is_list(current->value) ? elements_of(current) : Elements{};
  for (const auto& item : value.as_list()) {
    if (is_set && find_element(state.elements, item) != state.elements.end()) continue;
    const auto kept = find_element(before, item);
    if (kept == before.end()) {
      state.elements.push_back({item, write, {}});
    } else {
      state.elements.push_back(std::move(*kept));
      before.erase(kept);
    }
  }
  if (is_set) bring_into_order(state.elements, schema);
  state.value = list_of(state.elements);
  return state;
}

}  // namespace daybook
