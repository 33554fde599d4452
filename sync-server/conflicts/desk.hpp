// SPDX-License-Identifier: Apache-2.0
// Support's capture: a decision on a case becomes a change set through the one write door, with its
// reason. Called by api inside a group, core thread only.
#pragma once

#include <string_view>

#include "core/base/result.hpp"
#include "sync-server/ingest/ingest.hpp"
#include "sync-server/office/office.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

struct Decision {
  std::uint64_t number = 0;
  ActorId by;
  // Fields: "base", "office", "device", "both" (texts and lists), "value". Parked sets: "release",
  // "discard". Restored records: "device" (bring back), "office" (leave). Devices: "release" (a
  // held one), "confirm" (seen, nothing to do).
  std::string choice;
  std::optional<Value> value;  // with "value"
  std::string reason;          // required
};

class Desk {
 public:
  Desk(Office& office, Ingest& ingest, ServerStore& store)
      : office_(office), ingest_(ingest), store_(store) {}

  // Returns the case as it stands afterwards. kAlreadyExists when somebody else settled it before;
  // kBusy when the field has moved on since (look again); kInvalid names what is missing.
  Result<ConflictCase> resolve(const Decision& decision);

  // The choices that make sense for a kind of case, for people to pick from.
  static std::vector<std::string_view> choices_for(const ConflictCase& conflict);

 private:
  Result<Version> settle_field(const ConflictCase& conflict, const Decision& decision);
  Result<Version> settle_parked(const ConflictCase& conflict, const Decision& decision);
  Result<Version> settle_restored(const ConflictCase& conflict, const Decision& decision);
  Result<Version> settle_device(const ConflictCase& conflict, const Decision& decision);

  Office& office_;
  Ingest& ingest_;
  ServerStore& store_;
};

}  // namespace daybook
