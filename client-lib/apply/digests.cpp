// SPDX-License-Identifier: Apache-2.0
// Drift: the phone sums what it holds of a scope as the office served it, and reads the scope again
// when the sums differ.
#include <algorithm>

#include "client-lib/apply/apply.hpp"
#include "client-lib/apply/positions.hpp"
#include "client-lib/local/settings.hpp"
#include "core/model/cbor.hpp"
#include "core/wire/scope_digest.hpp"

namespace daybook {
namespace {

Result<wire::ScopeSum> sum_of(LocalStore& store, ScopeMask mask) {
  wire::ScopeSum sum;
  std::vector<RecordRef> overlaid;
  DAYBOOK_TRY(
      store.each_row(mask, [&](const RecordRef& record, const ViewRow& row) -> Result<void> {
        if (row.state == RowState::kOffice) {
          sum.add(wire::digest_of_row(record, encode(row.values)));
        } else {
          overlaid.push_back(record);
        }
        return {};
      }));
  for (const RecordRef& record : overlaid) {
    DAYBOOK_ASSIGN(const auto shadow, store.find_shadow(record));
    if (shadow && shadow->office) sum.add(wire::digest_of_row(record, encode(*shadow->office)));
  }
  return sum;
}

}  // namespace

Result<std::size_t> check_digests(LocalStore& store,
                                  const std::vector<wire::ScopeDigest>& digests) {
  DAYBOOK_ASSIGN(const auto scopes, store.scopes());
  DAYBOOK_ASSIGN(const auto round, find_number(store, setting::kRound));
  DAYBOOK_ASSIGN(auto positions, find_positions(store));
  std::size_t drifted = 0;
  for (const wire::ScopeDigest& digest : digests) {
    const auto row = std::find_if(scopes.begin(), scopes.end(),
                                  [&](const ScopeRow& s) { return s.scope == digest.scope; });
    if (row == scopes.end()) continue;
    DAYBOOK_ASSIGN(const auto sum, sum_of(store, ScopeMask{1} << row->bit));
    if (sum.records() == digest.records && sum.digest() == digest.digest) continue;
    ++drifted;
    ScopeRow again = *row;
    again.reread_from = round.value_or(0) + 1;
    DAYBOOK_TRY(store.put_scope(again));
    positions.erase(
        std::remove_if(positions.begin(), positions.end(),
                       [&](const wire::ScopePosition& p) { return p.scope == digest.scope; }),
        positions.end());
  }
  if (drifted > 0) DAYBOOK_TRY(put_positions(store, positions));
  return drifted;
}

}  // namespace daybook
