// SPDX-License-Identifier: Apache-2.0
// A record played again from the book, commit by commit, by the rules that were in force: what it
// was at a version, what became of each field, and why. Reads the store and writes nothing; for
// people's questions, not for the hot path. Core thread.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/merge/merge.hpp"
#include "sync-server/ingest/ingest.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

struct ReplayStep {
  Version commit = 0;
  RecordState state;  // after it
  MergePlan plan;
  bool exact = true;  // it came out as the book tells, here and before
};

class Replay {
 public:
  Replay(Ingest& ingest, ServerStore& store, const Schema& schema)
      : ingest_(ingest), store_(store), schema_(schema) {}

  // Every commit that wrote the record up to `through`, oldest first. Empty when nothing did.
  Result<std::vector<ReplayStep>> of(const RecordRef& record, Version through);

 private:
  Result<const Schema*> schema_at(std::uint64_t version);
  Result<std::optional<ReplayStep>> step(const RecordRef& record, const CommitRow& row,
                                         const RecordState* before);
  Result<Sight> sight_of(const CommitRow& row);

  Ingest& ingest_;
  ServerStore& store_;
  const Schema& schema_;
  std::map<std::uint64_t, Schema> older_;
};

// The body of a commit, whichever of its verdicts holds the bytes.
Result<Body> body_of(ServerStore& store, const CommitRow& row);

}  // namespace daybook
