// SPDX-License-Identifier: Apache-2.0
#include "sync-server/auth/territory.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "sync-server/scope/membership.hpp"

namespace daybook {
namespace {

// More than any company has; a circle in the tree ends by itself.
constexpr std::size_t kOrganisationsMax = 100'000;

const Value* value_of(const RecordState& state, const std::string& field) {
  const auto found = state.fields.find(field);
  return found == state.fields.end() ? nullptr : &found->second.value;
}

}  // namespace

Result<Territory> Territory::of(ServerStore& store, const Schema& schema, const OfficeUser& user) {
  Territory territory(store, schema);
  if (!user.organisation) return territory;
  territory.organisation_ = user.organisation;
  // What he took himself, whatever he is bound to now.
  territory.people_.insert(user.actor);
  // Under rules that have no tree nothing is anybody's.
  if (!schema.organisations.tree.empty())
    DAYBOOK_TRY(territory.add_organisation(*user.organisation));
  for (const auto& person : territory.people_) territory.scopes_.insert(scope_of_user(person));
  return territory;
}

Result<void> Territory::add_organisation(const Uuid& top) {
  std::vector<Uuid> waiting{top};
  while (!waiting.empty() && organisations_.size() < kOrganisationsMax) {
    const Uuid id = waiting.back();
    waiting.pop_back();
    if (!organisations_.insert(id).second) continue;
    scopes_.insert(scope_of_organisation(id));
    DAYBOOK_TRY(add_people_of(id));
    DAYBOOK_ASSIGN(const auto below, under(id, schema_->organisations.tree));
    for (const auto& one : below) waiting.push_back(one.record.id);
  }
  return {};
}

Result<void> Territory::add_people_of(const Uuid& organisation) {
  const auto* people = schema_->find(schema_->organisations.people);
  DAYBOOK_ASSIGN(const auto found, under(organisation, people->name));
  for (const auto& person : found) {
    const auto* login = value_of(person, people->scope_field);
    if (login != nullptr && login->kind() == Value::Kind::kText && !login->as_text().empty())
      people_.insert(login->as_text());
  }
  return {};
}

// Records whose own field names the organisation. Others come into its scope by a reference, and
// are no part of the tree by that.
Result<std::vector<RecordState>> Territory::under(const Uuid& organisation,
                                                  const std::string& collection) {
  const Value wanted = Value::bytes(copy_of(organisation.view()));
  const auto& field = schema_->find(collection)->organisation_field;
  DAYBOOK_ASSIGN(const auto ids,
                 store_->present_in(scope_of_organisation(organisation), collection));
  std::vector<RecordState> found;
  for (const auto& id : ids) {
    DAYBOOK_ASSIGN(auto state, store_->find_record({collection, id}));
    const auto* named = state ? value_of(*state, field) : nullptr;
    if (named != nullptr && *named == wanted) found.push_back(*std::move(state));
  }
  return found;
}

Result<bool> Territory::holds(const RecordRef& record) const {
  if (is_whole()) return true;
  DAYBOOK_ASSIGN(const auto members, store_->members_of(record));
  return std::any_of(members.begin(), members.end(), [&](const MemberRow& row) {
    return row.count > 0 && (scopes_.contains(row.scope) || row.scope == kSharedScope);
  });
}

Result<bool> Territory::owns(const RecordRef& record) const {
  if (is_whole()) return true;
  DAYBOOK_ASSIGN(const auto members, store_->members_of(record));
  return std::any_of(members.begin(), members.end(), [&](const MemberRow& row) {
    return row.count > 0 && scopes_.contains(row.scope);
  });
}

Result<std::vector<Uuid>> Territory::records_of(const std::string& collection) const {
  DAYBOOK_ASSIGN(std::vector<Uuid> all, store_->present_in(kSharedScope, collection));
  for (const auto& scope : scopes_) {
    DAYBOOK_ASSIGN(const auto ids, store_->present_in(scope, collection));
    all.insert(all.end(), ids.begin(), ids.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

bool Territory::has_account(const UserRow& account) const {
  if (is_whole()) return true;
  if (account.organisation) return organisations_.contains(*account.organisation);
  return account.role == name_of(Role::kTechnician) && people_.contains(account.actor);
}

Result<bool> Territory::has_account(const ActorId& actor) const {
  if (is_whole()) return true;
  DAYBOOK_ASSIGN(const auto account, store_->find_user(actor));
  return account && has_account(*account);
}

Result<bool> Territory::has_device(const DeviceId& device) const {
  if (is_whole()) return true;
  DAYBOOK_ASSIGN(const auto row, store_->find_device(device));
  if (!row) return false;
  return has_account(row->actor);
}

Result<bool> Territory::shows(const ConflictCase& conflict) const {
  if (is_whole()) return true;
  if (conflict.record.collection.empty()) return has_device(conflict.device);
  DAYBOOK_ASSIGN(const bool own, holds(conflict.record));
  // Between records, the case tells of the others too: of who has the same key, or took from the
  // same account.
  const bool tells_of_others =
      conflict.kind == CaseKind::kContested || conflict.kind == CaseKind::kBalance;
  if (!own || !tells_of_others) return own;
  if (conflict.kind == CaseKind::kContested && conflict.office_value &&
      conflict.office_value->kind() == Value::Kind::kText) {
    const auto other = uuid_from(conflict.office_value->as_text());
    if (!other) return false;
    DAYBOOK_ASSIGN(const bool has_other, holds({conflict.record.collection, *other}));
    if (!has_other) return false;
  }
  return shows_trail(conflict);
}

Result<bool> Territory::shows_trail(const ConflictCase& conflict) const {
  for (const auto& set : conflict.trail) {
    DAYBOOK_ASSIGN(const auto row, store_->find_set(set));
    if (!row) continue;
    const auto body = decode_body(row->body);
    if (!body.ok()) return false;
    DAYBOOK_ASSIGN(const bool shown, shows_set(*body));
    if (!shown) return false;
  }
  return true;
}

Result<bool> Territory::shows_set(const Body& body) const {
  if (is_whole()) return true;
  bool any = people_.contains(body.actor);
  std::set<RecordRef> records;
  for (const auto& change : body.changes) records.insert(change.record);
  for (const auto& claim : body.claims) records.insert(claim.record);
  for (const auto& record : records) {
    DAYBOOK_ASSIGN(const bool own, holds(record));
    any = any || own;
    if (own) continue;
    DAYBOOK_ASSIGN(const auto state, store_->find_record(record));
    if (state) return false;
  }
  return any;
}

}  // namespace daybook
