// SPDX-License-Identifier: Apache-2.0
// One balance: how it stands, which sets took from it last, and its case.
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"
#include "sync-server/ingest/guards.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t kFormat = 1;
// When a balance goes below its bound, these are the ones that may have had the last of it.
constexpr std::size_t kTakersMax = 16;

struct Account {
  Balance balance;
  std::uint64_t case_number = 0;
  std::vector<SetId> takers;  // oldest first
};

Bytes encode(const Account& account) {
  CborWriter out;
  out.array(6).unsigned_integer(kFormat).integer(account.balance.sum);
  out.boolean(account.balance.given).boolean(account.balance.taken);
  out.unsigned_integer(account.case_number).array(account.takers.size());
  for (const auto& set : account.takers) out.bytes(set.view());
  return out.take();
}

Result<Account> decode_account(BytesView bytes) {
  CborReader in(bytes);
  Account account;
  in.array_of("account", 6);
  in.unsigned_integer("account.format", kFormat);
  account.balance.sum = in.integer("account.sum");
  account.balance.given = in.boolean("account.given");
  account.balance.taken = in.boolean("account.taken");
  account.case_number = in.unsigned_integer("account.case");
  const std::size_t takers = in.array("account.takers", kTakersMax);
  for (std::size_t i = 0; i < takers && !in.failed(); ++i)
    account.takers.push_back(in.fixed<SetId>("account.takers"));
  DAYBOOK_TRY(in.finish("account"));
  return account;
}

ConflictCase case_about(const Posting& posting, const RecordRef& record, const Account& account) {
  ConflictCase conflict;
  conflict.kind = CaseKind::kBalance;
  conflict.record = record;
  conflict.field = posting.ledger->name;
  conflict.rule = "ledger(" + posting.ledger->name + ")";
  conflict.base_value = posting.account;
  conflict.device_value = Value::integer(posting.amount);
  conflict.detail = to_string(posting.account);
  conflict.trail = account.takers;
  return conflict;
}

}  // namespace

Result<std::uint64_t> Guards::settle_sum(const std::string& subject, const Noted::Sum& sum,
                                         const Act* act) {
  if (sum.postings.front().ledger->is_counted()) return settle_count(subject, sum, act);
  DAYBOOK_ASSIGN(const auto held, store_.find_setting(subject));
  Account account;
  if (held) {
    DAYBOOK_ASSIGN(account, decode_account(*held));
  }
  const LedgerSchema& ledger = *sum.postings.front().ledger;
  const auto before = account.balance.sum;
  const bool waited = waits(ledger, account.balance);
  for (const auto& posting : sum.postings) post(account.balance, posting);
  const bool takes = account.balance.sum < before || ledger.two_sided;
  if (takes && act != nullptr) {
    account.takers.push_back(act->set);
    if (account.takers.size() > kTakersMax) account.takers.erase(account.takers.begin());
  }
  const bool waiting = waits(ledger, account.balance);
  const bool fits = is_within_bounds(ledger, account.balance);
  std::uint64_t on_case = 0;
  if (act != nullptr) {
    DAYBOOK_ASSIGN(auto open, find_open(account.case_number));
    // A case about what is owed ends when nothing is.
    if (open && fits && !(ledger.is_awaited() && waiting)) {
      open->office_value = Value::integer(account.balance.sum);
      DAYBOOK_TRY(close(*std::move(open), *act, "balanced"));
    } else if (open) {
      on_case = open->number;
      open->office_value = Value::integer(account.balance.sum);
      DAYBOOK_TRY(go_on(*std::move(open), *act));
    } else if (!fits && takes) {
      ConflictCase conflict = case_about(sum.postings.back(), sum.record, account);
      conflict.office_value = Value::integer(account.balance.sum);
      DAYBOOK_ASSIGN(on_case, open_case(std::move(conflict), *act));
      account.case_number = on_case;
    }
    if (!waited && waiting && sum.postings.back().within_hours > 0)
      DAYBOOK_TRY(note_wait(subject, sum, *act));
  }
  DAYBOOK_TRY(store_.put_setting(subject, encode(account)));
  return on_case;
}

Result<void> Guards::open_overdue(const std::string& subject, const Posting& posting,
                                  const RecordRef& record, const Act& act) {
  DAYBOOK_ASSIGN(const auto held, store_.find_setting(subject));
  if (!held) return {};
  DAYBOOK_ASSIGN(auto account, decode_account(*held));
  DAYBOOK_ASSIGN(const auto open, find_open(account.case_number));
  if (open || !waits(*posting.ledger, account.balance)) return {};
  ConflictCase conflict = case_about(posting, record, account);
  conflict.office_value = Value::integer(account.balance.sum);
  DAYBOOK_ASSIGN(account.case_number, open_case(std::move(conflict), act));
  return store_.put_setting(subject, encode(account));
}

}  // namespace daybook
