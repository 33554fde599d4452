// SPDX-License-Identifier: Apache-2.0
#include "core/guard/ledger.hpp"

#include <algorithm>
#include <limits>

namespace daybook {
namespace {

// Nonsense in a field must not wrap a balance round into another one.
std::int64_t sum_of(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

std::int64_t opposite(std::int64_t amount) {
  return amount == std::numeric_limits<std::int64_t>::min()
             ? std::numeric_limits<std::int64_t>::max()
             : -amount;
}

bool is_meant(const LedgerEntry& entry, const Fields& fields) {
  return std::all_of(entry.where.begin(), entry.where.end(), [&](const auto& condition) {
    const Value* value = fields.find(condition.first);
    if (condition.second.is_null()) return value == nullptr || value->is_null();
    return value != nullptr && *value == condition.second;
  });
}

Value account_of(const LedgerEntry& entry, const RecordRef& record, const Fields& fields) {
  ValueList parts;
  for (const auto& name : entry.account) {
    const Value* value = fields.find(name);
    if (name == "id") {
      parts.push_back(Value::bytes(copy_of(record.id.view())));
    } else {
      parts.push_back(value == nullptr ? Value::null() : *value);
    }
  }
  return Value::list(std::move(parts));
}

bool is_kept(const LedgerSchema& ledger, const Value& account) {
  const Value& place = account.as_list().back();
  if (place.is_null()) return false;
  return place.kind() != Value::Kind::kText ||
         std::find(ledger.outside.begin(), ledger.outside.end(), place.as_text()) ==
             ledger.outside.end();
}

// A phone may have written any number; nobody waits for longer than a ledger may say.
std::int64_t hours_of(const LedgerSchema& ledger, const LedgerEntry& entry, const Fields& fields) {
  if (entry.within.empty()) return ledger.within_hours;
  const Value* hours = fields.find(entry.within);
  if (hours == nullptr || hours->kind() != Value::Kind::kInt || hours->as_int() <= 0) return 0;
  return std::min<std::int64_t>(hours->as_int(), kWithinHoursMax);
}

std::optional<Posting> posting_of(const LedgerSchema& ledger, const LedgerEntry& entry,
                                  const RecordRef& record, const Fields& fields) {
  if (entry.collection != record.collection || !is_meant(entry, fields)) return std::nullopt;
  std::int64_t amount = 1;
  if (!entry.amount.empty()) {
    const Value* value = fields.find(entry.amount);
    if (value == nullptr || value->kind() != Value::Kind::kInt) return std::nullopt;
    amount = value->as_int();
  }
  Posting posting{&ledger, &entry, account_of(entry, record, fields), amount, record, 0, 0};
  if (!is_kept(ledger, posting.account)) return std::nullopt;
  if (!entry.at.empty()) {
    const Value* at = fields.find(entry.at);
    if (at == nullptr || at->kind() != Value::Kind::kInt) return std::nullopt;
    posting.at_ms = at->as_int();
  }
  if (entry.takes) posting.amount = opposite(amount);
  posting.within_hours = hours_of(ledger, entry, fields);
  return posting;
}

}  // namespace

std::vector<Posting> postings_of(const Schema& schema, const RecordRef& record,
                                 const Fields* before, const Fields& after) {
  std::vector<Posting> postings;
  for (const auto& ledger : schema.ledgers) {
    for (const auto& entry : ledger.entries) {
      auto now = posting_of(ledger, entry, record, after);
      auto was = before == nullptr ? std::nullopt : posting_of(ledger, entry, record, *before);
      if (was && now && was->account == now->account) {
        now->amount = sum_of(now->amount, opposite(was->amount));
        was.reset();
        if (now->amount == 0) now.reset();
      }
      if (was) {
        was->amount = opposite(was->amount);
        postings.push_back(*std::move(was));
      }
      if (now) postings.push_back(*std::move(now));
    }
  }
  return postings;
}

void post(Balance& balance, const Posting& posting) {
  balance.sum = sum_of(balance.sum, posting.amount);
  (posting.entry->takes ? balance.taken : balance.given) = true;
}

bool is_within_bounds(const LedgerSchema& ledger, const Balance& balance) {
  if (!ledger.two_sided) return balance.sum >= ledger.at_least;
  return balance.sum == 0 || !balance.given || !balance.taken;
}

bool waits(const LedgerSchema& ledger, const Balance& balance) {
  if (ledger.two_sided) return balance.given != balance.taken && balance.sum != 0;
  return ledger.is_awaited() && balance.sum > 0;
}

}  // namespace daybook
