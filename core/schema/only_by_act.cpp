// SPDX-License-Identifier: Apache-2.0
#include "core/schema/only_by_act.hpp"

#include <algorithm>

namespace daybook {
namespace {

bool names(const FieldExpressions& set, const std::string& field) {
  return std::any_of(set.begin(), set.end(), [&](const auto& one) { return one.first == field; });
}

// `field`: that one; null: any of the collection.
bool writes(const ActSchema& act, const CollectionSchema& collection, const FieldSchema* field) {
  for (const auto& creation : act.creates) {
    if (creation.collection != collection.name) continue;
    if (field == nullptr || names(creation.set, field->name)) return true;
  }
  if (act.about != collection.name) return false;
  return field == nullptr ? !act.sets.empty() : names(act.sets, field->name);
}

std::string acts_that_write(const Schema& schema, const CollectionSchema& collection,
                            const FieldSchema* field) {
  std::string text;
  for (const auto& act : schema.acts) {
    if (writes(act, collection, field)) text += (text.empty() ? "" : ", ") + act.name;
  }
  return text;
}

// Empty when an act of the technician's writes it too.
std::string office_acts(const Schema& schema, const CollectionSchema& collection,
                        const FieldSchema* field) {
  for (const auto& act : schema.acts) {
    if (act.by != Where::kOffice && writes(act, collection, field)) return {};
  }
  return acts_that_write(schema, collection, field);
}

bool names(const Change& change, const std::string& field) {
  if (change.created.find(field) != nullptr) return true;
  return std::any_of(change.edits.begin(), change.edits.end(),
                     [&](const FieldEdit& edit) { return edit.field == field; });
}

}  // namespace

Result<void> check_written_directly(const Schema& schema, const CollectionSchema& collection,
                                    const Fields& set) {
  if (collection.only_by_act)
    return failure(Errc::kForbidden, collection.name,
                   "is written by an act only: " + acts_that_write(schema, collection, nullptr));
  for (const auto& [name, value] : set) {
    const auto* field = collection.find(name);
    if (field != nullptr && field->only_by_act)
      return failure(Errc::kForbidden, name,
                     "is written by an act only: " + acts_that_write(schema, collection, field));
  }
  return success();
}

std::string office_acts_alone(const Schema& schema, const Change& change) {
  const auto* collection = schema.find(change.record.collection);
  if (collection == nullptr) return {};
  if (collection->only_by_act) return office_acts(schema, *collection, nullptr);
  for (const auto& field : collection->fields) {
    if (!field.only_by_act || !names(change, field.name)) continue;
    if (auto acts = office_acts(schema, *collection, &field); !acts.empty()) return acts;
  }
  return {};
}

Result<void> check_acts_write(const Schema& schema) {
  for (const auto& collection : schema.collections) {
    if (collection.only_by_act && acts_that_write(schema, collection, nullptr).empty())
      return failure(Errc::kInvalid, collection.name, "only_by_act, and no act writes it");
    for (const auto& field : collection.fields) {
      if (field.only_by_act && acts_that_write(schema, collection, &field).empty())
        return failure(Errc::kInvalid, collection.name + "." + field.name,
                       "only_by_act, and no act writes it");
    }
  }
  return success();
}

}  // namespace daybook
