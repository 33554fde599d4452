// SPDX-License-Identifier: Apache-2.0
#include "sync-server/rules/rehearsal.hpp"

#include <algorithm>
#include <utility>

#include "sync-server/store/body_bytes.hpp"

namespace daybook {
namespace {

using FieldKey = std::pair<RecordRef, std::string>;

std::map<FieldKey, const FieldReceipt*> by_key(const Receipt& receipt) {
  std::map<FieldKey, const FieldReceipt*> fields;
  for (const auto& field : receipt.fields)
    fields.emplace(FieldKey{field.record, field.field}, &field);
  return fields;
}

// A field that a receipt does not name is in force as asked.
FieldOutcome outcome_of(const FieldReceipt* field) {
  return field == nullptr ? FieldOutcome::kTaken : field->outcome;
}

void count(RehearsalTally& tally, const Difference& difference) {
  ++tally.decisions;
  if (difference.case_would && !difference.case_was) ++tally.cases_more;
  if (difference.case_was && !difference.case_would) ++tally.cases_less;
}

}  // namespace

Result<void> Rehearsal::Stage::put_commit(const CommitRow& row) {
  if (row.verdict == Verdict::kParked) return MemoryServerStore::put_commit(row);
  CommitRow bare = row;
  if (!bare.body.empty()) bare.body.resize(1);  // which row holds it is asked, what it says is not
  return MemoryServerStore::put_commit(bare);
}

Result<std::optional<Bytes>> Rehearsal::Stage::find_setting(const std::string& name) {
  // A ladder told where an epoch forked off; all else that is named so is the judging's own.
  return name.starts_with("fork.") ? book->find_setting(name)
                                   : MemoryServerStore::find_setting(name);
}

Result<std::unique_ptr<Rehearsal>> Rehearsal::begin(ServerStore& book, Schema candidate,
                                                    Clock& clock, Trace& trace) {
  std::unique_ptr<Rehearsal> rehearsal(new Rehearsal(std::move(candidate), clock, trace));
  DAYBOOK_ASSIGN(const auto head, book.head());
  rehearsal->through_ = head.version;
  DAYBOOK_ASSIGN(rehearsal->epochs_, book.epochs());
  DAYBOOK_TRY(rehearsal->stage_.begin());
  DAYBOOK_TRY(rehearsal->copy_devices(book));
  DAYBOOK_TRY(rehearsal->open_epochs());
  DAYBOOK_TRY(rehearsal->stage_.commit());
  return rehearsal;
}

Result<void> Rehearsal::copy_devices(ServerStore& book) {
  DAYBOOK_ASSIGN(const auto devices, book.list_devices());
  std::vector<LineageRow> lineages;
  for (const auto& device : devices) {
    DAYBOOK_TRY(stage_.put_device(device));
    DAYBOOK_ASSIGN(auto rows, book.lineages_of(device.device));
    std::move(rows.begin(), rows.end(), std::back_inserter(lineages));
  }
  std::sort(lineages.begin(), lineages.end(),
            [](const LineageRow& a, const LineageRow& b) { return a.lineage < b.lineage; });
  for (auto& row : lineages) {
    // The store numbers them itself: in the same order they get the same numbers.
    const Lineage number = std::exchange(row.lineage, Lineage{0});
    DAYBOOK_ASSIGN(const auto given, stage_.put_lineage(row));
    if (given != number) return failure(Errc::kCorrupt, "lineage", std::to_string(number));
  }
  return {};
}

Result<void> Rehearsal::open_epochs() {
  while (!epochs_.empty() && epochs_.front().start_version <= done_) {
    DAYBOOK_ASSIGN(const auto head, stage_.head());
    EpochRow epoch = epochs_.front();
    epoch.start_version = head.version;
    epoch.start_head = head.head;
    DAYBOOK_TRY(stage_.append_epoch(epoch));
    epochs_.erase(epochs_.begin());
  }
  return {};
}

Result<bool> Rehearsal::go_on(ServerStore& book, std::size_t commits_max) {
  stage_.book = &book;
  const Version end = std::min<Version>(through_, done_ + commits_max);
  while (done_ < end) {
    DAYBOOK_ASSIGN(const auto recorded, book.find_commit(done_ + 1));
    if (!recorded) return failure(Errc::kCorrupt, "commit", std::to_string(done_ + 1));
    DAYBOOK_TRY(stage_.begin());
    DAYBOOK_TRY(judge(book, *recorded));
    DAYBOOK_TRY(stage_.commit());
  }
  return done_ == through_;
}

// Headquarters looks every ten minutes; what it looks at falls due by the hour.
Result<void> Rehearsal::go_to(std::int64_t ms) {
  constexpr std::int64_t kHourMs = 3'600'000;
  const bool same_hour = ms / kHourMs == clock_.ms / kHourMs;
  clock_.ms = std::max(clock_.ms, ms);
  return same_hour || done_ == 0 ? success() : ingest_.look_at_overdue();
}

Result<void> Rehearsal::judge(ServerStore& book, const CommitRow& recorded) {
  DAYBOOK_TRY(go_to(recorded.received_ms));
  Receipt was;
  was.verdict = recorded.verdict;
  if (!recorded.outcome.empty()) DAYBOOK_TRY(decode_outcome(recorded.outcome, was));
  DAYBOOK_ASSIGN(const Bytes bytes, body_bytes_of(book, recorded));
  DAYBOOK_ASSIGN(const auto would, ingest_.judge_again(recorded, was, bytes));
  compare(recorded, was, would);
  ++done_;
  return open_epochs();
}

void Rehearsal::compare(const CommitRow& recorded, const Receipt& was, const Receipt& would) {
  Difference whole;
  whole.commit = recorded.version;
  whole.actor = recorded.actor;
  const bool waits_now = would.verdict == Verdict::kParked;
  const bool refused_now = would.verdict == Verdict::kRefused && was.verdict != Verdict::kRefused;
  if ((was.verdict == Verdict::kParked) != waits_now || refused_now) {
    whole.was = name_of(was.verdict);
    whole.would = name_of(would.verdict);
    whole.reason = would.reason.empty() ? would.detail : would.reason + " " + would.detail;
    whole.case_was = was.verdict == Verdict::kParked;
    whole.case_would = waits_now;
    return note(std::move(whole));
  }
  auto theirs = by_key(was);
  const auto ours = by_key(would);
  for (const auto& entry : ours) theirs.try_emplace(entry.first, nullptr);
  for (const auto& [key, before] : theirs) {
    const auto found = ours.find(key);
    const FieldReceipt* after = found == ours.end() ? nullptr : found->second;
    Difference one = whole;
    one.case_was = before != nullptr && before->case_number != 0;
    one.case_would = after != nullptr && after->case_number != 0;
    if (outcome_of(before) == outcome_of(after) && one.case_was == one.case_would) continue;
    one.record = key.first;
    one.field = key.second;
    one.was = name_of(outcome_of(before));
    one.would = name_of(outcome_of(after));
    if (before != nullptr) one.rule_was = before->rule;
    if (after != nullptr) one.rule_would = after->rule;
    note(std::move(one));
  }
}

void Rehearsal::note(Difference difference) {
  count(tally_, difference);
  const bool whole = difference.field.empty();
  count(by_field_[whole ? "" : difference.record.collection + "." + difference.field], difference);
  if (shown_.size() < kShownMax) shown_.push_back(std::move(difference));
}

}  // namespace daybook
