// SPDX-License-Identifier: Apache-2.0
#include "sync-server/session/server_core.hpp"

#include <algorithm>
#include <utility>

#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "core/schema/case_terms.hpp"
#include "core/schema/load.hpp"
#include "core/wire/protocol_version.hpp"
#include "sync-server/conflicts/closing.hpp"
#include "sync-server/ingest/promises.hpp"
#include "sync-server/ingest/publication.hpp"
#include "sync-server/store/safe_point.hpp"

namespace daybook {
ServerCore::ServerCore(ServerStore& store, const Schema& rules, Clock& clock, Rng& rng,
                       Trace& trace)
    : store_(store),
      rules_(rules),
      clock_(clock),
      rng_(rng),
      trace_(trace),
      ingest_(store, rules_, clock, trace),
      feed_(store),
      live_pages_(store, feed_) {}

Result<void> ServerCore::open(const std::optional<StoreHead>& last_known) {
  DAYBOOK_TRY(store_.begin());
  DAYBOOK_ASSIGN(const auto epochs, store_.epochs());
  DAYBOOK_ASSIGN(const auto head, store_.head());
  bool differs = false;
  if (last_known && !epochs.empty()) {
    DAYBOOK_ASSIGN(const auto held, store_.find_head(last_known->version));
    const bool same = last_known->version == 0 || (held && *held == last_known->head);
    // The epoch too: a store put back twice to the same point would give the numbers between out
    // again.
    differs = last_known->version > head.version || last_known->epoch != head.epoch || !same;
  }
  if (epochs.empty() || differs) {
    // Numbers may have been given out twice by now; a new epoch tells phones which ones are meant.
    DAYBOOK_TRY(store_.append_epoch({rng_.draw<EpochId>(), head.epoch, head.version, head.head}));
    if (differs)
      trace_.note(TraceLevel::kWarning, "store.epoch",
                  {{"fork_version", static_cast<std::int64_t>(head.version)}});
  }
  DAYBOOK_ASSIGN(const auto clean, store_.find_setting("clean_stop"));
  if (clean && clean->size() == 1 && clean->front() == 0) {
    ingest_.trial().begin();
    trace_.note(TraceLevel::kWarning, "server.careful", {{"why", "the last stop was not clean"}});
  }
  const std::uint8_t running = 0;
  DAYBOOK_TRY(store_.put_setting("clean_stop", {&running, 1}));
  DAYBOOK_TRY(settle_rules());
  DAYBOOK_TRY(ingest_.open());
  DAYBOOK_TRY(note_old_promises(store_));
  DAYBOOK_ASSIGN(const auto opened, store_.head());
  DAYBOOK_TRY(store_.commit());
  group_done(opened);
  told_of_rules_ = true;  // whoever calls from now on asks
  return {};
}

// The set that was handed to us against the one that the book was last kept under.
Result<void> ServerCore::settle_rules() {
  const Schema& given = rules_.in_force();
  DAYBOOK_ASSIGN(const auto held, store_.newest_schema());
  if (!held) return store_.put_schema({given.version, given.digest, given.source});
  if (held->digest == given.digest) return {};
  DAYBOOK_ASSIGN(auto kept, load_schema(held->json, "stored rules"));
  if (held->version == given.version) {
    return failure(Errc::kInvalid, "schema.version",
                   "the book is kept under another set with version " +
                       std::to_string(given.version) + "; a changed one needs a higher version");
  }
  if (held->version > given.version) {
    trace_.note(TraceLevel::kInfo, "rules.in_force",
                {{"version", static_cast<std::int64_t>(held->version)},
                 {"file", static_cast<std::int64_t>(given.version)}});
    rules_.put_in_force(std::move(kept));
    return {};
  }
  const auto follows = check_may_follow(store_, kept, given);
  Schema next = given;
  rules_.put_in_force(std::move(kept));
  if (!follows.ok()) {
    // A newer program with a newer built-in set must not leave a company without its server.
    trace_.note(TraceLevel::kError, "rules.not_taken", {{"error", to_string(follows.error())}});
    return {};
  }
  Body body;
  body.id = rng_.draw<SetId>();
  body.salt = rng_.draw<Uuid>();
  body.actor = "daybookd";
  body.stamp.wall_ms = clock_.wall_ms();
  body.schema_version = held->version;
  body.changes.push_back(publication_of(next, held->version, "schema file"));
  DAYBOOK_ASSIGN(const auto receipt, ingest_.admit_office(body, false));
  ensure(receipt.verdict == Verdict::kAccepted);
  return put_rules(std::move(next));
}

Result<void> ServerCore::put_rules(Schema next) {
  DAYBOOK_TRY(store_.put_schema({next.version, next.digest, next.source}));
  DAYBOOK_ASSIGN(const auto head, store_.head());
  DAYBOOK_TRY(ingest_.membership().rules_change(next, head.version));
  next_rules_ = std::move(next);
  return {};
}

void ServerCore::group_done(const StoreHead& head) {
  durable_head_ = head;
  if (!next_rules_) return;
  trace_.note(TraceLevel::kInfo, "rules.published",
              {{"version", static_cast<std::int64_t>(next_rules_->version)}});
  rules_.put_in_force(*std::exchange(next_rules_, std::nullopt));
  told_of_rules_ = false;
}

void ServerCore::group_undone() {
  next_rules_.reset();
  ingest_.group_undone();
  if (group_end_ != nullptr) group_end_->group_undone();
}

Result<void> ServerCore::close() {
  DAYBOOK_TRY(store_.begin());
  const std::uint8_t clean = 1;
  DAYBOOK_TRY(store_.put_setting("clean_stop", {&clean, 1}));
  return store_.commit();
}

Result<wire::SyncReply> ServerCore::sync(const wire::SyncRequest& request) {
  wire::SyncReply reply;
  reply.request = request.request;
  reply.server_ms = clock_.wall_ms();
  DAYBOOK_ASSIGN(reply.protocol, wire::choose_protocol(request.protocol_min, request.protocol_max));
  DAYBOOK_ASSIGN(const auto found, store_.find_device(request.device));
  if (!found) return failure(Errc::kNotFound, "device", to_string(request.device));
  const DeviceRow& device = *found;
  if (device.status == DeviceStatus::kStolen) {
    if (request.batch) {
      DAYBOOK_TRY(
          store_.put_evidence({device.device, clock_.wall_ms(), "stolen", wire::encode(request)}));
    }
    return failure(Errc::kRevoked, "device", to_string(request.device));
  }
  DAYBOOK_ASSIGN(const auto contact, store_.find_contact(device.device));
  if (request.gap) DAYBOOK_TRY(take_gap(device, request));
  DAYBOOK_ASSIGN(const auto admission, ingest_.admit(device, request));
  reply.push = admission.status;
  reply.stored = admission.stored;
  if (admission.sets_new > 0) touched_.insert(receipt_scope_of(device.device));
  reply.schema_version = schema().version;
  reply.schema_digest = schema().digest;
  // A leaver's key may only deposit: the answer is that it was stored, and nothing else.
  const bool serves = device.status == DeviceStatus::kActive;
  // What this very request brought no longer waits on the phone.
  const bool all_here = admission.stored == request.newest;
  DAYBOOK_TRY(note_contact(device, request, all_here, contact));
  if (!serves) return reply;

  if (request.schema_digest != schema().digest) reply.schema = schema().source;
  DAYBOOK_ASSIGN(reply.fork, fork_of(request));
  if (request.cursor && !reply.fork)
    DAYBOOK_TRY(device_has(store_, device.device, request.cursor->version, clock_.wall_ms()));
  if (!request.witnesses.empty()) DAYBOOK_TRY(take_witnesses(device, request.witnesses));
  DAYBOOK_ASSIGN(reply.safe, safe_point_of(device, request.newest.incarnation));
  const bool known_chain = admission.status != wire::PushStatus::kForked &&
                           admission.status != wire::PushStatus::kUnknownIncarnation;
  if (request.pull && known_chain && !reply.fork) {
    DAYBOOK_ASSIGN(reply.page, feed_.page(device, request, contact, admission.run));
  }
  live_pages_.note(device.device, reply.page);
  return reply;
}

std::vector<std::optional<Bytes>> ServerCore::calls_for(const std::vector<DeviceId>& devices) {
  std::vector<std::optional<Bytes>> calls(devices.size(), Bytes());
  // No page says that the rules have changed: everybody asks.
  if (!std::exchange(told_of_rules_, true)) return calls;
  if (devices.empty() || !store_.begin().ok()) return calls;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    auto call = live_pages_.call_for(devices[i]);
    if (call.ok()) calls[i] = *std::move(call);
  }
  store_.rollback();
  return calls;
}

Result<Receipt> ServerCore::office(const Body& body, bool settles) {
  return ingest_.admit_office(body, settles);
}

std::set<std::string> ServerCore::take_touched() {
  auto all = ingest_.membership().take_touched();
  all.merge(touched_);
  touched_.clear();
  if (!told_of_rules_) all.insert(kSharedScope);
  return all;
}

// A cursor is good iff its epoch is in the fail-over log, its version lies in that epoch's range
// and its head is ours.
Result<bool> ServerCore::knows_cursor(const Cursor& cursor) {
  DAYBOOK_ASSIGN(const auto head, store_.head());
  DAYBOOK_ASSIGN(const auto epochs, store_.epochs());
  EpochId at = head.epoch;
  Version last = head.version;
  bool known = at == cursor.epoch;
  for (auto row = epochs.rbegin(); row != epochs.rend() && !known; ++row) {
    if (row->epoch != at) continue;
    last = std::min(last, row->start_version);
    at = row->parent;
    known = at == cursor.epoch;
  }
  if (!known || cursor.version > last) return false;
  if (cursor.version == 0) return true;
  DAYBOOK_ASSIGN(const auto held, store_.find_head(cursor.version));
  return held && *held == cursor.head;
}

Result<std::optional<wire::Fork>> ServerCore::fork_of(const wire::SyncRequest& request) {
  if (!request.cursor) return std::optional<wire::Fork>{};
  DAYBOOK_ASSIGN(const bool good, knows_cursor(*request.cursor));
  if (good) return std::optional<wire::Fork>{};
  DAYBOOK_ASSIGN(const auto head, store_.head());
  wire::Fork fork{head.epoch, 0, request.ladder.empty()};
  for (const auto& rung : request.ladder) {
    DAYBOOK_ASSIGN(const auto held, store_.find_head(rung.version));
    const bool agrees = rung.version == 0 || (held && *held == rung.head);
    if (agrees && rung.version <= head.version)
      fork.fork_version = std::max(fork.fork_version, rung.version);
  }
  if (!request.ladder.empty()) {
    // Bases of an epoch that this store never knew count as having seen everything up to here and
    // nothing after.
    const Bytes told = CborWriter().unsigned_integer(fork.fork_version).take();
    DAYBOOK_TRY(store_.put_setting("fork." + to_hex(request.cursor->epoch.view()), told));
  }
  trace_.note(TraceLevel::kWarning, "session.fork",
              {{"device", to_string(request.device)},
               {"fork_version", static_cast<std::int64_t>(fork.fork_version)}});
  return std::optional(fork);
}

Result<void> ServerCore::note_contact(const DeviceRow& device, const wire::SyncRequest& request,
                                      bool all_here, const std::optional<ContactRow>& before) {
  ContactRow row;
  row.device = device.device;
  row.seen_ms = clock_.wall_ms();
  row.skew_ms = request.wall_ms - row.seen_ms;
  row.complete_version = request.cursor ? request.cursor->version : 0;
  row.unsent_attachments = request.unsent.attachments;
  if (!all_here) {
    row.unsent_sets = request.unsent.sets;
    row.unsent_bytes = request.unsent.bytes;
    row.oldest_unsent_ms = request.unsent.oldest_ms;
  }
  for (const auto& scope : scopes_of(device)) {
    Version version = 0;
    for (const auto& position : request.positions) {
      if (position.scope == scope) version = position.version;
    }
    row.scopes.emplace_back(scope, version);
  }
  // A phone that only listens costs no write while nothing about it changes.
  const bool same = before && before->complete_version == row.complete_version &&
                    before->unsent_sets == row.unsent_sets &&
                    before->unsent_attachments == row.unsent_attachments &&
                    before->scopes == row.scopes && row.seen_ms - before->seen_ms < 60'000;
  return same ? success() : store_.put_contact(row);
}

// What a phone holds from beyond a fork and what is not its own never applies itself: a person
// decides whether to bring it back.
Result<void> ServerCore::take_witnesses(const DeviceRow& device,
                                        const std::vector<wire::Witness>& witnesses) {
  DAYBOOK_ASSIGN(const auto head, store_.head());
  for (const auto& witness : witnesses) {
    DAYBOOK_ASSIGN(const auto held, store_.find_row(witness.record));
    if (held && held->row == witness.row) continue;
    DAYBOOK_ASSIGN(const auto open,
                   store_.find_open_case(CaseKind::kRestore, witness.record, "", DeviceId{}));
    if (open) continue;
    ConflictCase conflict;
    DAYBOOK_ASSIGN(conflict.number, store_.next_case_number());
    conflict.kind = CaseKind::kRestore;
    conflict.record = witness.record;
    conflict.device_actor = device.actor;
    conflict.device_value = Value::bytes(witness.row);
    if (held) conflict.office_value = Value::bytes(held->row);
    conflict.detail = to_string(device.device);
    conflict.opened = head.version;
    conflict.opened_ms = clock_.wall_ms();
    begin_case(conflict, schema());
    DAYBOOK_TRY(store_.put_case(conflict));
  }
  return {};
}

// Sets that the server misses and the phone no longer holds: recorded, one case, and on we go, or
// the queue would stand for ever.
Result<void> ServerCore::take_gap(const DeviceRow& device, const wire::SyncRequest& request) {
  DAYBOOK_ASSIGN(auto lineage, store_.find_lineage(device.device, request.newest.incarnation));
  const auto& gap = *request.gap;
  if (!lineage || gap.first_seq != lineage->last_seq + 1 || gap.last_seq < gap.first_seq) return {};
  const bool batch_follows = request.batch && request.batch->first_seq == gap.last_seq + 1;
  if (!batch_follows && request.newest.seq != gap.last_seq) return {};
  lineage->last_seq = gap.last_seq;
  lineage->last_link = batch_follows ? request.batch->previous_link : request.newest.link;
  DAYBOOK_TRY(store_.put_lineage(*lineage));
  DAYBOOK_ASSIGN(const auto head, store_.head());
  ConflictCase conflict;
  DAYBOOK_ASSIGN(conflict.number, store_.next_case_number());
  conflict.kind = CaseKind::kLostInRestore;
  conflict.device = device.device;
  conflict.device_actor = device.actor;
  conflict.field = std::to_string(gap.first_seq);
  conflict.detail = "sets " + std::to_string(gap.first_seq) + " to " + std::to_string(gap.last_seq);
  conflict.opened = head.version;
  conflict.opened_ms = clock_.wall_ms();
  begin_case(conflict, schema());
  return store_.put_case(conflict);
}

Result<std::optional<ChainPosition>> ServerCore::safe_point_of(const DeviceRow& device,
                                                               const IncarnationId& incarnation) {
  DAYBOOK_ASSIGN(const auto safe, safe_version(store_));
  if (!safe) return std::optional<ChainPosition>{};
  DAYBOOK_ASSIGN(const auto lineage, store_.find_lineage(device.device, incarnation));
  if (!lineage) return std::optional<ChainPosition>{};
  DAYBOOK_ASSIGN(const auto seq, store_.last_seq_at(lineage->lineage, *safe));
  return std::optional(ChainPosition{incarnation, seq, {}});
}

namespace {

Result<std::vector<AfterCommit>> run_tasks(ServerCore& core, const std::vector<CoreTask>& tasks) {
  std::vector<AfterCommit> afterwards;
  DAYBOOK_TRY(core.store().begin());
  for (const auto& task : tasks) {
    auto ran = task.run(core);
    if (!ran.ok()) {
      core.store().rollback();
      return std::move(ran).error();
    }
    afterwards.push_back(*std::move(ran));
  }
  if (auto finished = core.finish_group(); !finished.ok()) {
    core.store().rollback();
    return std::move(finished).error();
  }
  const auto head = core.store().head();
  if (core.watch() != nullptr) core.watch()->before_commit(tasks.size());
  auto committed = core.store().commit();
  if (core.watch() != nullptr) core.watch()->after_commit(committed.ok());
  if (!committed.ok()) {
    core.store().rollback();
    return std::move(committed).error();
  }
  core.group_done(head.ok() ? *head : core.durable_head());
  return afterwards;
}

std::set<std::string> run_one_group(ServerCore& core, const std::vector<CoreTask>& tasks) {
  auto afterwards = run_tasks(core, tasks);
  if (!afterwards.ok()) core.group_undone();
  auto touched = core.take_touched();
  if (!afterwards.ok()) {
    core.trace().note(TraceLevel::kError, "store.group_failed",
                      {{"error", to_string(afterwards.error())}});
    for (const auto& task : tasks) task.failed(afterwards.error());
    return {};
  }
  for (const auto& then : *afterwards) then();
  return touched;
}

}  // namespace

std::set<std::string> run_group(ServerCore& core, std::vector<CoreTask> tasks) {
  std::set<std::string> touched;
  std::vector<CoreTask> group;
  const auto run = [&] {
    if (!group.empty()) touched.merge(run_one_group(core, group));
    group.clear();
  };
  for (auto& task : tasks) {
    const bool alone = !task.device.is_zero() && core.ingest().trial().is_on_trial(task.device);
    if (alone) run();
    const bool last = alone || task.ends_group;
    group.push_back(std::move(task));
    if (last) run();
  }
  run();
  return touched;
}

}  // namespace daybook
