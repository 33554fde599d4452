// SPDX-License-Identifier: Apache-2.0
// Which of two values stands while a person has not decided: the one that costs the customer
// nothing and moves no stock twice. The schema says which that is, by side or by size.
#include <algorithm>

#include "core/merge/question.hpp"

namespace daybook {
namespace {

// Numbers by what they are, texts by their place in the field's `values`. Anything else has none.
std::optional<std::int64_t> size_of(const FieldSchema* schema, const Value& value) {
  if (value.kind() == Value::Kind::kInt) return value.as_int();
  if (value.kind() != Value::Kind::kText || schema == nullptr) return std::nullopt;
  const auto& values = schema->values;
  const auto found = std::find(values.begin(), values.end(), value.as_text());
  if (found == values.end()) return std::nullopt;
  return found - values.begin();
}

}  // namespace

bool own_is_safe(const Question& q) {
  const bool same_side = q.by_office() == q.held_by_office();
  const auto own = size_of(q.schema, q.edit.now);
  const auto held = size_of(q.schema, q.in_force());
  switch (q.rule.safe_default) {
    case SafeDefault::kOffice: return q.by_office() && !same_side;
    case SafeDefault::kTechnician: return !q.by_office() && !same_side;
    // Where one has no size, what is in force stays.
    case SafeDefault::kSmaller: return own && held && *own < *held;
    case SafeDefault::kLarger: return own && held && *own > *held;
    case SafeDefault::kFirst: return false;
  }
  return false;
}

}  // namespace daybook
