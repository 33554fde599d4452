// SPDX-License-Identifier: Apache-2.0
#include "sync-server/office/office.hpp"

#include "core/clock/uuid7.hpp"
#include "core/schema/check.hpp"
#include "core/schema/only_by_act.hpp"
#include "sync-server/office/bounds.hpp"

namespace daybook {

namespace {

// A group's name stands for all of its fields: a list of their values, in the order of the schema,
// as a case about the group holds them.
Result<Fields> members_spelled_out(const CollectionSchema& collection, const Fields& set) {
  Fields fields;
  for (const auto& [name, value] : set) {
    std::vector<std::string> members;
    for (const auto& field : collection.fields) {
      if (field.group == name) members.push_back(field.name);
    }
    if (members.empty() || collection.find(name) != nullptr) {
      fields.set(name, value);
      continue;
    }
    if (value.kind() != Value::Kind::kList || value.as_list().size() != members.size()) {
      return failure(Errc::kInvalid, name,
                     "expects a list of " + std::to_string(members.size()) + " values");
    }
    for (std::size_t i = 0; i < members.size(); ++i) fields.set(members[i], value.as_list()[i]);
  }
  return fields;
}

}  // namespace

Result<Change> Office::change_of(const OfficeEdit& edit, const EpochId& epoch) {
  Change change;
  change.record = edit.record;
  if (edit.create) {
    change.created = edit.set;
    return change;
  }
  change.kind = Change::Kind::kEdit;
  DAYBOOK_ASSIGN(const auto state, store_.find_record(edit.record));
  if (!state) return failure(Errc::kUnknownRecord, edit.record.collection, "no such record");
  const auto* collection = schema_.find(edit.record.collection);
  Fields set = edit.set;
  if (collection != nullptr) {
    DAYBOOK_ASSIGN(set, members_spelled_out(*collection, edit.set));
  }
  for (const auto& [field, value] : set) {
    FieldEdit one;
    one.field = field;
    one.now = value;
    one.base = {epoch, edit.seen};
    // What the person saw is known where nothing came in between; otherwise the rules judge without
    // it.
    const auto held = state->fields.find(field);
    if (held != state->fields.end() && held->second.write.commit <= edit.seen)
      one.was = held->second.value;
    change.edits.push_back(std::move(one));
  }
  return change;
}

Result<Body> Office::draft(const ActorId& actor, const std::vector<OfficeEdit>& edits,
                           const std::optional<SetId>& id) {
  for (const auto& edit : edits) {
    const auto* collection = schema_.find(edit.record.collection);
    if (collection != nullptr && !edit.by_act)
      DAYBOOK_TRY(check_written_directly(schema_, *collection, edit.set));
  }
  return body_of(actor, edits, id);
}

Result<Body> Office::body_of(const ActorId& actor, const std::vector<OfficeEdit>& edits,
                             const std::optional<SetId>& id) {
  if (territory_ != nullptr) DAYBOOK_TRY(Bounds(*territory_, store_, schema_).check_before(edits));
  DAYBOOK_ASSIGN(const auto head, store_.head());
  Body body;
  body.id = id.value_or(make_uuid7(clock_.wall_ms(), rng_));
  body.salt = rng_.draw<Uuid>();
  body.actor = actor;
  body.stamp.wall_ms = clock_.wall_ms();
  body.stamp.utc_offset_min = clock_.utc_offset_min();
  body.stamp.steady_ms = clock_.steady_ms();
  body.stamp.skew_bound_ms = 0;  // headquarters' own clock
  body.schema_version = schema_.version;
  for (const auto& edit : edits) {
    if (edit.seen > head.version) return failure(Errc::kInvalid, "seen", "ahead of the store");
    DAYBOOK_ASSIGN(auto change, change_of(edit, head.epoch));
    body.changes.push_back(std::move(change));
  }
  DAYBOOK_TRY(check_shape(body));
  DAYBOOK_TRY(check_against(schema_, body, true));
  return body;
}

void Office::fill_in(std::vector<OfficeEdit>& edits) const {
  if (territory_ != nullptr) Bounds(*territory_, store_, schema_).fill_in(edits);
}

Result<Receipt> Office::act(const ActorId& actor, const std::vector<OfficeEdit>& edits,
                            bool settles, const std::optional<SetId>& id) {
  // A case is decided by its own rules.
  DAYBOOK_ASSIGN(const auto body, settles ? body_of(actor, edits, id) : draft(actor, edits, id));
  if (territory_ == nullptr || territory_->is_whole()) return ingest_.admit_office(body, settles);
  const Bounds bounds(*territory_, store_, schema_);
  return ingest_.admit_office(body, settles, [&] { return bounds.check_after(body); });
}

}  // namespace daybook
