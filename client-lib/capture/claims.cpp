// SPDX-License-Identifier: Apache-2.0
// Pivot events claim: "I left for this address". A set with a departure carries the values its
// author saw in the fields that pivot on it, so that an office edit he could not see does not send
// him elsewhere afterwards (sync contract, "When is it a conflict"). And an edit of one field of a
// group claims the rest of it.
#include <algorithm>

#include "client-lib/capture/draft.hpp"

namespace daybook {
namespace {

struct Happened {
  RecordRef document;
  std::string event;
};

const Value* new_value(const Change& change, const std::string& field) {
  if (change.kind == Change::Kind::kCreate) return change.created.find(field);
  for (const FieldEdit& edit : change.edits) {
    if (edit.field == field) return &edit.now;
  }
  return nullptr;
}

bool is_value(const Change& change, const EventSchema& event) {
  const Value* value = new_value(change, event.field);
  return value && *value == event.equals;
}

std::vector<Happened> events_of(const Schema& schema, const std::vector<Change>& changes) {
  std::vector<Happened> happened;
  for (const CollectionSchema& collection : schema.collections) {
    for (const EventSchema& event : collection.events) {
      for (const Change& change : changes) {
        const bool by_fact = !event.fact.empty();
        if (change.record.collection != (by_fact ? event.fact : collection.name) ||
            !is_value(change, event))
          continue;
        if (!by_fact) {
          happened.push_back({change.record, event.name});
          continue;
        }
        const Value* about = new_value(change, event.about);
        const auto id = about && about->kind() == Value::Kind::kBytes
                            ? Uuid::from(about->as_bytes())
                            : std::nullopt;
        if (id) happened.push_back({{collection.name, *id}, event.name});
      }
    }
  }
  return happened;
}

bool is_written(const Body& body, const RecordRef& record, const std::string& field) {
  return std::any_of(body.changes.begin(), body.changes.end(), [&](const Change& change) {
    return change.record == record &&
           (change.kind == Change::Kind::kCreate || new_value(change, field) != nullptr);
  });
}

bool is_claimed(const Body& body, const RecordRef& record, const std::string& field) {
  return std::any_of(body.claims.begin(), body.claims.end(), [&](const Claim& claim) {
    return claim.record == record && claim.field == field;
  });
}

void claim_field(const CaptureContext& context, const RecordRef& record, const Touched& touched,
                 const std::string& field, Body& body) {
  Claim claim{record, field, std::nullopt, base_of_field(touched, field, context.view_epoch)};
  if (const Value* shown = touched.row->values.find(field)) claim.seen = *shown;
  body.claims.push_back(std::move(claim));
}

Result<void> claim_pivots(LocalStore& store, const CaptureContext& context, Draft& draft) {
  for (const Happened& happened : events_of(*context.schema, draft.body.changes)) {
    const auto [at, fresh] = draft.touched.try_emplace(happened.document);
    if (fresh) {
      DAYBOOK_ASSIGN(at->second.row, store.find_row(happened.document));
      DAYBOOK_ASSIGN(at->second.shadow, store.find_shadow(happened.document));
    }
    if (!at->second.row) {
      // Not shown here, so nothing of it was relied on.
      if (fresh) draft.touched.erase(at);
      continue;
    }
    const CollectionSchema* collection = context.schema->find(happened.document.collection);
    bool claimed = false;
    for (const FieldSchema& field : collection->fields) {
      if (field.rule.kind != RuleKind::kOfficeUntil || field.rule.event != happened.event) continue;
      if (is_written(draft.body, happened.document, field.name) ||
          is_claimed(draft.body, happened.document, field.name)) {
        continue;
      }
      claim_field(context, happened.document, at->second, field.name, draft.body);
      claimed = true;
    }
    if (fresh && !claimed) draft.touched.erase(at);
  }
  return {};
}

// Who edits a street edits an address: the town that he saw beside it is part of what he means.
void claim_rest_of_groups(const CaptureContext& context, Draft& draft) {
  for (const Change& change : draft.body.changes) {
    const auto at = draft.touched.find(change.record);
    const CollectionSchema* collection = context.schema->find(change.record.collection);
    if (change.kind != Change::Kind::kEdit || !at->second.row) continue;
    for (const FieldSchema& field : collection->fields) {
      if (field.group.empty()) continue;
      const bool moves =
          std::any_of(change.edits.begin(), change.edits.end(), [&](const FieldEdit& edit) {
            const FieldSchema* edited = collection->find(edit.field);
            return edited != nullptr && edited->group == field.group;
          });
      if (!moves || is_written(draft.body, change.record, field.name) ||
          is_claimed(draft.body, change.record, field.name)) {
        continue;
      }
      claim_field(context, change.record, at->second, field.name, draft.body);
    }
  }
}

}  // namespace

Result<void> add_claims(LocalStore& store, const CaptureContext& context, Draft& draft) {
  DAYBOOK_TRY(claim_pivots(store, context, draft));
  claim_rest_of_groups(context, draft);
  return {};
}

}  // namespace daybook
