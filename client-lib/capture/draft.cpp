// SPDX-License-Identifier: Apache-2.0
#include "client-lib/capture/draft.hpp"

#include <algorithm>

#include "core/base/planted_bug.hpp"
#include "core/model/limits.hpp"
#include "core/schema/only_by_act.hpp"

namespace daybook {
namespace {

std::string place(std::size_t index) { return "changes[" + std::to_string(index) + "]"; }

Result<Change> draft_change(const Touched& touched, const CaptureContext& context,
                            const RecordInput& input, const std::string& at) {
  Change change;
  change.record = input.record;
  change.kind = input.kind;
  if (input.kind == Change::Kind::kCreate) {
    if (touched.row || touched.shadow) return failure(Errc::kAlreadyExists, at);
    change.created = input.values;
    return change;
  }
  if (!touched.row) return failure(Errc::kUnknownRecord, at);
  for (const auto& [field, value] : input.values) {
    FieldEdit edit;
    edit.field = field;
    if (const Value* shown = touched.row->values.find(field)) edit.was = *shown;
    edit.base = base_of_field(touched, field, context.view_epoch);
    edit.now = value;
    change.edits.push_back(std::move(edit));
  }
  return change;
}

// Ids of the documents that a value refers to.
void collect_references(const FieldSchema& field, const Value& value, std::vector<Uuid>& ids) {
  if (field.type == FieldType::kReference && value.kind() == Value::Kind::kBytes) {
    if (const auto id = Uuid::from(value.as_bytes())) ids.push_back(*id);
  }
  if (field.type == FieldType::kReferenceList && value.kind() == Value::Kind::kList) {
    for (const Value& item : value.as_list()) {
      if (item.kind() != Value::Kind::kBytes) continue;
      if (const auto id = Uuid::from(item.as_bytes())) ids.push_back(*id);
    }
  }
}

class Dependencies {
 public:
  Dependencies(LocalStore& store, const Schema& schema, const Draft& draft)
      : store_(store), schema_(schema), draft_(draft) {}

  // The newest unsettled writer of each record stands for those before it: it depends on them. The
  // server adds what it can read.
  Result<std::vector<SetId>> find() {
    for (const auto& [record, touched] : draft_.touched) {
      if (touched.shadow && !touched.shadow->sets.empty()) add(touched.shadow->last_writer);
    }
    for (const Change& change : draft_.body.changes) {
      const CollectionSchema* collection = schema_.find(change.record.collection);
      if (!collection) continue;
      for (const auto& [field, value] : change.created)
        DAYBOOK_TRY(add_references(*collection, field, value));
      for (const FieldEdit& edit : change.edits)
        DAYBOOK_TRY(add_references(*collection, edit.field, edit.now));
    }
    return std::move(sets_);
  }

 private:
  void add(const SetId& set) {
    const bool known = std::find(sets_.begin(), sets_.end(), set) != sets_.end();
    if (!known && sets_.size() < kDependsMax) sets_.push_back(set);
  }

  Result<void> add_references(const CollectionSchema& collection, const std::string& name,
                              const Value& value) {
    const FieldSchema* field = collection.find(name);
    if (!field || field->references.empty()) return {};
    const CollectionSchema* target = schema_.find(field->references);
    if (!target || target->is_fact) return {};
    std::vector<Uuid> ids;
    collect_references(*field, value, ids);
    for (const Uuid& id : ids) {
      const RecordRef record{field->references, id};
      if (draft_.touched.count(record) > 0) continue;
      DAYBOOK_ASSIGN(const auto shadow, store_.find_shadow(record));
      if (shadow && shadow->creator) add(*shadow->creator);
    }
    return {};
  }

  LocalStore& store_;
  const Schema& schema_;
  const Draft& draft_;
  std::vector<SetId> sets_;
};

}  // namespace

Base base_of_field(const Touched& touched, const std::string& field, const EpochId& view_epoch) {
  if (touched.shadow && !planted(PlantedBug::kBaseMovesUnderOverlay)) {
    for (const CoveredField& covered : touched.shadow->covered) {
      if (covered.field == field) return covered.base;
    }
  }
  const Version shown = touched.row ? touched.row->version : 0;
  return shown == 0 ? Base{} : Base{view_epoch, shown};
}

Result<Draft> draft_set(LocalStore& store, const CaptureContext& context,
                        const CommitInput& input) {
  if (input.changes.empty() && input.attachments.empty())
    return failure(Errc::kInvalid, "changes", "an act changes or attaches something");
  if (input.changes.size() > kChangesPerSetMax) {
    return failure(Errc::kTooLarge, "changes",
                   std::to_string(input.changes.size()) + " items, at most " +
                       std::to_string(kChangesPerSetMax));
  }
  Draft draft;
  draft.body.actor = input.actor.value_or(context.actor);
  draft.body.schema_version = context.schema->version;
  draft.body.attachments = input.attachments;
  for (std::size_t i = 0; i < input.changes.size(); ++i) {
    const RecordInput& change = input.changes[i];
    if (!context.schema->find(change.record.collection)) {
      return failure(Errc::kUnknownCollection, place(i), change.record.collection);
    }
    const auto [at, fresh] = draft.touched.try_emplace(change.record);
    if (!fresh) return failure(Errc::kInvalid, place(i), "twice in one set");
    DAYBOOK_ASSIGN(at->second.row, store.find_row(change.record));
    DAYBOOK_ASSIGN(at->second.shadow, store.find_shadow(change.record));
    DAYBOOK_ASSIGN(auto drafted, draft_change(at->second, context, change, place(i)));
    if (const auto acts = office_acts_alone(*context.schema, drafted); !acts.empty())
      return failure(Errc::kForbidden, place(i), "written by an act of headquarters only: " + acts);
    draft.body.changes.push_back(std::move(drafted));
  }
  DAYBOOK_TRY(add_claims(store, context, draft));
  DAYBOOK_ASSIGN(draft.body.depends, Dependencies(store, *context.schema, draft).find());
  return draft;
}

}  // namespace daybook
