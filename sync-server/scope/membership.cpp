// SPDX-License-Identifier: Apache-2.0
#include "sync-server/scope/membership.hpp"

#include <algorithm>

#include "core/base/hex.hpp"

namespace daybook {
namespace {

constexpr std::size_t kRecordsAtOnce = 500;

// The schema is refused on load when its paths are deeper; one more level guards against a store
// written under another schema.
constexpr int kDepthMax = 4;

const Value* value_of(const RecordState& state, const std::string& field) {
  const auto found = state.fields.find(field);
  return found == state.fields.end() ? nullptr : &found->second.value;
}

std::optional<Uuid> reference_in(const Value& value) {
  return value.kind() == Value::Kind::kBytes ? Uuid::from(value.as_bytes()) : std::nullopt;
}

// The organisations that a record belongs to by its own word: what its field names, and itself when
// it is one.
std::set<std::string> organisations_of(const Schema& rules, const RecordState& state) {
  std::set<std::string> scopes;
  const auto* collection = rules.find(state.record.collection);
  if (collection == nullptr || collection->organisation_field.empty()) return scopes;
  if (collection->name == rules.organisations.tree)
    scopes.insert(scope_of_organisation(state.record.id));
  const auto* value = value_of(state, collection->organisation_field);
  const auto id = value == nullptr ? std::nullopt : reference_in(*value);
  if (id) scopes.insert(scope_of_organisation(*id));
  return scopes;
}

}  // namespace

std::string scope_of_organisation(const Uuid& organisation) {
  return "organisation:" + to_string(organisation);
}

Membership::Paths Membership::paths_of(const RecordState& state) const {
  Paths paths;
  const auto* collection = rules_->find(state.record.collection);
  if (collection == nullptr) return paths;
  if (collection->shared) paths.roots.insert(kSharedScope);
  if (const auto* owner = value_of(state, collection->scope_field);
      owner != nullptr && owner->kind() == Value::Kind::kText && !owner->as_text().empty()) {
    paths.roots.insert(scope_of_user(owner->as_text()));
  }
  paths.roots.merge(organisations_of(rules_, state));
  for (const auto& field : collection->fields) {
    const auto* value = value_of(state, field.name);
    if (value == nullptr) continue;
    if (field.name == collection->parent) {
      if (const auto id = reference_in(*value)) paths.parent = RecordRef{field.references, *id};
    } else if (field.follow && value->kind() == Value::Kind::kList) {
      for (const auto& element : value->as_list()) {
        if (const auto id = reference_in(element)) paths.followed.insert({field.references, *id});
      }
    } else if (field.follow) {
      if (const auto id = reference_in(*value)) paths.followed.insert({field.references, *id});
    }
  }
  return paths;
}

std::optional<Uuid> Membership::parent_of(const RecordState& state) const {
  const auto* collection = rules_->find(state.record.collection);
  if (collection == nullptr || collection->parent.empty()) return std::nullopt;
  const auto* value = value_of(state, collection->parent);
  return value == nullptr ? std::nullopt : reference_in(*value);
}

Result<std::set<std::string>> Membership::live_scopes_of(const RecordRef& record) {
  DAYBOOK_ASSIGN(const auto rows, store_.members_of(record));
  std::set<std::string> live;
  for (const auto& row : rows) {
    if (row.count > 0) live.insert(row.scope);
  }
  return live;
}

bool Membership::leads_alike(const RecordState& before, const RecordState& after) const {
  const auto* collection = rules_->find(after.record.collection);
  if (collection == nullptr) return true;
  const auto same = [&](const std::string& field) {
    const auto* was = value_of(before, field);
    const auto* is = value_of(after, field);
    return was == nullptr || is == nullptr ? was == is : *was == *is;
  };
  return same(collection->scope_field) && same(collection->organisation_field) &&
         same(collection->parent) &&
         std::all_of(collection->fields.begin(), collection->fields.end(),
                     [&](const FieldSchema& field) { return !field.follow || same(field.name); });
}

Result<void> Membership::record_changed(const RecordState* before, const RecordState& after,
                                        Version commit) {
  // Most edits have nothing to do with scopes: then there is no difference to spread.
  const bool alike = before != nullptr && leads_alike(*before, after);
  const Paths was = before == nullptr || alike ? Paths{} : paths_of(*before);
  const Paths is = alike ? Paths{} : paths_of(after);
  at_hand_ = &after;
  auto spread_out = spread_change(was, is, before == nullptr, after, commit);
  at_hand_ = nullptr;
  return spread_out;
}

Result<void> Membership::rules_change(const Schema& next, Version commit) {
  for (const auto& collection : next.collections) {
    const auto* was = rules_->find(collection.name);
    if (was == nullptr) continue;  // has no records yet
    const bool tree_moved = rules_->organisations.tree != next.organisations.tree;
    if (tree_moved || was->organisation_field != collection.organisation_field)
      DAYBOOK_TRY(move_organisations(collection.name, next, commit));
  }
  return {};
}

Result<void> Membership::move_organisations(const std::string& collection, const Schema& next,
                                            Version commit) {
  std::optional<Uuid> after;
  while (true) {
    DAYBOOK_ASSIGN(const auto page, store_.list_records(collection, after, kRecordsAtOnce));
    for (const auto& state : page) {
      const auto was = organisations_of(rules_, state);
      const auto is = organisations_of(next, state);
      for (const auto& scope : is) {
        if (!was.contains(scope)) DAYBOOK_TRY(change_path(scope, state.record, +1, commit, 0));
      }
      for (const auto& scope : was) {
        if (!is.contains(scope)) DAYBOOK_TRY(change_path(scope, state.record, -1, commit, 0));
      }
    }
    if (page.size() < kRecordsAtOnce) return {};
    after = page.back().record.id;
  }
}

Result<void> Membership::spread_change(const Paths& was, const Paths& is, bool created,
                                       const RecordState& after, Version commit) {
  // Memberships that were there before this commit; on a create they come from references that were
  // waiting for the record.
  DAYBOOK_ASSIGN(const auto standing, store_.members_of(after.record));
  for (auto row : standing) {
    if (row.count == 0) continue;
    row.version = commit;
    touched_.insert(row.scope);
    DAYBOOK_TRY(store_.put_member(row));
    DAYBOOK_TRY(follow_differences(row.scope, was, is, commit));
    if (created) {
      DAYBOOK_ASSIGN(const auto children, store_.children_of(after.record.id));
      for (const auto& child : children) DAYBOOK_TRY(change_path(row.scope, child, +1, commit, 1));
    }
  }
  for (const auto& scope : is.roots) {
    if (!was.roots.contains(scope)) DAYBOOK_TRY(change_path(scope, after.record, +1, commit, 0));
  }
  if (was.parent != is.parent) {
    if (is.parent) {
      DAYBOOK_ASSIGN(const auto scopes, live_scopes_of(*is.parent));
      for (const auto& scope : scopes) DAYBOOK_TRY(change_path(scope, after.record, +1, commit, 0));
    }
    if (was.parent) {
      DAYBOOK_ASSIGN(const auto scopes, live_scopes_of(*was.parent));
      for (const auto& scope : scopes) DAYBOOK_TRY(change_path(scope, after.record, -1, commit, 0));
    }
  }
  // Leaving comes last, so that a record handed from one path to another of the same scope never
  // leaves in between.
  for (const auto& scope : was.roots) {
    if (!is.roots.contains(scope)) DAYBOOK_TRY(change_path(scope, after.record, -1, commit, 0));
  }
  return {};
}

Result<void> Membership::follow_differences(const std::string& scope, const Paths& was,
                                            const Paths& is, Version commit) {
  std::vector<RecordRef> gained, lost;
  std::set_difference(is.followed.begin(), is.followed.end(), was.followed.begin(),
                      was.followed.end(), std::back_inserter(gained));
  std::set_difference(was.followed.begin(), was.followed.end(), is.followed.begin(),
                      is.followed.end(), std::back_inserter(lost));
  for (const auto& record : gained) DAYBOOK_TRY(change_path(scope, record, +1, commit, 1));
  for (const auto& record : lost) DAYBOOK_TRY(change_path(scope, record, -1, commit, 1));
  return {};
}

Result<void> Membership::change_path(const std::string& scope, const RecordRef& record, int by,
                                     Version commit, int depth) {
  if (depth > kDepthMax) return {};
  DAYBOOK_ASSIGN(auto found, store_.find_member(scope, record));
  MemberRow row = found.value_or(MemberRow{scope, record, 0, 0, 0, 0});
  // A path that was never counted cannot be taken away (a reference written under an older schema).
  if (by < 0 && row.count == 0) return {};
  const bool was_in = row.count > 0;
  row.count += by < 0 ? std::uint32_t(-1) : 1u;
  const bool is_in = row.count > 0;
  if (was_in != is_in) {
    // `entered` stays that of the first time: a phone that was away while a record left, came back
    // and left again still has it, and must be told.
    if (!is_in) row.left = commit;
    if (is_in && row.entered == 0) row.entered = commit;
    row.version = commit;
    touched_.insert(scope);
  }
  DAYBOOK_TRY(store_.put_member(row));
  return was_in == is_in ? success() : spread(scope, record, by, commit, depth + 1);
}

Result<void> Membership::spread(const std::string& scope, const RecordRef& record, int by,
                                Version commit, int depth) {
  if (at_hand_ != nullptr && at_hand_->record == record) {
    for (const auto& followed : paths_of(*at_hand_).followed)
      DAYBOOK_TRY(change_path(scope, followed, by, commit, depth));
  } else if (follows(record.collection)) {
    DAYBOOK_ASSIGN(const auto state, store_.find_record(record));
    const Paths paths = state ? paths_of(*state) : Paths{};
    for (const auto& followed : paths.followed)
      DAYBOOK_TRY(change_path(scope, followed, by, commit, depth));
  }
  DAYBOOK_ASSIGN(const auto children, store_.children_of(record.id));
  for (const auto& child : children) DAYBOOK_TRY(change_path(scope, child, by, commit, depth));
  return {};
}

bool Membership::follows(const std::string& collection) const {
  const auto* known = rules_->find(collection);
  return known != nullptr && std::any_of(known->fields.begin(), known->fields.end(),
                                         [](const FieldSchema& field) { return field.follow; });
}

Result<Standing> Membership::standing_of(const std::string& scope, const RecordRef& record) {
  DAYBOOK_ASSIGN(const auto row, store_.find_member(scope, record));
  if (!row) return Standing::kNever;
  if (row->count > 0) return Standing::kPresent;
  return row->entered > 0 ? Standing::kFormer : Standing::kNever;
}

}  // namespace daybook
