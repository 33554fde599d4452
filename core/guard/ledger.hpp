// SPDX-License-Identifier: Apache-2.0
// What a record posts to the ledgers of its schema, and what a sum says. Used by ingest after the
// merge and before the commit. Pure; keeps nothing: a balance is moved by what a change adds to it,
// never summed anew.
#pragma once

#include <optional>
#include <vector>

#include "core/model/ids.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

struct Posting {
  const LedgerSchema* ledger = nullptr;
  const LedgerEntry* entry = nullptr;
  Value account;            // a list: the values of the entry's account fields
  std::int64_t amount = 0;  // below zero: taken; of an entry that states: what was counted
  RecordRef record;
  std::int64_t at_ms = 0;         // when it was so; 0 in ledgers where nothing is counted
  std::int64_t within_hours = 0;  // until when the other side is to speak; 0: whenever
};

// What a change of `record` from `before` (null: it is new) to `after` posts. A record that moves
// from one account to another, or whose amount changes, takes back what it posted before.
std::vector<Posting> postings_of(const Schema& schema, const RecordRef& record,
                                 const Fields* before, const Fields& after);

struct Balance {
  std::int64_t sum = 0;
  bool given = false, taken = false;  // something was, ever
  bool operator==(const Balance&) const = default;
};
void post(Balance& balance, const Posting& posting);
bool is_within_bounds(const LedgerSchema& ledger, const Balance& balance);
// Is it the other side's turn: to say what it received, to hand in what is owed?
bool waits(const LedgerSchema& ledger, const Balance& balance);

}  // namespace daybook
