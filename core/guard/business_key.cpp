// SPDX-License-Identifier: Apache-2.0
#include "core/guard/business_key.hpp"

#include <algorithm>

namespace daybook {
namespace {

bool says_nothing(const Value* value) {
  return value == nullptr || value->is_null() ||
         (value->kind() == Value::Kind::kText && value->as_text().empty());
}

void add_keys(const UniqueKey& rule, const Fields& fields, std::vector<BusinessKey>& into) {
  if (!rule.unless.empty() && !says_nothing(fields.find(rule.unless))) return;
  std::vector<ValueList> keys{{}};
  for (const auto& name : rule.fields) {
    const Value* value = fields.find(name);
    if (says_nothing(value)) return;
    const bool is_list = value->kind() == Value::Kind::kList;
    const ValueList choices = is_list ? value->as_list() : ValueList{*value};
    std::vector<ValueList> longer;
    for (const auto& key : keys) {
      for (const auto& choice : choices) {
        longer.push_back(key);
        longer.back().push_back(choice);
      }
    }
    keys = std::move(longer);
  }
  for (auto& key : keys) {
    BusinessKey one{&rule, Value::list(std::move(key))};
    if (std::find(into.begin(), into.end(), one) == into.end()) into.push_back(std::move(one));
  }
}

}  // namespace

std::vector<BusinessKey> keys_of(const CollectionSchema& collection, const Fields& fields) {
  std::vector<BusinessKey> keys;
  for (const auto& rule : collection.unique) add_keys(rule, fields, keys);
  return keys;
}

}  // namespace daybook
