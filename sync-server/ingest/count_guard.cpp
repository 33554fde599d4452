// SPDX-License-Identifier: Apache-2.0
// One account of a ledger that people count: what moved, by when it moved, and the last count. What
// was counted is held against what had moved until then, whenever that is told; the case is that of
// the count.
#include <algorithm>
#include <limits>

#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"
#include "sync-server/ingest/guards.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t kFormat = 1;
// So many movements are known by their time; of older ones the sum. A count that is older than all
// of these is not held against anything: nobody could say what there was.
constexpr std::size_t kMovesMax = 256;

struct Move {
  std::int64_t at_ms = 0, amount = 0;
};
struct Count {
  RecordRef record;
  SetId set;
  std::int64_t at_ms = 0, amount = 0;
};
struct CountedAccount {
  std::int64_t old_sum = 0;  // of what is not in `moves`
  std::int64_t old_until_ms = std::numeric_limits<std::int64_t>::min();  // the newest of those
  std::vector<Move> moves;                                               // by time
  std::optional<Count> count;                                            // the last one
  std::uint64_t case_number = 0;
};

Bytes encode(const CountedAccount& account) {
  CborWriter out;
  out.array(6).unsigned_integer(kFormat).integer(account.old_sum).integer(account.old_until_ms);
  out.array(account.moves.size());
  for (const auto& move : account.moves) out.array(2).integer(move.at_ms).integer(move.amount);
  const auto& count = account.count;
  out.array(count ? 5 : 0);
  if (count) {
    out.text(count->record.collection).bytes(count->record.id.view()).bytes(count->set.view());
    out.integer(count->at_ms).integer(count->amount);
  }
  out.unsigned_integer(account.case_number);
  return out.take();
}

Result<CountedAccount> decode_account(BytesView bytes) {
  CborReader in(bytes);
  CountedAccount account;
  in.array_of("counted", 6);
  in.unsigned_integer("counted.format", kFormat);
  account.old_sum = in.integer("counted.old_sum");
  account.old_until_ms = in.integer("counted.old_until");
  const std::size_t moves = in.array("counted.moves", kMovesMax);
  for (std::size_t i = 0; i < moves && !in.failed(); ++i) {
    in.array_of("counted.move", 2);
    const auto at_ms = in.integer("counted.move.at");
    account.moves.push_back({at_ms, in.integer("counted.move.amount")});
  }
  if (in.array("counted.count", 5) == 5) {
    Count count;
    count.record.collection = in.text("counted.count.collection", kNameSizeMax);
    count.record.id = in.fixed<Uuid>("counted.count.record");
    count.set = in.fixed<SetId>("counted.count.set");
    count.at_ms = in.integer("counted.count.at");
    count.amount = in.integer("counted.count.amount");
    account.count = std::move(count);
  }
  account.case_number = in.unsigned_integer("counted.case");
  DAYBOOK_TRY(in.finish("counted"));
  return account;
}

// Nonsense in a field must not wrap a balance round into another one.
std::int64_t sum_of(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

void move(CountedAccount& account, const Posting& posting) {
  const Move one{posting.at_ms, posting.amount};
  auto& moves = account.moves;
  if (one.at_ms <= account.old_until_ms) {
    account.old_sum = sum_of(account.old_sum, one.amount);
    return;
  }
  moves.insert(std::upper_bound(moves.begin(), moves.end(), one,
                                [](const Move& a, const Move& b) { return a.at_ms < b.at_ms; }),
               one);
  if (moves.size() <= kMovesMax) return;
  account.old_sum = sum_of(account.old_sum, moves.front().amount);
  account.old_until_ms = moves.front().at_ms;
  moves.erase(moves.begin());
}

// What had moved until then; none when that is too long ago.
std::optional<std::int64_t> booked_at(const CountedAccount& account, std::int64_t at_ms) {
  if (at_ms < account.old_until_ms) return std::nullopt;
  std::int64_t sum = account.old_sum;
  for (const auto& one : account.moves) {
    if (one.at_ms <= at_ms) sum = sum_of(sum, one.amount);
  }
  return sum;
}

}  // namespace

Result<std::uint64_t> Guards::settle_count(const std::string& subject, const Noted::Sum& sum,
                                           const Act* act) {
  DAYBOOK_ASSIGN(const auto held, store_.find_setting(subject));
  CountedAccount account;
  if (held) {
    DAYBOOK_ASSIGN(account, decode_account(*held));
  }
  bool concerned = false;  // what moved after the count changes nothing of it
  for (const auto& posting : sum.postings) {
    if (!posting.entry->states) {
      move(account, posting);
      concerned = concerned || (account.count && posting.at_ms <= account.count->at_ms);
    } else if (!account.count || account.count->at_ms <= posting.at_ms) {
      account.count =
          Count{posting.record, act == nullptr ? SetId{} : act->set, posting.at_ms, posting.amount};
      concerned = true;
    }
  }
  std::uint64_t on_case = 0;
  const auto booked = account.count ? booked_at(account, account.count->at_ms) : std::nullopt;
  if (act != nullptr && concerned && booked) {
    DAYBOOK_ASSIGN(auto open, find_open(account.case_number));
    const bool fits = *booked == account.count->amount;
    if (open && fits) {
      open->office_value = Value::integer(*booked);
      DAYBOOK_TRY(close(*std::move(open), *act, "balanced"));
    } else if (!fits) {
      ConflictCase conflict;
      if (open) conflict = *open;
      const LedgerSchema& ledger = *sum.postings.front().ledger;
      conflict.kind = CaseKind::kBalance;
      conflict.record = account.count->record;
      conflict.field = ledger.name;
      conflict.rule = "ledger(" + ledger.name + ")";
      conflict.base_value = sum.postings.front().account;
      conflict.office_value = Value::integer(*booked);
      conflict.device_value = Value::integer(account.count->amount);
      conflict.detail = to_string(sum.postings.front().account);
      if (open) {
        on_case = conflict.number;
        DAYBOOK_TRY(go_on(std::move(conflict), *act));
      } else {
        if (!account.count->set.is_zero()) conflict.trail.push_back(account.count->set);
        DAYBOOK_ASSIGN(on_case, open_case(std::move(conflict), *act));
        account.case_number = on_case;
      }
    }
  }
  DAYBOOK_TRY(store_.put_setting(subject, encode(account)));
  return on_case;
}

}  // namespace daybook
