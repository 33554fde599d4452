// SPDX-License-Identifier: Apache-2.0
// People's words on a set that has its place in the log: each is a commit that judges nothing and a
// further receipt for the phone that made the set.
#include <algorithm>

#include "core/base/hex.hpp"
#include "core/base/utf8_cut.hpp"
#include "sync-server/ingest/ingest.hpp"

namespace daybook {

namespace {

// Bytes of a person's words that travel with each receipt; the case has them whole.
constexpr std::size_t kWordsToldMax = 2'000;

}  // namespace

Result<Receipt> Ingest::write_further(const CommitRow& about, const ActorId& by, Receipt says) {
  DAYBOOK_ASSIGN(Author author, author_as_recorded(about));
  author.judged_as = kJudgedAsOffice | kJudgedAsSettling;
  author.link = Digest{};
  DAYBOOK_ASSIGN(CommitRow row, next_commit(about.set, by, about.body_hash, author));
  Receipt receipt = receipt_of(author, row, says.verdict);
  receipt.reason = std::move(says.reason);
  receipt.detail = std::move(says.detail);
  receipt.fields = std::move(says.fields);
  DAYBOOK_TRY(write_commit(row, receipt));
  return receipt;
}

// The last verdict on a set that will not be applied.
Result<Receipt> Ingest::end_parked(const ParkedRow& parked, const ActorId& by,
                                   const std::string& how, const std::string& detail) {
  DAYBOOK_ASSIGN(const auto first, store_.find_set(parked.set));
  ensure(first.has_value());
  Receipt ends;
  ends.verdict = Verdict::kDiscarded;
  ends.reason = how;
  ends.detail = detail;
  DAYBOOK_ASSIGN(auto receipt, write_further(*first, by, std::move(ends)));
  DAYBOOK_TRY(store_.erase_parked(parked.set));
  return receipt;
}

// Those that were discarded along with it have the commits right behind its own.
Result<std::vector<CommitRow>> Ingest::discarded_together(const SetId& set, Version through) {
  std::vector<CommitRow> rows;
  do {
    DAYBOOK_ASSIGN(auto row, store_.find_commit(through--));
    if (!row || row->verdict != Verdict::kDiscarded)
      return failure(Errc::kCorrupt, "set", to_string(set) + " was not discarded there");
    rows.push_back(*std::move(row));
  } while (rows.back().set != set);
  std::reverse(rows.begin(), rows.end());
  return rows;
}

Result<Receipt> Ingest::park_again(const SetId& set, Version through, const ActorId& by,
                                   std::uint64_t case_number) {
  DAYBOOK_ASSIGN(const auto discarded, discarded_together(set, through));
  Receipt last;
  for (const auto& ended : discarded) {
    // Why it waited its first verdict says, which has the body too.
    DAYBOOK_ASSIGN(const auto first, store_.find_set(ended.set));
    ensure(first.has_value());
    Receipt waits;
    DAYBOOK_TRY(decode_outcome(first->outcome, waits));
    waits.verdict = Verdict::kParked;
    ParkedRow row{ended.set, ended.lineage, ended.seq, 0, waits.reason, waits.detail, 0, {}};
    if (ended.set == set) row.case_number = case_number;
    if (const auto body = decode_body(first->body); ended.set != set && body.ok()) {
      DAYBOOK_ASSIGN(const Author author, author_as_recorded(*first));
      DAYBOOK_ASSIGN(row.waits_for, parked_predecessors(*body, author, nullptr));
    }
    DAYBOOK_ASSIGN(last, write_further(*first, by, std::move(waits)));
    row.commit = last.commit;
    DAYBOOK_TRY(store_.put_parked(row));
  }
  return last;
}

Result<Version> Ingest::tell_of_case(const ConflictCase& conflict, const CaseWord& word) {
  Version last = 0;
  for (const auto& set : conflict.trail) {
    DAYBOOK_ASSIGN(const auto told, store_.find_last_verdict(set));
    if (!told || told->lineage == kOfficeLineage) continue;
    Receipt says;
    DAYBOOK_TRY(decode_outcome(told->outcome, says));
    says.verdict = Verdict::kFurther;
    says.reason = word.reason;
    says.detail = beginning_of(word.text, kWordsToldMax);
    for (auto& field : says.fields) {
      if (field.case_number == conflict.number && word.becomes)
        field.outcome = word.becomes(set, field);
    }
    DAYBOOK_ASSIGN(const auto receipt, write_further(*told, word.by, std::move(says)));
    last = receipt.commit;
  }
  return last;
}

}  // namespace daybook
