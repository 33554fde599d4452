// SPDX-License-Identifier: Apache-2.0
// What an account sees: the whole house, or, when it is bound to an organisation, what belongs to
// that one and those below it: records in the scopes of these organisations and of the people who
// work there, and what every phone holds. Worked out from the tree as it stands when somebody asks,
// so that it is right at once when an outlet gets another branch above it or a technician another
// outlet. Made for one request; reads the store that it was made with. Decided in
// docs/adr/0015-a-branch-sees-what-its-people-hold.md.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/change_set.hpp"
#include "core/model/conflict_case.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/auth/office_sessions.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

class Territory {
 public:
  // Asks nothing of the store for an account that is bound to none.
  static Result<Territory> of(ServerStore& store, const Schema& schema, const OfficeUser& user);

  bool is_whole() const { return !organisation_; }
  // That it begins with. REQUIRES: not the whole house.
  const Uuid& organisation() const { return *organisation_; }
  bool has_organisation(const Uuid& id) const { return is_whole() || organisations_.contains(id); }

  // False also for what does not exist, unless it is the whole house: then it is not asked.
  Result<bool> holds(const RecordRef& record) const;
  // The same without what all hold.
  Result<bool> owns(const RecordRef& record) const;
  // Of one collection, in id order. REQUIRES: not the whole house.
  Result<std::vector<Uuid>> records_of(const std::string& collection) const;

  // Technicians who work there, and accounts that are bound there.
  Result<bool> has_account(const ActorId& actor) const;
  bool has_account(const UserRow& account) const;
  Result<bool> has_device(const DeviceId& device) const;

  // A case is his when all that it shows is.
  Result<bool> shows(const ConflictCase& conflict) const;
  // An act is shown whole or not at all: when every record of it that is there is his, and one is
  // there or its author is one of his.
  Result<bool> shows_set(const Body& body) const;

 private:
  Territory(ServerStore& store, const Schema& schema) : store_(&store), schema_(&schema) {}
  Result<void> add_organisation(const Uuid& id);
  Result<void> add_people_of(const Uuid& organisation);
  Result<std::vector<RecordState>> under(const Uuid& organisation, const std::string& collection);
  Result<bool> shows_trail(const ConflictCase& conflict) const;

  ServerStore* store_;
  const Schema* schema_;
  std::optional<Uuid> organisation_;
  std::set<Uuid> organisations_;  // it and those below
  std::set<ActorId> people_;
  std::set<std::string> scopes_;
};

}  // namespace daybook
