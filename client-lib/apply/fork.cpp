// SPDX-License-Identifier: Apache-2.0
// The server was restored from a backup: what this phone knows beyond the fork (sync contract,
// "Restore, epochs, safe point").
#include <algorithm>
#include <map>

#include "client-lib/apply/apply.hpp"
#include "client-lib/apply/positions.hpp"
#include "client-lib/local/settings.hpp"
#include "core/model/cbor.hpp"

namespace daybook {
namespace {

// Rows that others wrote and the server lost. What was purely our own comes back when the sets are
// sent again.
Result<void> keep_witnesses(LocalStore& store, Version fork_version) {
  DAYBOOK_ASSIGN(const EpochId epoch, find_view_epoch(store));
  std::vector<RecordRef> beyond;
  DAYBOOK_TRY(store.each_row([&](const RecordRef& record, const ViewRow& row) -> Result<void> {
    if (row.foreign > fork_version) beyond.push_back(record);
    return {};
  }));
  for (const RecordRef& record : beyond) {
    DAYBOOK_ASSIGN(const auto row, store.find_row(record));
    DAYBOOK_ASSIGN(const auto shadow, store.find_shadow(record));
    const Fields* office = shadow ? (shadow->office ? &*shadow->office : nullptr) : &row->values;
    if (!office) continue;
    DAYBOOK_TRY(store.put_witness({record, {epoch, row->version}, encode(*office)}));
  }
  return {};
}

// Verdicts after the fork never happened for the server; a set that has none left lies open again.
Result<void> reopen_sets(const ApplyContext& context, Rebase& rebase, Version fork_version) {
  DAYBOOK_ASSIGN(const auto lost, context.store.receipts_after(fork_version));
  std::map<std::uint64_t, SetId> sets;
  for (const ReceiptRow& row : lost) {
    DAYBOOK_TRY(context.store.mark_receipt_lost(row.ordinal));
    // By id: its number may have changed since, or it was released.
    DAYBOOK_ASSIGN(const auto set, context.store.find_set(row.receipt.set));
    if (set) sets.emplace(set->number, set->id);
  }
  for (const auto& [number, id] : sets) {
    DAYBOOK_ASSIGN(const auto receipts, context.store.receipts_of(id));
    SetState state = SetState::kOpen;
    for (const ReceiptRow& row : receipts) {
      if (!row.lost && row.receipt.verdict != Verdict::kFurther)
        state = row.receipt.verdict == Verdict::kParked ? SetState::kParked : SetState::kSettled;
    }
    if (state != SetState::kSettled) DAYBOOK_TRY(rebase.reopen(number, state));
  }
  return rebase.finish();
}

// A first fill has no complete state to protect: it starts anew.
Result<void> forget_all_office_rows(LocalStore& store, Rebase& rebase) {
  std::vector<RecordRef> records;
  DAYBOOK_TRY(store.each_row([&](const RecordRef& record, const ViewRow&) -> Result<void> {
    records.push_back(record);
    return {};
  }));
  for (const RecordRef& record : records) DAYBOOK_TRY(rebase.forget_office(record));
  return {};
}

// The newest commit that both share, under the name of the epoch that the server is in: the epoch
// in which this phone read it may be unknown there, when the server was put back more than once.
Result<void> fall_back(LocalStore& store, const EpochId& epoch, Version fork_version) {
  DAYBOOK_TRY(store.erase_rungs_after(fork_version));
  DAYBOOK_ASSIGN(const auto rungs, store.ladder());
  if (rungs.empty()) return store.erase_setting(setting::kCursor);
  return put_cursor(store, {epoch, rungs.front().version, rungs.front().head});
}

}  // namespace

Result<void> apply_fork(const ApplyContext& context, const EpochId& epoch, Version fork_version) {
  LocalStore& store = context.store;
  Rebase rebase(store, context.schema, context.notes);
  DAYBOOK_ASSIGN(const auto complete, find_number(store, setting::kComplete));
  if (complete) {
    DAYBOOK_TRY(keep_witnesses(store, fork_version));
    DAYBOOK_TRY(reopen_sets(context, rebase, fork_version));
  } else {
    DAYBOOK_TRY(reopen_sets(context, rebase, fork_version));
    DAYBOOK_TRY(forget_all_office_rows(store, rebase));
  }
  DAYBOOK_ASSIGN(const auto round, find_number(store, setting::kRound));
  DAYBOOK_ASSIGN(const auto scopes, store.scopes());
  for (ScopeRow row : scopes) {
    // Older rows may be in force again, and memberships that had ended: only reading all of it
    // tells.
    row.reread_from = round.value_or(0) + 1;
    DAYBOOK_TRY(store.put_scope(row));
  }
  DAYBOOK_ASSIGN(auto positions, find_positions(store));
  positions.erase(std::remove_if(positions.begin(), positions.end(),
                                 [](const wire::ScopePosition& position) {
                                   return !is_receipt_scope(position.scope);
                                 }),
                  positions.end());
  for (auto& position : positions) position.version = std::min(position.version, fork_version);
  DAYBOOK_TRY(put_positions(store, positions));
  return fall_back(store, epoch, fork_version);
}

}  // namespace daybook
