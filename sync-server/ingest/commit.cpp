// SPDX-License-Identifier: Apache-2.0
// Writing: what the plans say, all of a set or nothing: records, scopes, cases, and the commit row
// that carries body, verdict and head.
#include <algorithm>

#include "core/base/hex.hpp"
#include "core/schema/case_terms.hpp"
#include "sync-server/ingest/ingest.hpp"
#include "sync-server/ingest/promises.hpp"
#include "sync-server/store/verify.hpp"

namespace daybook {
namespace {

// The sender has its own values in its body; in the receipt they are a reminder, and a reminder
// need not be long.
constexpr std::size_t kOwnValueSizeMax = 4096;

std::size_t size_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kText: return value.as_text().size();
    case Value::Kind::kBytes: return value.as_bytes().size();
    case Value::Kind::kList: break;
    default: return 9;
  }
  std::size_t size = 0;
  for (const auto& element : value.as_list()) size += size_of(element);
  return size;
}

std::optional<Value> reminder_of(const std::optional<Value>& own) {
  return own && size_of(*own) <= kOwnValueSizeMax ? own : std::nullopt;
}

bool told(const FieldPlan& plan) {
  return plan.outcome != FieldOutcome::kTaken && plan.outcome != FieldOutcome::kSame;
}

}  // namespace

bool Ingest::is_of_the_store(Errc code) {
  return code == Errc::kIo || code == Errc::kDiskFull || code == Errc::kCorrupt ||
         code == Errc::kBusy;
}

Result<CommitRow> Ingest::next_commit(const SetId& set, const ActorId& actor,
                                      const Digest& body_hash, const Author& author) {
  DAYBOOK_ASSIGN(const auto head, store_.head());
  CommitRow row;
  row.version = head.version + 1;
  row.set = set;
  row.lineage = author.lineage;
  row.seq = author.seq;
  row.link = author.link;
  row.body_hash = body_hash;
  row.actor = actor;
  row.rules_version = rules_->version;
  row.judged_as = author.judged_as;
  row.received_ms = clock_.wall_ms();
  return row;
}

Receipt Ingest::receipt_of(const Author& author, const CommitRow& row, Verdict verdict) {
  Receipt receipt;
  receipt.set = row.set;
  receipt.incarnation = author.incarnation;
  receipt.seq = author.seq;
  receipt.commit = row.version;
  receipt.verdict = verdict;
  receipt.rules_version = row.rules_version;
  return receipt;
}

Result<void> Ingest::write_commit(CommitRow& row, const Receipt& receipt) {
  DAYBOOK_ASSIGN(const auto head, store_.head());
  ensure(row.version == head.version + 1);
  row.verdict = receipt.verdict;
  const bool plain = receipt.fields.empty() && receipt.reason.empty();
  row.outcome = plain ? Bytes{} : encode_outcome(receipt);
  row.head = head_after(leaf_of(head.epoch, head.head, row));
  return store_.put_commit(row);
}

Result<Receipt> Ingest::take_set(const Body& body, BytesView bytes, const Digest& body_hash,
                                 const Author& author, Taking* taking) {
  DAYBOOK_ASSIGN(CommitRow row, next_commit(body.id, body.actor, body_hash, author));
  row.body = copy_of(bytes);
  DAYBOOK_ASSIGN(auto judged, judge(body, author, row.version, taking));
  if (const auto* obstacle = std::get_if<Obstacle>(&judged)) {
    // People at headquarters are there to be asked; what they sent is not kept.
    if (author.lineage == kOfficeLineage)
      return failure(Errc::kInvalid, obstacle->detail, obstacle->reason);
    return park(body, std::move(row), author, *obstacle);
  }
  const bool together = taking != nullptr && taking->together;
  if (!together) DAYBOOK_TRY(store_.savepoint());
  auto receipt = apply(body, row, author, std::get<Judgement>(std::move(judged)));
  if (receipt.ok() && author.proviso) {
    if (auto kept = author.proviso(); !kept.ok()) receipt = std::move(kept).error();
  }
  if (receipt.ok()) {
    if (!together) DAYBOOK_TRY(store_.release());
    return receipt;
  }
  if (is_of_the_store(receipt.error().code)) return receipt;
  if (together) {
    taking->not_together = true;
    return receipt;
  }
  return take_back(body, std::move(row), author, std::move(receipt).error());
}

// What was written of the set goes, and the set waits for people.
Result<Receipt> Ingest::take_back(const Body& body, CommitRow row, const Author& author,
                                  Error why) {
  DAYBOOK_TRY(store_.rollback_to_savepoint());
  row.records.clear();
  if (author.lineage == kOfficeLineage) return why;
  trace_.note(TraceLevel::kError, "ingest.cannot_apply",
              {{"set", to_string(body.id)}, {"error", to_string(why)}});
  return park(body, std::move(row), author, {"cannot_apply", std::string(name_of(why.code)), {}});
}

Result<Receipt> Ingest::apply(const Body& body, CommitRow& row, const Author& author,
                              Judgement judgement) {
  Receipt receipt = receipt_of(author, row, judgement.verdict);
  Guards::Noted noted;
  for (auto& judged : judgement.records) {
    const std::size_t told_before = receipt.fields.size();
    for (const auto& plan : judged.plan.fields) {
      const bool for_review =
          plan.opens_case || (judged.late && plan.outcome == FieldOutcome::kProposed);
      if (!told(plan) && !for_review) continue;
      FieldReceipt field{judged.work.record,    plan.field, plan.outcome, plan.rule,
                         reminder_of(plan.own), 0};
      if (for_review) {
        DAYBOOK_ASSIGN(field.case_number, case_about(body, author, judged, plan, receipt));
      }
      receipt.fields.push_back(std::move(field));
    }
    // A proposal changes nothing and belongs to the record's history all the same.
    if (judged.plan.changes_record || receipt.fields.size() > told_before)
      row.records.push_back(judged.work.record);
    if (!judged.plan.changes_record) continue;
    const RecordState* before = judged.before ? &*judged.before : nullptr;
    const bool shows = before == nullptr || judged.plan.changes_row;
    judged.input.current = before;
    RecordState after = apply_plan(judged.input, std::move(judged.plan));
    after.record = judged.work.record;
    if (!shows) after.version = before->version;
    DAYBOOK_TRY(store_.put_record(after, membership_.parent_of(after)));
    if (shows) DAYBOOK_TRY(membership_.record_changed(before, after, row.version));
    if (shows) guards_.note(judged.work.record, before, after, noted);
  }
  DAYBOOK_TRY(look_between_records(body, author, row, judgement, noted, receipt));
  if (!row.body.empty()) DAYBOOK_TRY(note_promises(store_, body, author.device, row.version));
  DAYBOOK_TRY(write_commit(row, receipt));
  return receipt;
}

// After the merge, before the commit: what does not fit together with what else is in the book. The
// receipt names the case at a field that the set wrote.
Result<void> Ingest::look_between_records(const Body& body, const Author& author,
                                          const CommitRow& row, const Judgement& judgement,
                                          const Guards::Noted& noted, Receipt& receipt) {
  const auto is_fact = [&](const Change& change) {
    const auto* collection = rules_->find(change.record.collection);
    return change.kind == Change::Kind::kCreate && collection != nullptr && collection->is_fact;
  };
  const bool leaver = (author.judged_as & kJudgedAsLeaver) != 0;
  if (leaver && std::any_of(body.changes.begin(), body.changes.end(), is_fact)) {
    DAYBOOK_TRY(open_device_case(CaseKind::kRevokedKey, author.device, "leaver", body.id,
                                 body.actor, row.version));
  }
  DAYBOOK_ASSIGN(
      const auto findings,
      guards_.settle(noted, {body.id, body.actor, row.version, row.received_ms, author.device,
                             author.sight, (author.judged_as & kJudgedAsSettling) != 0,
                             [this](const Base& base) { return resolve(base); }}));
  for (const auto& finding : findings) {
    for (const auto& judged : judgement.records) {
      if (judged.work.record != finding.record) continue;
      const auto& fields = judged.plan.fields;
      auto written = fields.end();
      for (const auto& name : finding.fields) {
        if (written != fields.end()) break;
        written = std::find_if(fields.begin(), fields.end(),
                               [&](const FieldPlan& plan) { return plan.field == name; });
      }
      const bool told =
          written == fields.end() ||
          std::any_of(receipt.fields.begin(), receipt.fields.end(), [&](const FieldReceipt& field) {
            return field.record == finding.record && field.field == written->field;
          });
      if (told) continue;
      receipt.fields.push_back({finding.record, written->field, written->outcome, finding.rule,
                                std::nullopt, finding.case_number});
    }
  }
  return {};
}

// Of fields that move together the first opens the case, and the case is about all of them.
Result<std::uint64_t> Ingest::case_about(const Body& body, const Author& author,
                                         const Judged& judged, const FieldPlan& plan,
                                         const Receipt& so_far) {
  if (plan.group.empty()) return open_case(body, author, judged, plan, so_far.commit);
  for (const auto& other : judged.plan.fields) {
    if (other.group != plan.group) continue;
    for (const auto& told : so_far.fields) {
      if (told.record == judged.work.record && told.field == other.field) return told.case_number;
    }
  }
  const auto& groups = judged.plan.groups;
  const auto whole = std::find_if(groups.begin(), groups.end(), [&](const FieldPlan& group) {
    return group.field == plan.group;
  });
  ensure(whole != groups.end());
  return open_case(body, author, judged, *whole, so_far.commit);
}

Result<std::uint64_t> Ingest::open_case(const Body& body, const Author& author,
                                        const Judged& judged, const FieldPlan& plan,
                                        Version commit) {
  const CaseKind kind = plan.opens_case ? plan.case_kind : CaseKind::kLate;
  DAYBOOK_ASSIGN(auto open,
                 store_.find_open_case(kind, judged.work.record, plan.field, author.device));
  ConflictCase conflict;
  if (open) {
    // A later set of the same device replaces its value in the case that is open; it never opens a
    // second.
    conflict = std::move(*open);
  } else {
    DAYBOOK_ASSIGN(conflict.number, store_.next_case_number());
    conflict.kind = kind;
    conflict.record = judged.work.record;
    conflict.field = plan.field;
    conflict.device = author.device;
    conflict.base_value = plan.base;
    conflict.opened = commit;
    conflict.opened_ms = clock_.wall_ms();
    begin_case(conflict, rules_);
  }
  conflict.rule = plan.rule;
  conflict.detail = plan.why;
  // Where the device's value is the safe default, the other side's is the one that lost.
  conflict.office_value = plan.in_force == plan.own && plan.lost ? plan.lost : plan.in_force;
  conflict.device_value = plan.own;
  conflict.device_actor = body.actor;
  conflict.trail.push_back(body.id);
  DAYBOOK_TRY(store_.put_case(conflict));
  return conflict.number;
}

}  // namespace daybook
