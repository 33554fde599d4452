// SPDX-License-Identifier: Apache-2.0
// Parking: a set that cannot be applied waits, with those that build upon it and nobody else. It
// got its commit number and its receipt; it never reaches the feed; people release or discard it,
// and its dependents are taken again in their order.
#include <algorithm>

#include "core/base/hex.hpp"
#include "core/schema/case_terms.hpp"
#include "sync-server/ingest/ingest.hpp"
#include "sync-server/ingest/promises.hpp"

namespace daybook {

Result<ParkedIndex> Ingest::read_parked(const Author& author) {
  ParkedIndex parked;
  std::vector<Sight::Ancestor> line = author.sight.ancestors;
  line.push_back({author.lineage, author.seq - 1});
  for (const auto& part : line) {
    DAYBOOK_ASSIGN(const auto rows, store_.parked_of(part.lineage));
    for (const auto& row : rows) {
      if (row.seq > part.seq_max) continue;
      DAYBOOK_ASSIGN(const auto held, store_.find_set(row.set));
      const auto body = held ? decode_body(held->body) : Result<Body>(failure(Errc::kNotFound));
      parked.add(rules_, row.set, body.ok() ? &*body : nullptr);
    }
  }
  return parked;
}

Result<std::vector<SetId>> Ingest::parked_predecessors(const Body& body, const Author& author,
                                                       Taking* taking) {
  if (taking == nullptr) {
    DAYBOOK_ASSIGN(const auto parked, read_parked(author));
    return parked.waited_for_by(body);
  }
  if (!taking->parked) {
    DAYBOOK_ASSIGN(taking->parked, read_parked(author));
  }
  return taking->parked->waited_for_by(body);
}

Result<Receipt> Ingest::park(const Body& body, CommitRow row, const Author& author,
                             const Obstacle& obstacle) {
  Receipt receipt = receipt_of(author, row, Verdict::kParked);
  receipt.reason = obstacle.reason;
  receipt.detail = obstacle.detail;
  ParkedRow parked{body.id,         author.lineage,  author.seq, row.version,
                   obstacle.reason, obstacle.detail, 0,          obstacle.waits_for};
  if (obstacle.waits_for.empty()) {
    DAYBOOK_ASSIGN(parked.case_number, open_device_case(CaseKind::kParked, author.device,
                                                        obstacle.reason + " " + obstacle.detail,
                                                        body.id, body.actor, row.version));
  }
  if (!row.body.empty()) DAYBOOK_TRY(note_promises(store_, body, author.device, row.version));
  DAYBOOK_TRY(write_commit(row, receipt));
  DAYBOOK_TRY(store_.put_parked(parked));
  trace_.note(TraceLevel::kWarning, "ingest.parked",
              {{"set", to_string(body.id)}, {"reason", obstacle.reason}});
  return receipt;
}

Result<std::uint64_t> Ingest::open_device_case(CaseKind kind, const DeviceId& device,
                                               const std::string& detail, const SetId& set,
                                               const ActorId& actor, Version commit) {
  // One case per parked set; else one open case of a kind per device.
  const std::string subject = kind == CaseKind::kParked ? to_string(set) : std::string();
  DAYBOOK_ASSIGN(auto open, store_.find_open_case(kind, RecordRef{}, subject, device));
  ConflictCase conflict;
  if (open) {
    conflict = std::move(*open);
  } else {
    DAYBOOK_ASSIGN(conflict.number, store_.next_case_number());
    conflict.kind = kind;
    conflict.field = subject;
    conflict.device = device;
    conflict.opened = commit;
    conflict.opened_ms = clock_.wall_ms();
    conflict.device_actor = actor;
    begin_case(conflict, rules_);
  }
  conflict.detail = detail;
  if (!set.is_zero()) conflict.trail.push_back(set);
  DAYBOOK_TRY(store_.put_case(conflict));
  return conflict.number;
}

Result<Receipt> Ingest::release_parked(const SetId& set) {
  DAYBOOK_ASSIGN(const auto parked, store_.find_parked(set));
  if (!parked) return failure(Errc::kNotFound, "set", to_string(set) + " is not parked");
  DAYBOOK_ASSIGN(auto receipt, take_again(*parked));
  if (receipt.verdict != Verdict::kParked) DAYBOOK_TRY(take_dependents_again(*parked));
  return receipt;
}

Result<Receipt> Ingest::discard_parked(const SetId& set, const ActorId& by,
                                       const std::string& reason) {
  DAYBOOK_ASSIGN(const auto parked, store_.find_parked(set));
  if (!parked) return failure(Errc::kNotFound, "set", to_string(set) + " is not parked");
  DAYBOOK_ASSIGN(auto receipt, end_parked(*parked, by, "discarded", reason));
  DAYBOOK_TRY(take_dependents_again(*parked));
  return receipt;
}

Result<Receipt> Ingest::take_again(const ParkedRow& parked) {
  DAYBOOK_TRY(open());
  DAYBOOK_ASSIGN(const auto first, store_.find_set(parked.set));
  DAYBOOK_ASSIGN(const auto lineage, store_.load_lineage(parked.lineage));
  ensure(first.has_value() && lineage.has_value());
  DAYBOOK_ASSIGN(const auto device, store_.find_device(lineage->device));
  ensure(device.has_value());
  auto body = decode_body(first->body);
  if (!body.ok()) return failure(Errc::kInvalid, body.error().field, "cannot be read; discard it");
  if (body->id != parked.set)
    return failure(Errc::kAlreadyExists, "id", "taken by another set; discard it");
  DAYBOOK_ASSIGN(const Author author, author_of(*device, *lineage, parked.seq, Digest{}));
  DAYBOOK_TRY(store_.erase_parked(parked.set));
  DAYBOOK_TRY(store_.clear_attempts(parked.set));
  // The body stands in the log already: the new commit carries the verdict only.
  return take_set(*body, {}, first->body_hash, author);
}

Result<void> Ingest::take_dependents_again(const ParkedRow& settled) {
  DAYBOOK_ASSIGN(const auto owner, store_.load_lineage(settled.lineage));
  ensure(owner.has_value());
  DAYBOOK_ASSIGN(const auto lineages, store_.lineages_of(owner->device));
  for (const auto& lineage : lineages) {
    DAYBOOK_ASSIGN(const auto rows, store_.parked_of(lineage.lineage));
    for (const auto& listed : rows) {
      // Read anew: one that was taken again just now may have told this row already, or taken it
      // along.
      DAYBOOK_ASSIGN(auto found, store_.find_parked(listed.set));
      if (!found) continue;
      ParkedRow row = *std::move(found);
      const auto waits = std::find(row.waits_for.begin(), row.waits_for.end(), settled.set);
      if (waits == row.waits_for.end()) continue;
      row.waits_for.erase(waits);
      DAYBOOK_TRY(store_.put_parked(row));
      if (!row.waits_for.empty()) continue;
      DAYBOOK_ASSIGN(const auto receipt, take_again(row));
      if (receipt.verdict != Verdict::kParked) DAYBOOK_TRY(take_dependents_again(row));
    }
  }
  return {};
}

}  // namespace daybook
