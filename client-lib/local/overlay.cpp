// SPDX-License-Identifier: Apache-2.0
#include "client-lib/local/overlay.hpp"

#include <algorithm>

namespace daybook {
namespace {

bool holds(const ValueList& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Elements travel one by one: what the office added meanwhile stays, what this set removed goes.
Value lay_elements(const Value* shown, const FieldEdit& edit, bool may_remove) {
  static const ValueList kNone;
  const ValueList& was =
      edit.was && edit.was->kind() == Value::Kind::kList ? edit.was->as_list() : kNone;
  const ValueList& now = edit.now.as_list();
  ValueList result;
  for (const Value& element : shown->as_list()) {
    const bool removed = may_remove && holds(was, element) && !holds(now, element);
    if (!removed) result.push_back(element);
  }
  for (const Value& element : now) {
    if (!holds(was, element) && !holds(result, element)) result.push_back(element);
  }
  return Value::list(std::move(result));
}

Value laid_value(const CollectionSchema* collection, const Fields& values, const FieldEdit& edit) {
  const FieldSchema* field = collection ? collection->find(edit.field) : nullptr;
  const Value* shown = values.find(edit.field);
  const bool by_element =
      field && (field->rule.kind == RuleKind::kAddWins || field->rule.kind == RuleKind::kAppend);
  if (!by_element || !shown || shown->kind() != Value::Kind::kList ||
      edit.now.kind() != Value::Kind::kList || (edit.was && *edit.was == *shown)) {
    return edit.now;
  }
  return lay_elements(shown, edit, field->rule.kind == RuleKind::kAddWins);
}

void cover(std::vector<CoveredField>& covered, const std::string& field, const Base& base) {
  const auto at = std::lower_bound(
      covered.begin(), covered.end(), field,
      [](const CoveredField& c, const std::string& f) { return canonical_less(c.field, f); });
  // The earliest base stays: what the user saw did not change since.
  if (at == covered.end() || at->field != field) covered.insert(at, CoveredField{field, base});
}

void lay_change(const CollectionSchema* collection, const Change& change, const SetId& set,
                Laid& laid) {
  if (change.kind == Change::Kind::kCreate) {
    if (!laid.values) laid.values.emplace();
    for (const auto& [name, value] : change.created) {
      laid.values->set(name, value);
      cover(laid.covered, name, Base{});
    }
    laid.creator = set;
    return;
  }
  for (const FieldEdit& edit : change.edits) {
    cover(laid.covered, edit.field, edit.base);
    if (laid.values) laid.values->set(edit.field, laid_value(collection, *laid.values, edit));
  }
}

}  // namespace

bool lay_on_top(const Schema& schema, const RecordRef& record, const Body& body, Laid& laid) {
  bool touched = false;
  for (const Claim& claim : body.claims) {
    if (claim.record != record) continue;
    touched = true;
    cover(laid.covered, claim.field, claim.base);
    if (!laid.values) continue;
    if (claim.seen) {
      laid.values->set(claim.field, *claim.seen);
    } else {
      laid.values->erase(claim.field);
    }
  }
  const CollectionSchema* collection = schema.find(record.collection);
  for (const Change& change : body.changes) {
    if (change.record != record) continue;
    touched = true;
    lay_change(collection, change, body.id, laid);
  }
  return touched;
}

Laid lay(const Schema& schema, const RecordRef& record, const std::optional<Fields>& office,
         const std::vector<Layer>& layers) {
  Laid laid;
  laid.values = office;
  for (const Layer& layer : layers) {
    if (lay_on_top(schema, record, *layer.body, laid) && layer.state == SetState::kParked)
      laid.parked = true;
  }
  return laid;
}

std::vector<RecordRef> records_of(const Body& body) {
  std::vector<RecordRef> records;
  for (const Change& change : body.changes) records.push_back(change.record);
  for (const Claim& claim : body.claims) records.push_back(claim.record);
  std::sort(records.begin(), records.end());
  records.erase(std::unique(records.begin(), records.end()), records.end());
  return records;
}

}  // namespace daybook
