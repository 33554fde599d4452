// SPDX-License-Identifier: Apache-2.0
// Admission: is this the device's one history, signed, without gaps? Sets are admitted 1, 2, 3… of
// their incarnation; each exactly once, however often it is sent.
#include "sync-server/ingest/ingest.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "core/base/planted_bug.hpp"

namespace daybook {
namespace {

using wire::PushStatus;

ChainPosition position_of(const LineageRow& lineage) {
  return {lineage.incarnation, lineage.last_seq, lineage.last_link};
}

// The name under which something is stored whose own id cannot be used (unreadable, or taken by
// another body).
SetId stand_in_id(const Digest& body_hash) {
  return *SetId::from(body_hash.view().first(SetId::kSize));
}

constexpr std::uint32_t kBadBatchesMax = 3;
constexpr std::uint32_t kLonelyAttemptsMax = 3;

// `run`: of the batch being admitted; nothing any more once a set did not continue it. A parked set
// wrote nothing, and whoever builds upon it is parked too.
void note_in_run(std::optional<PlainRun>& run, const Body& body, const Receipt& receipt) {
  if (!run) return;
  const bool first = run->first_seq == 0;
  const bool next = first || (receipt.seq == run->last_seq + 1 &&
                              receipt.commit == run->first_commit + (receipt.seq - run->first_seq));
  if (!next) {
    run.reset();
    return;
  }
  if (first) {
    run->first_seq = receipt.seq;
    run->first_commit = receipt.commit;
  }
  run->last_seq = receipt.seq;
  if (receipt.verdict == Verdict::kParked) return;
  if (!is_plain(receipt)) {
    for (const auto& change : body.changes) run->last_writes[change.record] = 0;
    for (const auto& claim : body.claims) run->last_writes[claim.record] = 0;
    return;
  }
  for (const auto& change : body.changes) {
    Version& last = run->last_writes.try_emplace(change.record, receipt.commit).first->second;
    if (last != 0) last = receipt.commit;
  }
}

}  // namespace

Result<Admission> Ingest::admit(const DeviceRow& device, const wire::SyncRequest& request) {
  if (device.status == DeviceStatus::kHeld) return Admission{PushStatus::kHeld, {}, 0, {}};
  DAYBOOK_TRY(open());
  DAYBOOK_ASSIGN(const auto early, register_incarnations(device, request));
  if (early) return *early;
  DAYBOOK_ASSIGN(auto found, store_.find_lineage(device.device, request.newest.incarnation));
  if (!found) return Admission{PushStatus::kUnknownIncarnation, {}, 0, {}};
  LineageRow lineage = *found;
  const bool behind = request.newest.seq < lineage.last_seq;
  const bool differs =
      request.newest.seq == lineage.last_seq && request.newest.link != lineage.last_link;
  if (behind || differs) {
    // A phone only ever adds: one that has less than it gave us, or something else, was restored or
    // cloned.
    trace_.note(TraceLevel::kWarning, "ingest.forked", {{"device", to_string(device.device)}});
    return Admission{PushStatus::kForked, position_of(lineage), 0, {}};
  }
  if (!request.batch) return Admission{PushStatus::kNothing, position_of(lineage), 0, {}};
  return admit_batch(device, lineage, *request.batch);
}

Result<void> Ingest::tell_of_fork(const DeviceRow& device, const IncarnationId& incarnation) {
  DAYBOOK_ASSIGN(const auto head, store_.head());
  DAYBOOK_ASSIGN(const auto number,
                 open_device_case(CaseKind::kDeviceForked, device.device,
                                  to_hex(incarnation.view()), SetId{}, device.actor, head.version));
  trace_.note(TraceLevel::kWarning, "ingest.incarnation",
              {{"device", to_string(device.device)}, {"case", static_cast<std::int64_t>(number)}});
  return {};
}

Result<std::optional<Admission>> Ingest::register_incarnations(const DeviceRow& device,
                                                               const wire::SyncRequest& request) {
  for (const auto& begin : request.begins) {
    DAYBOOK_ASSIGN(const auto known, store_.find_lineage(device.device, begin.incarnation));
    if (known) continue;
    LineageRow row;
    row.device = device.device;
    row.incarnation = begin.incarnation;
    row.last_link = first_link(device.device, begin.incarnation, begin.parent, begin.parent_seq,
                               begin.parent_link);
    if (!begin.parent.is_zero()) {
      DAYBOOK_ASSIGN(const auto parent, store_.find_lineage(device.device, begin.parent));
      if (!parent) return std::optional(Admission{PushStatus::kUnknownIncarnation, {}, 0, {}});
      if (begin.parent_seq > parent->last_seq) {
        // It claims to build upon sets that never came; it must send them under the parent first.
        return std::optional(Admission{PushStatus::kGap, position_of(*parent), 0, {}});
      }
      row.parent = parent->lineage;
      row.parent_seq = begin.parent_seq;
    }
    // A second history under one name, whether the phone knows where they part or does not.
    DAYBOOK_ASSIGN(const auto earlier, store_.lineages_of(device.device));
    if (!earlier.empty()) DAYBOOK_TRY(tell_of_fork(device, begin.incarnation));
    DAYBOOK_TRY(store_.put_lineage(row));
  }
  return std::optional<Admission>{};
}

Result<Admission> Ingest::admit_batch(const DeviceRow& device, LineageRow& lineage,
                                      const wire::Batch& batch) {
  const auto stored = [&](PushStatus status) {
    return Admission{status, position_of(lineage), 0, {}};
  };
  if (batch.incarnation != lineage.incarnation) {
    // The outbox of an older incarnation is re-linked under the newest; nothing else may come under
    // another name.
    return Admission{PushStatus::kUnknownIncarnation, {}, 0, {}};
  }
  if (batch.bodies.empty() || batch.first_seq == 0)
    return refuse_batch(device, batch).ok() ? stored(PushStatus::kWrongSignature)
                                            : stored(PushStatus::kHeld);
  if (batch.first_seq > lineage.last_seq + 1) return stored(PushStatus::kGap);

  Taking taking{device, lineage, batch, {}, 0, {}, {}, {}};
  taking.places.reserve(batch.bodies.size());
  Digest link = batch.previous_link;
  std::uint64_t seq = batch.first_seq;
  for (const auto& body : batch.bodies) {
    const Digest body_hash = hash_of_body(body);
    link = next_link(device.device, batch.incarnation, seq++, link, body_hash);
    taking.places.push_back({body_hash, link});
  }
  const std::uint64_t last_seq = seq - 1;
  const ChainPosition newest{batch.incarnation, last_seq, link};
  const auto signed_well =
      verify(device.key, batch_signing_bytes(device.device, newest), batch.signature);
  if (!signed_well.ok()) {
    DAYBOOK_TRY(refuse_batch(device, batch));
    return stored(PushStatus::kWrongSignature);
  }
  if (last_seq < lineage.last_seq) {
    DAYBOOK_ASSIGN(const bool known, all_known(batch));
    return stored(known ? PushStatus::kStored : PushStatus::kForked);
  }
  // The link of our last_seq must be the one that we hold.
  taking.from = static_cast<std::size_t>(lineage.last_seq - (batch.first_seq - 1));
  const Digest& ours = taking.from == 0 ? batch.previous_link : taking.places[taking.from - 1].link;
  if (ours != lineage.last_link) return stored(PushStatus::kForked);

  Admission admission{PushStatus::kStored, {}, batch.bodies.size() - taking.from, {}};
  taking.run.emplace();
  if (trial_.is_on_trial(device.device)) {
    DAYBOOK_TRY(take_on_trial(taking));
  } else if (admission.sets_new > 0) {
    DAYBOOK_TRY(take_together(taking));
    DAYBOOK_TRY(store_.put_lineage(lineage));
  }
  if (device.bad_batches > 0) {
    DeviceRow good = device;
    good.bad_batches = 0;
    DAYBOOK_TRY(store_.put_device(good));
  }
  admission.stored = position_of(lineage);
  auto& run = taking.run;
  const bool whole = run && run->last_seq == last_seq && admission.sets_new > 0 &&
                     run->last_seq - run->first_seq + 1 == admission.sets_new;
  if (whole) admission.run = std::move(run);
  return admission;
}

// One savepoint for all: a set that cannot be applied is rare, and a savepoint each is dear. After
// one, everything is as it was, and the second time it alone is parked.
Result<void> Ingest::take_together(Taking& taking) {
  if (taking.places.size() - taking.from == 1) return take_one_by_one(taking);
  const LineageRow before = taking.lineage;
  DAYBOOK_TRY(store_.savepoint());
  taking.together = true;
  const auto taken = take_one_by_one(taking);
  taking.together = false;
  if (taken.ok()) return store_.release();
  if (!taking.not_together) return taken;
  DAYBOOK_TRY(store_.rollback_to_savepoint());
  taking.lineage = before;
  taking.run.emplace();
  taking.taken.clear();
  taking.parked.reset();
  return take_one_by_one(taking);
}

Result<void> Ingest::take_one_by_one(Taking& taking) {
  for (std::size_t i = taking.from; i < taking.places.size(); ++i)
    DAYBOOK_TRY(take_body(taking, i, Trying::kTrusted));
  return {};
}

// Each transaction of a few sets is durable before the next is tried: what went before must not be
// tried again because of what comes now.
Result<void> Ingest::take_on_trial(Taking& taking) {
  const DeviceId& device = taking.device.device;
  if (planted(PlantedBug::kAttemptCountedOnWholeGroup)) DAYBOOK_TRY(count_all(taking));
  for (std::size_t i = taking.from; i < taking.places.size();) {
    const std::size_t end = std::min(taking.places.size(), i + trial_.together(device));
    const Trying trying = end - i == 1 ? Trying::kAlone : Trying::kTogether;
    for (; i < end; ++i) DAYBOOK_TRY(take_body(taking, i, trying));
    DAYBOOK_TRY(store_.put_lineage(taking.lineage));
    DAYBOOK_TRY(store_.commit());
    DAYBOOK_TRY(store_.begin());
    trial_.passed(device);
  }
  return {};
}

// Everything in it is older than what we hold: true when it is the same history.
Result<bool> Ingest::all_known(const wire::Batch& batch) {
  for (const auto& bytes : batch.bodies) {
    const auto body = decode_body(bytes);
    if (!body.ok()) continue;  // parked under a stand-in id when it first came
    DAYBOOK_ASSIGN(const auto known, store_.find_set(body->id));
    if (!known || known->body_hash != hash_of_body(bytes)) return false;
  }
  return true;
}

// Wrong hash or signature is not parking: nothing is stored and the phone sends again. At the third
// time in a row the bytes are kept as evidence and the device is held for support, because then it
// is no accident of the line.
Result<void> Ingest::refuse_batch(const DeviceRow& device, const wire::Batch& batch) {
  DeviceRow row = device;
  ++row.bad_batches;
  trace_.note(TraceLevel::kWarning, "ingest.bad_batch",
              {{"device", to_string(device.device)},
               {"times", static_cast<std::int64_t>(row.bad_batches)}});
  if (row.bad_batches >= kBadBatchesMax) {
    row.status = DeviceStatus::kHeld;
    wire::SyncRequest raw;
    raw.device = device.device;
    raw.batch = batch;
    DAYBOOK_TRY(store_.put_evidence(
        {device.device, clock_.wall_ms(), "wrong_signature", wire::encode(raw)}));
    DAYBOOK_ASSIGN(const auto head, store_.head());
    DAYBOOK_ASSIGN(const auto number,
                   open_device_case(CaseKind::kDeviceHeld, device.device, "wrong_signature",
                                    SetId{}, device.actor, head.version));
    trace_.note(
        TraceLevel::kError, "ingest.held",
        {{"device", to_string(device.device)}, {"case", static_cast<std::int64_t>(number)}});
  }
  return store_.put_device(row);
}

Result<Ingest::Author> Ingest::author_of(const DeviceRow& device, const LineageRow& lineage,
                                         std::uint64_t seq, const Digest& link) {
  Author author;
  author.lineage = lineage.lineage;
  author.seq = seq;
  author.device = device.device;
  author.incarnation = lineage.incarnation;
  author.scope = scope_of_user(device.actor);
  author.link = link;
  if (device.role != "technician") author.judged_as |= kJudgedAsOffice;
  if (device.status == DeviceStatus::kLeaver) author.judged_as |= kJudgedAsLeaver;
  author.sight.lineage = lineage.lineage;
  author.sight.seq = seq;
  Lineage parent = lineage.parent;
  std::uint64_t upto = lineage.parent_seq;
  while (parent != kOfficeLineage && author.sight.ancestors.size() < 1000) {
    author.sight.ancestors.push_back({parent, upto});
    DAYBOOK_ASSIGN(const auto row, store_.load_lineage(parent));
    if (!row) break;
    parent = row->parent;
    upto = row->parent_seq;
  }
  return author;
}

// What must not be done: a crash of one set counts against all that came with it.
Result<void> Ingest::count_all(const Taking& taking) {
  for (std::size_t i = taking.from; i < taking.places.size(); ++i) {
    const auto body = decode_body(taking.batch.bodies[i]);
    if (body.ok()) DAYBOOK_TRY(store_.count_attempt(body->id));
  }
  DAYBOOK_TRY(store_.commit());
  return store_.begin();
}

// Before a set runs alone it is counted, durably; false when it was alone too often.
Result<bool> Ingest::may_try(const SetId& set, Trying trying) {
  if (trying == Trying::kTrusted) return true;
  DAYBOOK_ASSIGN(const auto before, store_.attempts_of(set));
  if (before >= kLonelyAttemptsMax) return false;
  if (trying != Trying::kAlone) return true;
  DAYBOOK_TRY(store_.count_attempt(set));
  DAYBOOK_TRY(store_.commit());
  DAYBOOK_TRY(store_.begin());
  return true;
}

Result<void> Ingest::take_body(Taking& taking, std::size_t at, Trying trying) {
  const DeviceRow& device = taking.device;
  LineageRow& lineage = taking.lineage;
  const Place& place = taking.places[at];
  const BytesView bytes = taking.batch.bodies[at];
  const Digest& body_hash = place.body_hash;
  const std::uint64_t seq = lineage.last_seq + 1;
  DAYBOOK_ASSIGN(const Author author, author_of(device, lineage, seq, place.link));
  const auto advance = [&] {
    lineage.last_seq = seq;
    lineage.last_link = place.link;
  };
  const auto wait_for_people = [&](const Body& set) {
    if (taking.parked) taking.parked->add(rules_, set.id, &set);
  };
  const auto park_unjudged = [&](const Body& set, const Obstacle& obstacle) -> Result<void> {
    DAYBOOK_ASSIGN(CommitRow row, next_commit(set.id, set.actor, body_hash, author));
    row.body = copy_of(bytes);
    DAYBOOK_TRY(park(set, std::move(row), author, obstacle));
    wait_for_people(set);
    return {};
  };
  auto body = decode_body(bytes);
  if (!body.ok()) {
    Body unreadable;
    unreadable.id = stand_in_id(body_hash);
    unreadable.actor = device.actor;
    DAYBOOK_TRY(park_unjudged(unreadable, {"malformed", body.error().field, {}}));
    advance();
    return {};
  }
  DAYBOOK_ASSIGN(const auto known, store_.find_set(body->id));
  if (known && known->body_hash == body_hash) {
    // Sent again, or re-linked under a fresh incarnation: it has its verdict.
    advance();
    return {};
  }
  if (known) {
    Body other = *body;
    other.id = stand_in_id(body_hash);
    DAYBOOK_TRY(park_unjudged(other, {"id_reused", to_string(body->id), {}}));
    advance();
    return {};
  }
  DAYBOOK_ASSIGN(const bool try_it, may_try(body->id, trying));
  if (!try_it) {
    DAYBOOK_TRY(park_unjudged(*body, {"crashed_the_server", "", {}}));
  } else {
    if (poison_) poison_(*body);
    DAYBOOK_ASSIGN(const auto receipt, take_set(*body, bytes, body_hash, author, &taking));
    note_in_run(taking.run, *body, receipt);
    taking.taken.insert(body->id);
    if (receipt.verdict == Verdict::kParked) wait_for_people(*body);
    if (trying != Trying::kTrusted) DAYBOOK_TRY(store_.clear_attempts(body->id));
  }
  advance();
  return {};
}

Result<Receipt> Ingest::admit_office(const Body& body, bool settles, Proviso proviso) {
  DAYBOOK_TRY(open());
  DAYBOOK_TRY(check_shape(body));
  const Bytes bytes = encode(body);
  DAYBOOK_ASSIGN(const auto known, store_.find_last_verdict(body.id));
  const Digest body_hash = hash_of_body(bytes);
  if (known) {
    DAYBOOK_ASSIGN(const auto first, store_.find_set(body.id));
    if (!first || first->body_hash != body_hash)
      return failure(Errc::kAlreadyExists, "id", "another change set has this id");
    Receipt again;
    again.set = body.id;
    again.commit = known->version;
    again.verdict = known->verdict;
    DAYBOOK_TRY(decode_outcome(known->outcome, again));
    return again;
  }
  Author author;
  author.judged_as = kJudgedAsOffice;
  if (settles) author.judged_as |= kJudgedAsSettling;
  author.proviso = std::move(proviso);
  return take_set(body, bytes, body_hash, author);
}

}  // namespace daybook
