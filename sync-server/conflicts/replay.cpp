// SPDX-License-Identifier: Apache-2.0
#include "sync-server/conflicts/replay.hpp"

#include <algorithm>

#include "core/schema/load.hpp"
#include "sync-server/ingest/repair.hpp"
#include "sync-server/store/body_bytes.hpp"

namespace daybook {
namespace {

constexpr std::size_t kVersionsMost = 5'000;

// What the body does to one record, as the merge takes it. Points into the body.
struct Part {
  const Change* change = nullptr;
  std::vector<const Claim*> claims;
  std::vector<std::string> events;
};

Part part_of(const Schema& schema, const Body& body, const RecordRef& record) {
  Part part;
  for (const auto& change : body.changes) {
    if (change.record == record) {
      part.change = &change;
      if (const auto* collection = schema.find(record.collection))
        part.events = events_of(*collection, change);
    }
    for (auto& about : events_of_fact(schema, change)) {
      if (about.record == record) part.events.push_back(std::move(about.event));
    }
  }
  for (const auto& claim : body.claims) {
    if (claim.record == record) part.claims.push_back(&claim);
  }
  return part;
}

// Whether the plan says of every field what the book says.
bool agrees(const MergePlan& plan, const Receipt& receipt, const RecordRef& record) {
  for (const auto& field : plan.fields) {
    auto told = FieldOutcome::kTaken;
    for (const auto& one : receipt.fields) {
      if (one.record == record && one.field == field.field) told = one.outcome;
    }
    const bool plain =
        field.outcome == FieldOutcome::kTaken || field.outcome == FieldOutcome::kSame;
    if (plain ? told != FieldOutcome::kTaken : told != field.outcome) return false;
  }
  return true;
}

}  // namespace

Result<Body> body_of(ServerStore& store, const CommitRow& row) {
  DAYBOOK_ASSIGN(const Bytes bytes, body_bytes_of(store, row));
  return decode_body(bytes);
}

Result<const Schema*> Replay::schema_at(std::uint64_t version) {
  if (version == schema_.version) return &schema_;
  if (const auto known = older_.find(version); known != older_.end()) return &known->second;
  DAYBOOK_ASSIGN(const auto rows, store_.list_schemas());
  for (const auto& row : rows) {
    if (row.version != version) continue;
    auto schema = load_schema(row.json, "rule set " + std::to_string(version));
    if (!schema.ok()) break;
    return &older_.emplace(version, *std::move(schema)).first->second;
  }
  return &schema_;  // the nearest there is; the step then shows whether it fits
}

Result<Sight> Replay::sight_of(const CommitRow& row) {
  Sight sight;
  sight.lineage = row.lineage;
  sight.seq = row.seq;
  DAYBOOK_ASSIGN(auto line, store_.load_lineage(row.lineage));
  while (line && line->parent != 0) {
    sight.ancestors.push_back({line->parent, line->parent_seq});
    DAYBOOK_ASSIGN(line, store_.load_lineage(line->parent));
  }
  return sight;
}

Result<std::optional<ReplayStep>> Replay::step(const RecordRef& record, const CommitRow& row,
                                               const RecordState* before) {
  DAYBOOK_ASSIGN(const auto* schema, schema_at(row.rules_version));
  DAYBOOK_ASSIGN(const auto body, body_of(store_, row));
  const auto part = part_of(*schema, body, record);
  MergeInput input;
  input.collection = schema->find(record.collection);
  const bool creates = part.change != nullptr && part.change->kind == Change::Kind::kCreate;
  if (input.collection == nullptr || creates == (before != nullptr))
    return std::optional<ReplayStep>{};
  input.current = before;
  input.side = (row.judged_as & kJudgedAsOffice) != 0 ? Side::kOffice : Side::kTechnician;
  input.settles = (row.judged_as & kJudgedAsSettling) != 0;
  DAYBOOK_ASSIGN(input.sight, sight_of(row));
  input.commit = row.version;
  input.events = part.events;
  if (creates) input.created = &part.change->created;
  const auto add = [&](const std::string& field, const std::optional<Value>& was, const Base& base,
                       const Value& now, bool is_claim) -> Result<void> {
    DAYBOOK_ASSIGN(const Version version, ingest_.resolve(base));
    input.event_base = std::max(input.event_base, version);
    input.edits.push_back({field, was, version, now, is_claim, version < base.version});
    return {};
  };
  if (part.change != nullptr) {
    for (const auto& edit : part.change->edits)
      DAYBOOK_TRY(add(edit.field, edit.was, edit.base, edit.now, false));
  }
  for (const auto* claim : part.claims) {
    if (claim->seen) DAYBOOK_TRY(add(claim->field, claim->seen, claim->base, *claim->seen, true));
  }
  Receipt told;
  if (!row.outcome.empty()) DAYBOOK_TRY(decode_outcome(row.outcome, told));
  ReplayStep step;
  step.commit = row.version;
  step.plan = plan_merge(input);
  if (!agrees(step.plan, told, record)) {
    // Whether it was late the book tells by its outcome only.
    input.late = true;
    step.plan = plan_merge(input);
    step.exact = agrees(step.plan, told, record);
  }
  if (step.plan.already_exists) return std::optional<ReplayStep>{};
  step.state = apply_plan(input, step.plan);
  step.state.record = record;
  if (!step.plan.changes_row && before != nullptr) step.state.version = before->version;
  if (body.replaces) {
    DAYBOOK_ASSIGN(const auto replaced, store_.find_set(*body.replaces));
    const auto wanted =
        replaced ? decode_body(replaced->body) : Result<Body>(failure(Errc::kNotFound));
    if (wanted.ok())
      credit_replaced(step.state, body, row.version, {*wanted, replaced->lineage, replaced->seq});
  }
  return std::optional(std::move(step));
}

Result<std::vector<ReplayStep>> Replay::of(const RecordRef& record, Version through) {
  DAYBOOK_ASSIGN(auto versions, store_.history_of(record, kVersionsMost));
  std::reverse(versions.begin(), versions.end());
  std::vector<ReplayStep> steps;
  bool exact = versions.size() < kVersionsMost;
  for (const auto version : versions) {
    if (version > through) break;
    DAYBOOK_ASSIGN(const auto row, store_.find_commit(version));
    if (!row) continue;
    const RecordState* before = steps.empty() ? nullptr : &steps.back().state;
    DAYBOOK_ASSIGN(auto next, step(record, *row, before));
    if (!next) {
      exact = false;
      continue;
    }
    exact = exact && next->exact;
    next->exact = exact;
    steps.push_back(*std::move(next));
  }
  return steps;
}

}  // namespace daybook
