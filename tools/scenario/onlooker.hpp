// SPDX-License-Identifier: Apache-2.0
// Why it was decided so. The book keeps the outcome of a commit and its rule, not the reason; the
// reason is in the plan, and a plan is pure. So the onlooker reads the log behind headquarters,
// plans every commit again from the records as he knows them, and holds what he comes to against
// the book: a reason is only told when the plan is the one that was applied. Reads only; used by
// world.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/merge/merge.hpp"
#include "sync-server/ingest/ingest.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook::scenario {

// A field of which there is something to tell: not plainly in force as asked.
struct ToldField {
  RecordRef record;
  FieldPlan plan;
  std::uint64_t case_number = 0;
};

struct ToldCommit {
  Version version = 0;
  ActorId actor;
  Lineage lineage = kOfficeLineage;
  SetId set;
  Verdict verdict = Verdict::kAccepted;
  std::string reason, detail;  // of one that was parked, refused or discarded
  std::vector<ToldField> fields;
};

class Onlooker {
 public:
  Onlooker(ServerStore& store, Ingest& ingest, const Schema& schema)
      : store_(store), ingest_(ingest), schema_(schema) {}

  // The commits since the last call.
  std::vector<ToldCommit> look();
  // What he told of a set, the newest verdict that judged it; null when he never saw it.
  const ToldCommit* find(const SetId& set) const;

 private:
  struct Work;
  ToldCommit take(const CommitRow& row);
  std::vector<Work> works_of(const Body& body) const;
  MergeInput input_of(const CommitRow& row, const Work& work, bool late);
  Sight sight_of(const CommitRow& row);
  bool is_late(const CommitRow& row, const Receipt& receipt);

  ServerStore& store_;
  Ingest& ingest_;
  const Schema& schema_;
  Version seen_ = 0;
  std::map<RecordRef, RecordState> records_;
  std::map<SetId, ToldCommit> told_;
};

}  // namespace daybook::scenario
