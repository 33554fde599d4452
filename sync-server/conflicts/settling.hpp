// SPDX-License-Identifier: Apache-2.0
// How a decision is carried out, kind by kind of case: as a change set of its own, as a further
// verdict on a parked set, or with nothing written at all. Used by the desk only.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/model/conflict_case.hpp"
#include "core/ports/clock.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/ingest/ingest.hpp"
#include "sync-server/office/office.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

struct Decision {
  std::uint64_t number = 0;
  ActorId by;
  // Fields: "base", "office", "device", "both" (texts and lists), "value". Parked sets: "release",
  // "discard", "discard_all" (with those that build upon it), "repair". Restored records: "device"
  // (bring back), "office" (leave). Devices: "release" (a held one), "confirm" (seen, nothing to
  // do).
  std::string choice;
  std::optional<Value> value;        // with "value"
  std::string reason;                // required
  Uuid act{};                        // the caller's id, zero = none
  std::vector<OfficeEdit> repair{};  // with "repair": what the set should have said
};

struct Settled {
  Version commit = 0;              // 0: nothing was written, so nobody has to get it
  std::optional<Value> value;      // what is in force now, of a case about a field
  std::optional<Value> displaced;  // what was in force before; absent: the field had no value
};

class Settling {
 public:
  Settling(Office& office, Ingest& ingest, ServerStore& store, const Schema& schema)
      : office_(office), ingest_(ingest), store_(store), schema_(schema) {}

  Result<Settled> settle(const ConflictCase& conflict, const Decision& decision);
  // Puts back what the decision displaced. kBusy when somebody has written since.
  Result<Settled> take_back(const ConflictCase& conflict, const CaseEvent& decided,
                            const Decision& undo);

  // Further receipts for the phones whose sets fed the case. A parked set has its own verdict.
  // Returns the last commit, 0 when nobody is told.
  Result<Version> tell_decided(const ConflictCase& conflict, const Decision& decision);
  Result<void> tell_reopened(const ConflictCase& conflict, const ActorId& by,
                             const std::string& reason);
  Result<void> tell_asked(const ConflictCase& conflict, const ActorId& by,
                          const std::string& question);

  // The value that a choice stands for.
  static Result<Value> value_chosen(const ConflictCase& conflict, const Decision& decision);
  // What stands in the field, when a decision on the case may still go by it: one of the case's two
  // sides. Else somebody has written since.
  Result<std::optional<Value>> value_in_force(const ConflictCase& conflict);
  // Several fields decided at once, each with what it displaced.
  Result<Version> put(const ActorId& by, std::vector<OfficeEdit> edits, const Uuid& act);

 private:
  Result<Settled> settle_field(const ConflictCase& conflict, const Decision& decision);
  Result<Settled> settle_parked(const ConflictCase& conflict, const Decision& decision);
  Result<Settled> repair(const SetId& set, const Decision& decision);
  Result<Settled> settle_restored(const ConflictCase& conflict, const Decision& decision);
  Result<Settled> settle_device(const ConflictCase& conflict, const Decision& decision);

  Office& office_;
  Ingest& ingest_;
  ServerStore& store_;
  const Schema& schema_;
};

constexpr bool is_about_field(CaseKind kind) {
  return kind == CaseKind::kField || kind == CaseKind::kLate || kind == CaseKind::kAmendment;
}

}  // namespace daybook
