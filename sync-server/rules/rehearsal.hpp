// SPDX-License-Identifier: Apache-2.0
// A candidate rule set tried on the recorded history: every commit is judged again, in its order
// and as its author was judged then, in a store of its own that nobody else sees; what would have
// been decided differently is counted and shown. It reports and changes nothing: what is decided
// stays decided.
//
// Goes on piece by piece, so that whoever waits sees how far it is, and others get their turn.
// Asked by integration, on the reading thread; the book is a read-only store inside a snapshot of
// the caller's.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/receipt.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/trace.hpp"
#include "sync-server/ingest/ingest.hpp"
#include "sync-server/store/memory/memory_server_store.hpp"
#include "sync-server/store/rule_book.hpp"

namespace daybook {

// One decision that would have been another. Of a whole set where `field` is empty.
struct Difference {
  Version commit = 0;
  ActorId actor;
  RecordRef record;
  std::string field;
  std::string was, would;            // outcomes or verdicts, by their names
  std::string rule_was, rule_would;  // empty where nothing had to be decided
  std::string reason;                // why a whole set would wait or be refused
  bool case_was = false, case_would = false;
};

struct RehearsalTally {
  std::uint64_t decisions = 0;   // that would differ
  std::uint64_t cases_more = 0;  // that would have opened
  std::uint64_t cases_less = 0;  // that would never have opened
  bool operator==(const RehearsalTally&) const = default;
};

class Rehearsal {
 public:
  static constexpr std::size_t kShownMax = 200;

  static Result<std::unique_ptr<Rehearsal>> begin(ServerStore& book, Schema candidate, Clock& clock,
                                                  Trace& trace);
  // Judges the next `commits_max`; true when none is left. What was committed after begin() is left
  // out.
  Result<bool> go_on(ServerStore& book, std::size_t commits_max);

  Version done() const { return done_; }
  Version through() const { return through_; }
  const RehearsalTally& tally() const { return tally_; }
  // By "collection.field", whole sets under "".
  const std::map<std::string, RehearsalTally>& by_field() const { return by_field_; }
  const std::vector<Difference>& shown() const { return shown_; }  // the first kShownMax

 private:
  // Keeps the bodies of those that wait only.
  class Stage final : public MemoryServerStore {
   public:
    Result<void> put_commit(const CommitRow& row) override;
    Result<std::optional<Bytes>> find_setting(const std::string& name) override;
    ServerStore* book = nullptr;  // while a piece is judged
  };

  // Headquarters' wall clock when the commit was made: what fell due by then is a case here too.
  class Then final : public Clock {
   public:
    explicit Then(Clock& now) : now_(now) {}
    std::int64_t wall_ms() override { return ms; }
    std::int64_t steady_ms() override { return now_.steady_ms(); }
    std::int64_t ms = 0;

   private:
    Clock& now_;
  };

  Rehearsal(Schema candidate, Clock& clock, Trace& trace)
      : candidate_(std::move(candidate)),
        clock_(clock),
        ingest_(stage_, candidate_, clock_, trace) {}
  Result<void> copy_devices(ServerStore& book);
  Result<void> open_epochs();
  Result<void> go_to(std::int64_t ms);
  Result<void> judge(ServerStore& book, const CommitRow& recorded);
  void compare(const CommitRow& recorded, const Receipt& was, const Receipt& would);
  void note(Difference difference);

  const RuleBook candidate_;
  Stage stage_;
  Then clock_;
  Ingest ingest_;
  std::vector<EpochRow> epochs_;  // still to be opened
  Version done_ = 0, through_ = 0;
  RehearsalTally tally_;
  std::map<std::string, RehearsalTally> by_field_;
  std::vector<Difference> shown_;
};

}  // namespace daybook
