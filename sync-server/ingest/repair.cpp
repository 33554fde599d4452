// SPDX-License-Identifier: Apache-2.0
// What people do about a parked set besides releasing it: discard it with all that build upon it,
// or put a set of theirs in its place.
#include "sync-server/ingest/repair.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "sync-server/ingest/ingest.hpp"

namespace daybook {
namespace {

const Change* change_of(const Body& body, const RecordRef& record) {
  const auto found = std::find_if(body.changes.begin(), body.changes.end(),
                                  [&](const Change& change) { return change.record == record; });
  return found == body.changes.end() ? nullptr : &*found;
}

const Value* asked_for(const Change& change, const std::string& field) {
  if (change.kind == Change::Kind::kCreate) return change.created.find(field);
  for (const auto& edit : change.edits) {
    if (edit.field == field) return &edit.now;
  }
  return nullptr;
}

}  // namespace

bool credit_replaced(RecordState& state, const Body& repair, Version commit,
                     const Replaced& replaced) {
  const Change* wrote = change_of(repair, state.record);
  const Change* wanted = change_of(replaced.body, state.record);
  if (wrote == nullptr || wanted == nullptr) return false;
  bool credited = false;
  for (auto& [name, field] : state.fields) {
    const Value* value = asked_for(*wanted, name);
    const bool own = field.write.commit == commit && value != nullptr && field.value == *value;
    if (!own) continue;
    field.write = {commit, replaced.lineage, replaced.seq, true};
    for (auto& element : field.elements) {
      if (element.write.commit == commit)
        element.write = {commit, replaced.lineage, replaced.seq, true};
    }
    credited = true;
  }
  if (state.created == commit && wanted->kind == Change::Kind::kCreate) {
    state.created_by = replaced.lineage;
    credited = true;
  }
  return credited;
}

Result<Receipt> Ingest::repair_parked(const Body& repair, const std::string& reason) {
  ensure(repair.replaces.has_value());
  DAYBOOK_ASSIGN(const auto parked, store_.find_parked(*repair.replaces));
  if (!parked)
    return failure(Errc::kNotFound, "set", to_string(*repair.replaces) + " is not parked");
  DAYBOOK_ASSIGN(const auto first, store_.find_set(parked->set));
  ensure(first.has_value());
  DAYBOOK_ASSIGN(auto receipt, admit_office(repair, true));
  // A set that cannot be read asked for nothing that could be equal.
  if (const auto body = decode_body(first->body); body.ok()) {
    const Replaced replaced{*body, parked->lineage, parked->seq};
    for (const auto& change : repair.changes) {
      DAYBOOK_ASSIGN(auto state, store_.find_record(change.record));
      if (!state || !credit_replaced(*state, repair, receipt.commit, replaced)) continue;
      DAYBOOK_TRY(store_.put_record(*state, membership_.parent_of(*state)));
    }
  }
  DAYBOOK_TRY(end_parked(*parked, repair.actor, "repaired",
                         to_string(repair.id) + (reason.empty() ? "" : " " + reason)));
  DAYBOOK_TRY(take_dependents_again(*parked));
  return receipt;
}

// Those that wait for it, those that wait for them, and so on, in seq order.
Result<std::vector<ParkedRow>> Ingest::dependents_of(const ParkedRow& parked) {
  DAYBOOK_ASSIGN(const auto owner, store_.load_lineage(parked.lineage));
  ensure(owner.has_value());
  std::set<SetId> waited_for{parked.set};
  std::vector<ParkedRow> dependents;
  DAYBOOK_ASSIGN(const auto lineages, store_.lineages_of(owner->device));
  for (bool grows = true; grows;) {
    grows = false;
    for (const auto& lineage : lineages) {
      DAYBOOK_ASSIGN(const auto rows, store_.parked_of(lineage.lineage));
      for (const auto& row : rows) {
        const bool builds = std::any_of(row.waits_for.begin(), row.waits_for.end(),
                                        [&](const SetId& set) { return waited_for.contains(set); });
        if (!builds || !waited_for.insert(row.set).second) continue;
        dependents.push_back(row);
        grows = true;
      }
    }
  }
  std::sort(dependents.begin(), dependents.end(), [](const ParkedRow& a, const ParkedRow& b) {
    return std::tie(a.lineage, a.seq) < std::tie(b.lineage, b.seq);
  });
  return dependents;
}

Result<Receipt> Ingest::discard_with_dependents(const SetId& set, const ActorId& by,
                                                const std::string& reason) {
  DAYBOOK_ASSIGN(const auto parked, store_.find_parked(set));
  if (!parked) return failure(Errc::kNotFound, "set", to_string(set) + " is not parked");
  DAYBOOK_ASSIGN(const auto dependents, dependents_of(*parked));
  DAYBOOK_ASSIGN(auto receipt, end_parked(*parked, by, "discarded", reason));
  for (const auto& row : dependents) {
    DAYBOOK_ASSIGN(receipt, end_parked(row, by, "discarded", reason));
  }
  return receipt;
}

}  // namespace daybook
