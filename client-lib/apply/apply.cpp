// SPDX-License-Identifier: Apache-2.0
#include "client-lib/apply/apply.hpp"

#include <algorithm>

#include "client-lib/apply/own_run.hpp"
#include "client-lib/apply/positions.hpp"
#include "client-lib/local/settings.hpp"
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"
#include "core/wire/limits.hpp"

namespace daybook {
namespace {

constexpr std::size_t kFieldsPerRowMax = kFieldsPerChangeMax * 4;
constexpr std::size_t kScopeBits = 64;
constexpr std::size_t kRungsMax = 48;  // fewer than a request may carry
constexpr std::size_t kRungsNewestKept = 16;

ScopeMask mask_of(std::uint32_t bit) { return ScopeMask{1} << bit; }

// One page, or several up to a complete one, in one transaction.
class PageApply {
 public:
  explicit PageApply(const ApplyContext& context)
      : context_(context),
        store_(context.store),
        rebase_(context.store, context.schema, context.notes) {}

  Result<void> begin() {
    DAYBOOK_ASSIGN(const auto round, find_number(store_, setting::kRound));
    round_ = round.value_or(0) + 1;
    DAYBOOK_ASSIGN(scopes_, store_.scopes());
    return put_number(store_, setting::kRound, round_);
  }

  Result<void> take_receipts(const wire::Page& page, bool settle) {
    if (page.own) DAYBOOK_TRY(begin_run(*page.own, page.receipts));
    for (const Receipt& receipt : page.receipts) {
      if (receipt.commit > page.head.version)
        return failure(Errc::kInvalid, "page.receipts", "beyond the head");
      if (page.own && holds(*page.own, receipt) && is_plain(receipt)) {
        // Its set was open a moment ago, so no receipt of it is here.
        const std::uint64_t number = run_first_ + (receipt.seq - page.own->first_seq);
        DAYBOOK_TRY(store_.append_receipt({0, number, false, receipt}));
        context_.notes.note(receipt);
      } else {
        DAYBOOK_TRY(take_receipt(receipt, settle));
      }
    }
    return {};
  }

  // Receipts that came with pages of a first fill waited for the complete state.
  Result<void> settle_answered() {
    DAYBOOK_ASSIGN(const auto numbers, store_.unsettled_sets());
    for (const std::uint64_t number : numbers) {
      DAYBOOK_ASSIGN(const auto set, store_.find_set(number));
      DAYBOOK_ASSIGN(const auto receipts, store_.receipts_of(set->id));
      for (const ReceiptRow& row : receipts) {
        if (!row.lost) DAYBOOK_TRY(act_on(number, set->state, row.receipt.verdict));
      }
    }
    return {};
  }

  Result<void> take_entries(const wire::Page& page) {
    std::vector<ScopeMask> masks;
    for (const std::string& scope : page.scopes) {
      DAYBOOK_ASSIGN(const std::uint32_t bit, bit_of(scope));
      masks.push_back(mask_of(bit));
    }
    for (const wire::PageEntry& entry : page.entries) {
      ScopeMask joined = 0;
      for (const std::uint32_t index : entry.scopes) {
        if (index >= masks.size())
          return failure(Errc::kInvalid, "page.entries.scopes", "no such scope");
        joined |= masks[index];
      }
      if (joined == 0) return failure(Errc::kInvalid, "page.entries.scopes", "in none");
      if (page.own && entry.row.empty()) {
        DAYBOOK_TRY(rebase_.confirm(entry.record, entry.row_version, joined, round_));
        continue;
      }
      DAYBOOK_ASSIGN(auto values, decode_fields(entry.row, kFieldsPerRowMax, wire::kRowSizeMax));
      DAYBOOK_TRY(rebase_.put_office_row(entry.record, std::move(values), entry.row_version, joined,
                                         round_));
    }
    for (const wire::PageLeft& left : page.left) {
      if (left.scope >= masks.size())
        return failure(Errc::kInvalid, "page.left.scope", "no such scope");
      DAYBOOK_TRY(rebase_.leave(left.record, masks[left.scope]));
    }
    return {};
  }

  // Every page names all scopes of its device, so one that it does not name is taken away, also
  // when nobody says so: two phones may be one device, and what left was told to the other.
  Result<void> drop_scopes(const wire::Page& page) {
    const std::vector<ScopeRow> before = scopes_;
    for (const ScopeRow& row : before) {
      if (std::find(page.scopes.begin(), page.scopes.end(), row.scope) != page.scopes.end())
        continue;
      DAYBOOK_TRY(leave_all(mask_of(row.bit), UINT64_MAX));
      DAYBOOK_TRY(store_.erase_scope(row.bit));
      scopes_.erase(std::find(scopes_.begin(), scopes_.end(), row));
    }
    return {};
  }

  // What a scope that was read again from the start did not mention is not in it any more.
  Result<void> end_rereads() {
    for (ScopeRow& row : scopes_) {
      if (row.reread_from == 0) continue;
      DAYBOOK_TRY(leave_all(mask_of(row.bit), row.reread_from));
      row.reread_from = 0;
      DAYBOOK_TRY(store_.put_scope(row));
    }
    return {};
  }

  Result<void> finish() { return rebase_.finish(); }

 private:
  Result<std::uint32_t> bit_of(const std::string& scope) {
    ScopeMask used = 0;
    for (const ScopeRow& row : scopes_) {
      if (row.scope == scope) return row.bit;
      used |= mask_of(row.bit);
    }
    for (std::uint32_t bit = 0; bit < kScopeBits; ++bit) {
      if ((used & mask_of(bit)) != 0) continue;
      scopes_.push_back({bit, scope, 0});
      DAYBOOK_TRY(store_.put_scope(scopes_.back()));
      return bit;
    }
    return failure(Errc::kTooLarge, "page.scopes", "at most " + std::to_string(kScopeBits));
  }

  Result<void> leave_all(ScopeMask mask, std::uint64_t before_round) {
    std::vector<RecordRef> records;
    DAYBOOK_TRY(
        store_.each_row(mask, [&](const RecordRef& record, const ViewRow& row) -> Result<void> {
          if (row.round < before_round) records.push_back(record);
          return {};
        }));
    for (const RecordRef& record : records) DAYBOOK_TRY(rebase_.leave(record, mask));
    return {};
  }

  Result<std::optional<OwnSet>> own_set_of(const Receipt& receipt) {
    const auto number = context_.chain.number_at(receipt.incarnation, receipt.seq);
    if (number && *number > 0) {
      DAYBOOK_ASSIGN(auto set, store_.find_set(*number));
      if (set && set->id == receipt.set) return set;
    }
    // Linked anew since the server took it, or released.
    return store_.find_set(receipt.set);
  }

  // The page names a run of own sets that lie open over their records (own_run.hpp). `receipts`:
  // of all of them, in order; those that were not plainly accepted go the way of any other.
  Result<void> begin_run(const wire::OwnRun& own, const std::vector<Receipt>& receipts) {
    const auto first = context_.chain.number_at(own.incarnation, own.first_seq);
    ensure(first && *first > 0);
    run_first_ = *first;
    std::uint64_t next = *first;
    const std::uint64_t last = *first + (own.last_seq - own.first_seq);
    for (const Receipt& receipt : receipts) {
      if (!holds(own, receipt) || is_plain(receipt)) continue;
      const std::uint64_t hole = *first + (receipt.seq - own.first_seq);
      if (hole > next) DAYBOOK_TRY(rebase_.settle_run(next, hole - 1));
      next = hole + 1;
    }
    return next <= last ? rebase_.settle_run(next, last) : Result<void>{};
  }

  Result<void> take_receipt(const Receipt& receipt, bool settle) {
    DAYBOOK_ASSIGN(const auto known, store_.receipts_of(receipt.set));
    const bool again = std::any_of(known.begin(), known.end(), [&](const ReceiptRow& row) {
      return !row.lost && row.receipt.commit == receipt.commit &&
             row.receipt.verdict == receipt.verdict;
    });
    if (again) return {};
    DAYBOOK_ASSIGN(const auto set, own_set_of(receipt));
    DAYBOOK_TRY(store_.append_receipt({0, set ? set->number : 0, false, receipt}));
    context_.notes.note(receipt);
    return set && settle ? act_on(set->number, set->state, receipt.verdict) : Result<void>{};
  }

  Result<void> act_on(std::uint64_t number, SetState state, Verdict verdict) {
    if (verdict == Verdict::kFurther) return {};
    if (verdict == Verdict::kParked) {
      // A set that was decided already stays decided here: whatever comes later is told by the
      // receipts.
      return state == SetState::kSettled ? Result<void>{} : rebase_.park(number);
    }
    return rebase_.settle(number, verdict != Verdict::kRefused && verdict != Verdict::kDiscarded);
  }

  const ApplyContext& context_;
  LocalStore& store_;
  Rebase rebase_;
  std::vector<ScopeRow> scopes_;
  std::uint64_t round_ = 0;
  std::uint64_t run_first_ = 0;  // number of the first set of the page's own run
};

// Dense where it is fresh, thin where it is old: a fork is mostly recent, and an old one still
// finds a rung near it.
Result<void> append_rung(LocalStore& store, const Cursor& head) {
  DAYBOOK_ASSIGN(const auto rungs, store.ladder());
  if (!rungs.empty() && rungs.front() == head) return {};
  DAYBOOK_TRY(store.append_rung(head));
  if (rungs.size() < kRungsMax) return {};
  std::size_t thinnest = kRungsNewestKept;
  Version smallest = UINT64_MAX;
  for (std::size_t i = kRungsNewestKept; i + 1 < rungs.size(); ++i) {
    const Version gap = rungs[i - 1].version - rungs[i + 1].version;
    if (gap < smallest) {
      smallest = gap;
      thinnest = i;
    }
  }
  return store.erase_rung(rungs[thinnest].version);
}

}  // namespace

Result<void> apply_filling_page(const ApplyContext& context, const wire::Page& page) {
  PageApply apply(context);
  DAYBOOK_TRY(apply.begin());
  DAYBOOK_TRY(apply.take_receipts(page, false));
  DAYBOOK_TRY(apply.drop_scopes(page));
  DAYBOOK_TRY(apply.take_entries(page));
  DAYBOOK_TRY(apply.finish());
  DAYBOOK_TRY(put_view_epoch(context.store, page.head.epoch));
  return put_positions(context.store, page.positions);
}

Result<void> apply_complete(const ApplyContext& context, const PageSource& pages) {
  ensure(pages.count > 0);
  PageApply apply(context);
  DAYBOOK_TRY(apply.begin());
  DAYBOOK_ASSIGN(const auto complete_before, find_number(context.store, setting::kComplete));
  if (!complete_before) DAYBOOK_TRY(apply.settle_answered());
  // All verdicts first: a row is then laid once, with only those sets on it that are still open at
  // the end.
  for (std::uint64_t i = 0; i < pages.count; ++i) {
    DAYBOOK_ASSIGN(const auto page, pages.load(i));
    DAYBOOK_TRY(apply.take_receipts(page, true));
  }
  std::optional<wire::Page> last;
  for (std::uint64_t i = 0; i < pages.count; ++i) {
    DAYBOOK_ASSIGN(auto page, pages.load(i));
    const bool is_last = i + 1 == pages.count;
    DAYBOOK_TRY(apply.drop_scopes(page));
    DAYBOOK_TRY(apply.take_entries(page));
    if (is_last) last = std::move(page);
  }
  DAYBOOK_TRY(apply.end_rereads());
  DAYBOOK_TRY(apply.finish());
  DAYBOOK_TRY(put_positions(context.store, last->positions));
  // Incomplete only under the planted bug that shows pages too early.
  if (!last->complete) return {};
  DAYBOOK_TRY(put_cursor(context.store, last->head));
  DAYBOOK_TRY(put_view_epoch(context.store, last->head.epoch));
  DAYBOOK_TRY(put_number(context.store, setting::kComplete, last->head.version));
  return append_rung(context.store, last->head);
}

Result<std::optional<Fields>> find_office_row(LocalStore& store, const RecordRef& record) {
  DAYBOOK_ASSIGN(auto shadow, store.find_shadow(record));
  if (shadow) return std::move(shadow->office);
  DAYBOOK_ASSIGN(auto row, store.find_row(record));
  if (!row) return std::optional<Fields>{};
  return std::optional(std::move(row->values));
}

Result<bool> says_nothing_new(LocalStore& store, const wire::Page& page) {
  if (!page.complete || page.own || !page.entries.empty() || !page.left.empty() ||
      !page.receipts.empty() || !page.scopes_left.empty()) {
    return false;
  }
  DAYBOOK_ASSIGN(const auto cursor, find_cursor(store));
  if (!cursor || !(*cursor == page.head)) return false;
  DAYBOOK_ASSIGN(const auto complete, find_number(store, setting::kComplete));
  DAYBOOK_ASSIGN(const auto positions, find_positions(store));
  DAYBOOK_ASSIGN(const auto scopes, store.scopes());
  const bool rereads = std::any_of(scopes.begin(), scopes.end(),
                                   [](const ScopeRow& row) { return row.reread_from > 0; });
  return complete && !rereads && positions == page.positions;
}

}  // namespace daybook
