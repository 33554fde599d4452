// SPDX-License-Identifier: Apache-2.0
// The one write door. Everything that changes a record, a technician's visit, an HQ edit, a support
// decision, comes through here as a change set and leaves as one commit with one verdict. Admission
// (chain, signature, duplicates) is in admit.cpp, judging in judge.cpp, writing in commit.cpp, what
// cannot be applied in parking.cpp, what people say of it later in further.cpp. Called by session
// (devices), office and conflicts (people).
//
// Core thread only, inside a store transaction that the caller began and commits; nothing may be
// told to anyone before that commit.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "core/base/result.hpp"
#include "core/merge/merge.hpp"
#include "core/model/chain.hpp"
#include "core/model/receipt.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/trace.hpp"
#include "core/wire/message.hpp"
#include "sync-server/ingest/guards.hpp"
#include "sync-server/ingest/parked_index.hpp"
#include "sync-server/ingest/trial.hpp"
#include "sync-server/scope/membership.hpp"
#include "sync-server/store/plain_run.hpp"
#include "sync-server/store/rule_book.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// What a device's handshake and batch came to.
struct Admission {
  wire::PushStatus status = wire::PushStatus::kNothing;
  ChainPosition stored;
  std::size_t sets_new = 0;
  std::optional<PlainRun> run;  // of all the new sets
};

// What a person did about a case, for the technicians whose work fed it.
struct CaseWord {
  ActorId by;
  std::string reason;  // "decided", "reopened", "asked"
  std::string text;    // the person's own words
  // What became of a field of the case; unset: as it was.
  std::function<FieldOutcome(const SetId&, const FieldReceipt&)> becomes;
};

class Ingest {
 public:
  Ingest(ServerStore& store, const Rules& rules, Clock& clock, Trace& trace)
      : store_(store),
        rules_(rules),
        clock_(clock),
        trace_(trace),
        membership_(rules, store),
        guards_(store) {}

  // Guards that are new in the rules in force look at what is in the book. Before anything else,
  // and by itself before the first set under other rules.
  Result<void> open() { return guards_.open(rules_); }
  // Within a group, now and then: hand-overs of which only one side was told for too long.
  Result<void> look_at_overdue() {
    DAYBOOK_TRY(guards_.open(rules_));
    return guards_.look_at_overdue(clock_.wall_ms());
  }
  // The group was rolled back, and with it what the guards may have written of themselves.
  void group_undone() { guards_.forget(); }

  // A device's contact: registers incarnations that begin, compares the chain, admits the batch.
  // Every set of it that is new gets its commit. An error is the store's; then the caller rolls
  // back.
  Result<Admission> admit(const DeviceRow& device, const wire::SyncRequest& request);

  // A person's act at headquarters, through the same door; `settles` when it decides a case. The
  // body's bases say what the person saw. `proviso` looks at what was written: what it refuses is
  // taken back and told as its error.
  using Proviso = std::function<Result<void>()>;
  Result<Receipt> admit_office(const Body& body, bool settles, Proviso proviso = {});

  // People's decisions on what was parked. Dependents follow in order; each gets a new commit and a
  // further receipt.
  Result<Receipt> release_parked(const SetId& set);
  Result<Receipt> discard_parked(const SetId& set, const ActorId& by, const std::string& reason);
  // It, and all parked sets that build upon it, in their order.
  Result<Receipt> discard_with_dependents(const SetId& set, const ActorId& by,
                                          const std::string& reason);
  // `repair`, a set of support that names the parked one in `replaces`, stands for it from now on.
  // Where it writes what the parked one asked for, sets that build upon that see their own work.
  // Returns the repair's receipt.
  Result<Receipt> repair_parked(const Body& repair, const std::string& reason);

  // Takes a discard back: the set, and those that were discarded along with it up to the commit
  // `through`, wait again. Returns the last receipt.
  Result<Receipt> park_again(const SetId& set, Version through, const ActorId& by,
                             std::uint64_t case_number);
  // A further receipt for every set of a phone that fed the case: what the last one said, with what
  // became of the case's fields. Returns the last commit; 0 when there is no such set.
  Result<Version> tell_of_case(const ConflictCase& conflict, const CaseWord& word);

  // A row of the log under the rules of this ingest, as its author was judged then: what becomes of
  // it here. `was`: what became of it there; `bytes`: its body. REQUIRES: the rows before it went
  // the same way.
  Result<Receipt> judge_again(const CommitRow& recorded, const Receipt& was, BytesView bytes);

  // After an unclean stop: few sets of a device share a transaction at first; one that runs alone
  // is counted before it is tried, and one that was alone three times is parked unseen.
  Trial& trial() { return trial_; }

  // For the simulator: called with each set before it is judged; may throw to play a crash of the
  // process.
  void set_poison(std::function<void(const Body&)> poison) { poison_ = std::move(poison); }

  Membership& membership() { return membership_; }

  // The version in today's numbering that `base` stands for: what its author had seen, cut off
  // where histories parted.
  Result<Version> resolve(const Base& base);

 private:
  // Whose work is judged, and how.
  struct Author {
    Lineage lineage = kOfficeLineage;
    std::uint64_t seq = 0;
    DeviceId device;
    IncarnationId incarnation;
    std::string scope;  // own user scope; empty for the office, which sees everything
    std::uint8_t judged_as = 0;
    Sight sight;
    Digest link;
    Proviso proviso;
  };
  // Everything one set does to one record.
  struct Work {
    RecordRef record;
    const Change* change = nullptr;
    std::vector<const Claim*> claims;
    std::vector<std::string> events;
  };
  struct Judged {
    Work work;
    std::optional<RecordState> before;
    MergeInput input;
    MergePlan plan;
    bool late = false;
  };
  struct Judgement {
    std::vector<Judged> records;
    Verdict verdict = Verdict::kAccepted;
  };
  // Why a set cannot be applied; not an error of the server.
  struct Obstacle {
    std::string reason, detail;
    std::vector<SetId> waits_for;
  };
  template <class T>
  using Judging = Result<std::variant<T, Obstacle>>;

  // A body of a batch: its hash, and its link in the chain.
  struct Place {
    Digest body_hash, link;
  };
  // A batch on its way into the book.
  struct Taking {
    const DeviceRow& device;
    LineageRow& lineage;
    const wire::Batch& batch;
    std::vector<Place> places;          // of its bodies
    std::size_t from = 0;               // the bodies before it are here already
    std::optional<PlainRun> run;        // of the new ones, as far as it holds
    std::set<SetId> taken;              // those that have a commit: later ones build upon them
    std::optional<ParkedIndex> parked;  // that they may build upon
    bool together = false;              // under one savepoint
    bool not_together = false;          // one of them could not be applied
  };

  // admit.cpp
  Result<std::optional<Admission>> register_incarnations(const DeviceRow& device,
                                                         const wire::SyncRequest& request);
  Result<void> tell_of_fork(const DeviceRow& device, const IncarnationId& incarnation);
  Result<Admission> admit_batch(const DeviceRow& device, LineageRow& lineage,
                                const wire::Batch& batch);
  Result<bool> all_known(const wire::Batch& batch);
  Result<void> take_together(Taking& taking);
  Result<void> take_one_by_one(Taking& taking);
  Result<void> take_on_trial(Taking& taking);
  enum class Trying : std::uint8_t { kTrusted, kTogether, kAlone };
  Result<void> take_body(Taking& taking, std::size_t at, Trying trying);
  Result<void> refuse_batch(const DeviceRow& device, const wire::Batch& batch);
  Result<bool> may_try(const SetId& set, Trying trying);
  Result<void> count_all(const Taking& taking);
  Result<Author> author_of(const DeviceRow& device, const LineageRow& lineage, std::uint64_t seq,
                           const Digest& link);

  // judge.cpp
  // `taking`: the batch that it comes in, if it does.
  Judging<Judgement> judge(const Body& body, const Author& author, Version commit, Taking* taking);
  std::vector<Work> works_of(const Body& body) const;
  Result<std::optional<Obstacle>> find_unknown_reference(const Body& body, const Author& author);
  struct Sighting {
    bool known = false;
    bool late = false;
  };
  Result<bool> knows(const Author& author, const RecordRef& record);
  Result<Sighting> sighting_of(const Author& author, const RecordState& state);
  Result<bool> created_by_device_of(const Author& author, const RecordState& state);
  Judging<Judged> judge_record(const Author& author, Work work, Version commit);
  static Verdict verdict_of(const Body& body, const Judgement& judgement);

  // commit.cpp
  // An error of the machine, not of the set: the whole group is rolled back and everybody tries
  // again.
  static bool is_of_the_store(Errc code);
  Result<Receipt> take_set(const Body& body, BytesView bytes, const Digest& body_hash,
                           const Author& author, Taking* taking = nullptr);
  Result<Receipt> take_back(const Body& body, CommitRow row, const Author& author, Error why);
  Result<Receipt> apply(const Body& body, CommitRow& row, const Author& author,
                        Judgement judgement);
  Result<void> look_between_records(const Body& body, const Author& author, const CommitRow& row,
                                    const Judgement& judgement, const Guards::Noted& noted,
                                    Receipt& receipt);
  Result<std::uint64_t> case_about(const Body& body, const Author& author, const Judged& judged,
                                   const FieldPlan& plan, const Receipt& so_far);
  Result<std::uint64_t> open_case(const Body& body, const Author& author, const Judged& judged,
                                  const FieldPlan& plan, Version commit);
  static Receipt receipt_of(const Author& author, const CommitRow& row, Verdict verdict);
  Result<void> write_commit(CommitRow& row, const Receipt& receipt);
  Result<CommitRow> next_commit(const SetId& set, const ActorId& actor, const Digest& body_hash,
                                const Author& author);

  // replay.cpp
  Result<Author> author_as_recorded(const CommitRow& recorded);
  Result<Receipt> keep_as_recorded(const CommitRow& recorded, const Receipt& was,
                                   const Author& author, BytesView bytes);

  // further.cpp
  Result<std::vector<CommitRow>> discarded_together(const SetId& set, Version through);
  Result<Receipt> write_further(const CommitRow& about, const ActorId& by, Receipt says);
  Result<Receipt> end_parked(const ParkedRow& parked, const ActorId& by, const std::string& how,
                             const std::string& detail);

  // parking.cpp
  Result<Receipt> park(const Body& body, CommitRow row, const Author& author,
                       const Obstacle& obstacle);
  Result<ParkedIndex> read_parked(const Author& author);
  Result<std::vector<SetId>> parked_predecessors(const Body& body, const Author& author,
                                                 Taking* taking);
  Result<Receipt> take_again(const ParkedRow& parked);
  Result<std::vector<ParkedRow>> dependents_of(const ParkedRow& parked);
  Result<void> take_dependents_again(const ParkedRow& settled);
  Result<std::uint64_t> open_device_case(CaseKind kind, const DeviceId& device,
                                         const std::string& detail, const SetId& set,
                                         const ActorId& actor, Version commit);

  ServerStore& store_;
  Rules rules_;
  Clock& clock_;
  Trace& trace_;
  Membership membership_;
  Guards guards_;
  Trial trial_;
  std::function<void(const Body&)> poison_;
};

}  // namespace daybook
