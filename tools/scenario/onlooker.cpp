// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/onlooker.hpp"

#include <algorithm>

#include "tools/scenario/headquarters.hpp"

namespace daybook::scenario {

// Everything that one set does to one record.
struct Onlooker::Work {
  RecordRef record;
  const Change* change = nullptr;
  std::vector<const Claim*> claims;
  std::vector<std::string> events;
};

std::vector<Onlooker::Work> Onlooker::works_of(const Body& body) const {
  std::vector<Work> works;
  const auto of = [&](const RecordRef& record) -> Work& {
    for (auto& work : works) {
      if (work.record == record) return work;
    }
    works.push_back({record, nullptr, {}, {}});
    return works.back();
  };
  for (const auto& change : body.changes) {
    Work& work = of(change.record);
    work.change = &change;
    if (const auto* collection = schema_.find(change.record.collection))
      work.events = events_of(*collection, change);
  }
  for (const auto& change : body.changes) {
    for (auto& about : events_of_fact(schema_, change))
      of(about.record).events.push_back(std::move(about.event));
  }
  for (const auto& claim : body.claims) of(claim.record).claims.push_back(&claim);
  return works;
}

Sight Onlooker::sight_of(const CommitRow& row) {
  Sight sight;
  sight.lineage = row.lineage;
  sight.seq = row.seq;
  auto at = sure(store_.load_lineage(row.lineage));
  while (at && at->parent != kOfficeLineage) {
    sight.ancestors.push_back({at->parent, at->parent_seq});
    at = sure(store_.load_lineage(at->parent));
  }
  return sight;
}

// The book does not say that a set came late; its cases do.
bool Onlooker::is_late(const CommitRow& row, const Receipt& receipt) {
  if ((row.judged_as & kJudgedAsLeaver) != 0) return true;
  return std::any_of(receipt.fields.begin(), receipt.fields.end(), [&](const FieldReceipt& field) {
    if (field.case_number == 0) return false;
    const auto conflict = sure(store_.find_case(field.case_number));
    return conflict && conflict->kind == CaseKind::kLate;
  });
}

MergeInput Onlooker::input_of(const CommitRow& row, const Work& work, bool late) {
  MergeInput input;
  input.collection = schema_.find(work.record.collection);
  input.side = (row.judged_as & kJudgedAsOffice) != 0 ? Side::kOffice : Side::kTechnician;
  input.settles = (row.judged_as & kJudgedAsSettling) != 0;
  input.late = late;
  input.sight = sight_of(row);
  input.commit = row.version;
  input.events = work.events;
  const auto add = [&](const std::string& field, const std::optional<Value>& was, const Base& base,
                       const Value& now, bool is_claim) {
    const Version version = sure(ingest_.resolve(base));
    input.event_base = std::max(input.event_base, version);
    input.edits.push_back({field, was, version, now, is_claim, version < base.version});
  };
  if (work.change != nullptr && work.change->kind == Change::Kind::kCreate)
    input.created = &work.change->created;
  if (work.change != nullptr) {
    for (const auto& edit : work.change->edits)
      add(edit.field, edit.was, edit.base, edit.now, false);
  }
  for (const auto* claim : work.claims) {
    const auto seen = claimed_value(*input.collection, *claim, work.change);
    if (seen) add(claim->field, seen, claim->base, *seen, true);
  }
  const auto known = records_.find(work.record);
  if (known != records_.end()) input.current = &known->second;
  return input;
}

ToldCommit Onlooker::take(const CommitRow& row) {
  ToldCommit told;
  told.version = row.version;
  told.actor = row.actor;
  told.lineage = row.lineage;
  told.set = row.set;
  told.verdict = row.verdict;
  Receipt receipt;
  sure(decode_outcome(row.outcome, receipt));
  told.reason = receipt.reason;
  told.detail = receipt.detail;
  if (row.verdict == Verdict::kParked || row.verdict == Verdict::kDiscarded ||
      row.verdict == Verdict::kFurther)
    return told;
  // Of a set that was released the first commit holds the body.
  const auto first = sure(store_.find_set(row.set));
  const Body body = sure(decode_body(first->body));
  const bool late = is_late(row, receipt);
  for (const auto& work : works_of(body)) {
    const MergeInput input = input_of(row, work, late);
    const MergePlan plan = plan_merge(input);
    for (const auto& field : receipt.fields) {
      if (field.record != work.record) continue;
      const auto planned = std::find_if(plan.fields.begin(), plan.fields.end(),
                                        [&](const FieldPlan& p) { return p.field == field.field; });
      ensure(planned != plan.fields.end() && planned->outcome == field.outcome);
      told.fields.push_back({work.record, *planned, field.case_number});
    }
    if (!plan.changes_record) continue;
    RecordState after = apply_plan(input, plan);
    after.record = work.record;
    if (input.current != nullptr && !plan.changes_row) after.version = input.current->version;
    records_[work.record] = std::move(after);
  }
  return told;
}

std::vector<ToldCommit> Onlooker::look() {
  std::vector<ToldCommit> commits;
  for (const Version head = sure(store_.head()).version; seen_ < head;) {
    const auto row = sure(store_.find_commit(++seen_));
    ensure(row.has_value());
    commits.push_back(take(*row));
    if (row->verdict != Verdict::kFurther) told_[row->set] = commits.back();
  }
  for (const auto& [record, state] : records_)
    ensure(sure(store_.find_record(record)) == std::optional(state));
  return commits;
}

const ToldCommit* Onlooker::find(const SetId& set) const {
  const auto found = told_.find(set);
  return found == told_.end() ? nullptr : &found->second;
}

}  // namespace daybook::scenario
