// SPDX-License-Identifier: Apache-2.0
// Headquarters' capture: what a person does at a desk becomes a change set and goes through the one
// write door like a technician's. Called by api inside a group, core thread only. Checks shape and
// schema; who may do it is decided before (auth), what becomes of it after (ingest).
#pragma once

#include <optional>
#include <vector>

#include "core/base/result.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/auth/territory.hpp"
#include "sync-server/ingest/ingest.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// One act of a person: records created and fields edited together.
struct OfficeEdit {
  RecordRef record;
  bool create = false;
  Fields set;
  // The version of the record that the person had on screen; what came later was not seen.
  Version seen = 0;
  bool by_act = false;  // an act wrote it, and asked before whether it may be
};

class Office {
 public:
  Office(Ingest& ingest, ServerStore& store, const Schema& schema, Clock& clock, Rng& rng)
      : ingest_(ingest), store_(store), schema_(schema), clock_(clock), rng_(rng) {}

  // Whoever acts writes within this from now on. REQUIRES: it outlives the office.
  void bind(const Territory& territory) { territory_ = &territory; }
  // What he creates belongs to his organisation unless the edit says otherwise.
  void fill_in(std::vector<OfficeEdit>& edits) const;

  // The edits as one change set under `id` (a caller's idempotency key) or a fresh one. Nothing is
  // stored yet. kForbidden for what only acts write and none did.
  Result<Body> draft(const ActorId& actor, const std::vector<OfficeEdit>& edits,
                     const std::optional<SetId>& id);

  // Drafts and admits. `settles`: a decision on a case.
  Result<Receipt> act(const ActorId& actor, const std::vector<OfficeEdit>& edits,
                      bool settles = false, const std::optional<SetId>& id = std::nullopt);

 private:
  Result<Body> body_of(const ActorId& actor, const std::vector<OfficeEdit>& edits,
                       const std::optional<SetId>& id);
  Result<Change> change_of(const OfficeEdit& edit, const EpochId& epoch);

  Ingest& ingest_;
  ServerStore& store_;
  const Schema& schema_;
  Clock& clock_;
  Rng& rng_;
  const Territory* territory_ = nullptr;
};

}  // namespace daybook
