// SPDX-License-Identifier: Apache-2.0
#include "sync-server/office/bounds.hpp"

#include <algorithm>

#include "sync-server/office/office.hpp"

namespace daybook {
namespace {

Error out_of_bounds(const std::string& what) {
  return failure(Errc::kForbidden, "organisation", what);
}

}  // namespace

std::vector<Uuid> references_in(const Value& value) {
  std::vector<Uuid> ids;
  const auto add = [&](const Value& one) {
    if (one.kind() != Value::Kind::kBytes) return;
    if (const auto id = Uuid::from(one.as_bytes())) ids.push_back(*id);
  };
  if (value.kind() != Value::Kind::kList) {
    add(value);
    return ids;
  }
  for (const auto& element : value.as_list()) add(element);
  return ids;
}

void Bounds::fill_in(std::vector<OfficeEdit>& edits) const {
  if (territory_.is_whole()) return;
  for (auto& edit : edits) {
    const auto* collection = schema_.find(edit.record.collection);
    if (!edit.create || collection == nullptr || collection->organisation_field.empty()) continue;
    if (!edit.set.contains(collection->organisation_field)) {
      edit.set.set(collection->organisation_field,
                   Value::bytes(copy_of(territory_.organisation().view())));
    }
  }
}

Result<void> Bounds::check_before(const std::vector<OfficeEdit>& edits) const {
  if (territory_.is_whole()) return {};
  for (std::size_t at = 0; at < edits.size(); ++at) {
    const OfficeEdit& edit = edits[at];
    const auto* collection = schema_.find(edit.record.collection);
    if (collection == nullptr) continue;  // refused by whoever checks the shape
    if (!edit.create) {
      DAYBOOK_ASSIGN(const bool known, territory_.holds(edit.record));
      if (!known) return failure(Errc::kUnknownRecord, collection->name, "no such record");
    }
    DAYBOOK_TRY(check_collection(*collection, edit));
    DAYBOOK_TRY(check_references(*collection, edits, at));
  }
  return {};
}

// Who could write the tree could give himself whatever hangs on it.
Result<void> Bounds::check_collection(const CollectionSchema& collection,
                                      const OfficeEdit& edit) const {
  const auto& organisations = schema_.organisations;
  const bool of_the_tree =
      collection.name == organisations.tree || collection.name == organisations.people;
  if (of_the_tree && (edit.create || edit.set.contains(collection.organisation_field) ||
                      edit.set.contains(collection.scope_field))) {
    return out_of_bounds(collection.name + ": who belongs where is kept by head office");
  }
  if (collection.shared)
    return out_of_bounds(collection.name + ": what all hold is kept by head office");
  if (edit.create) return {};
  DAYBOOK_ASSIGN(const bool own, territory_.owns(edit.record));
  if (!own) return out_of_bounds(collection.name + ": what all hold is kept by head office");
  return {};
}

// A reference may bring its target into sight, and would tell whether it exists.
Result<void> Bounds::check_references(const CollectionSchema& collection,
                                      const std::vector<OfficeEdit>& edits, std::size_t at) const {
  for (const auto& [name, value] : edits[at].set) {
    const auto* field = collection.find(name);
    if (field == nullptr || field->references.empty()) continue;
    for (const auto& id : references_in(value)) {
      DAYBOOK_ASSIGN(const bool may, may_refer({field->references, id}, edits));
      // In the words of ingest for a record that does not exist.
      if (!may)
        return failure(Errc::kInvalid, "changes[" + std::to_string(at) + "]." + name,
                       "unknown_reference");
    }
  }
  return {};
}

Result<bool> Bounds::may_refer(const RecordRef& target,
                               const std::vector<OfficeEdit>& edits) const {
  const bool made_with_it = std::any_of(edits.begin(), edits.end(), [&](const OfficeEdit& other) {
    return other.create && other.record == target;
  });
  if (made_with_it) return true;
  if (target.collection == schema_.organisations.tree)
    return territory_.has_organisation(target.id);
  return territory_.holds(target);
}

Result<void> Bounds::check_after(const Body& body) const {
  if (territory_.is_whole()) return {};
  for (const auto& change : body.changes) {
    DAYBOOK_ASSIGN(const auto state, store_.find_record(change.record));
    if (!state) continue;  // refused by the rules
    DAYBOOK_ASSIGN(const bool own, territory_.owns(change.record));
    if (!own) {
      return out_of_bounds(change.record.collection +
                           ": would belong to none of your organisation's people and places");
    }
  }
  return {};
}

}  // namespace daybook
