// SPDX-License-Identifier: Apache-2.0
// A user's act becomes a change set: checked against every limit and the schema, encoded once,
// linked into the device's chain and laid over the view, in one durable local transaction. Called
// by the session room's ClientCore; owned by its thread. Never signs, never talks to anyone.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "client-lib/local/change_notes.hpp"
#include "client-lib/local/local_store.hpp"
#include "client-lib/local/own_chain.hpp"
#include "core/base/result.hpp"
#include "core/clock/hybrid_clock.hpp"
#include "core/model/change_set.hpp"
#include "core/model/ids.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// What the act does to one record. For an edit only the fields that change, with their new values.
struct RecordInput {
  RecordRef record;
  Change::Kind kind = Change::Kind::kCreate;
  Fields values;
};

struct CommitInput {
  std::optional<ActorId> actor;  // who acted; the enrolled person when empty
  std::vector<RecordInput> changes;
  std::vector<Attachment> attachments;  // promised
};

struct CommitResult {
  SetId set;
  std::uint64_t number = 0;  // counts this phone's sets
  IncarnationId incarnation;
  std::uint64_t seq = 0;
};

// What capture has to know of the session: who, by which rules, and which office state the view
// shows.
struct CaptureContext {
  ActorId actor;
  std::shared_ptr<const Schema> schema;
  EpochId view_epoch;  // of the office state in the view
  Skew skew;
  std::uint64_t boot = 0;
};

// Durable when it returns a value, and `chain` stands one further. With an error nothing was
// changed, there or in the store. Not in a transaction. `notes` gets what the view shows
// differently.
Result<CommitResult> commit_set(LocalStore& store, OwnChain& chain, Clock& clock, Rng& rng,
                                const CaptureContext& context, const CommitInput& input,
                                ChangeNotes& notes);

}  // namespace daybook
