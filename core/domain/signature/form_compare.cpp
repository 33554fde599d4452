// SPDX-License-Identifier: Apache-2.0
#include "core/domain/signature/form_compare.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace daybook {
namespace {

std::optional<Value> value_in(const Fields& fields, const std::string& name) {
  const auto* found = fields.find(name);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

void compare_fields(const FormRecord& before, const FormRecord& after,
                    std::vector<FormChange>& changes) {
  std::set<std::string> names;
  for (const auto& [name, value] : before.values) names.insert(name);
  for (const auto& [name, value] : after.values) names.insert(name);
  for (const auto& name : names) {
    auto was = value_in(before.values, name);
    auto now = value_in(after.values, name);
    if (was != now)
      changes.push_back(
          {FormChange::Kind::kChanged, before.record, name, std::move(was), std::move(now)});
  }
}

}  // namespace

std::string_view name_of(FormChange::Kind kind) {
  switch (kind) {
    case FormChange::Kind::kAdded: return "added";
    case FormChange::Kind::kRemoved: return "removed";
    case FormChange::Kind::kChanged: return "changed";
  }
  return "unknown";
}

std::vector<FormChange> compare_forms(const SealedForm& before, const SealedForm& after) {
  std::map<RecordRef, std::pair<const FormRecord*, const FormRecord*>> records;
  for (const auto& one : before.records) records[one.record].first = &one;
  for (const auto& one : after.records) records[one.record].second = &one;
  std::vector<FormChange> changes;
  for (const auto& [record, both] : records) {
    if (both.first == nullptr) {
      changes.push_back({FormChange::Kind::kAdded, record, {}, {}, {}});
    } else if (both.second == nullptr) {
      changes.push_back({FormChange::Kind::kRemoved, record, {}, {}, {}});
    } else {
      compare_fields(*both.first, *both.second, changes);
    }
  }
  return changes;
}

bool needs_signature(const std::vector<FormChange>& changes, const PaperRules& rules) {
  return std::any_of(changes.begin(), changes.end(), [&](const FormChange& change) {
    return rules.needs_signature(change.record.collection, change.field);
  });
}

}  // namespace daybook
