// SPDX-License-Identifier: Apache-2.0
// What a reader may see: under the own unsettled work lies exactly the office state of one head,
// that of the cursor. During a first fill and after a fork until the next complete page the store
// says so itself, and nothing is promised.
#include "client-lib/local/settings.hpp"
#include "core/model/cbor.hpp"
#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {

void check_exact_state(Phone& phone) {
  LocalStore& store = phone.store();
  const auto complete = must(find_number(store, setting::kComplete), "complete");
  if (!complete || phone.between) return;
  const auto cursor = must(find_cursor(store), "cursor");
  check(cursor.has_value(), "exact_state", phone.name() + " is complete without a cursor");
  const auto state = phone.device().states.find({cursor->version, cursor->head});
  check(state != phone.device().states.end(), "exact_state",
        phone.name() + " stands at a head that it was never served");
  const auto& rows = state->second.rows;
  std::size_t found = 0;
  std::vector<std::pair<RecordRef, ViewRow>> view;
  must(store.each_row([&](const RecordRef& record, const ViewRow& row) -> Result<void> {
    view.emplace_back(record, row);
    return {};
  }),
       "rows");
  const std::string at = phone.name() + " at " + std::to_string(cursor->version) + ": ";
  for (const auto& [record, row] : view) {
    const std::string name = record.collection + "/" + to_string(record.id);
    const auto shadow = must(store.find_shadow(record), "shadow");
    const auto expected = rows.find(record);
    if (expected == rows.end()) {
      check(shadow.has_value(), "exact_state", at + "shows " + name + " that is not in its scopes");
      continue;
    }
    ++found;
    check(!shadow || shadow->office, "exact_state",
          at + "misses the office's " + name + " under its own work");
    const Bytes held = encode(shadow ? *shadow->office : row.values);
    const Version version = shadow ? shadow->version : row.version;
    check(held == expected->second.second, "exact_state", at + name + " is not the office's row");
    check(version == expected->second.first, "exact_state", at + name + " has another version");
  }
  check(found == rows.size(), "exact_state",
        at + "misses " + std::to_string(rows.size() - found) + " records of its scopes");
}

void check_settled(Phone& phone) {
  LocalStore& store = phone.store();
  const auto newest = must(store.newest_set(), "newest");
  if (!newest) return;
  for (const auto& set : must(store.sets_after(0, 64 << 20, 100'000), "sets")) {
    if (set.state != SetState::kSettled) continue;
    bool answered = false;
    for (const auto& row : must(store.receipts_of(set.id), "receipts"))
      answered = answered || !row.lost;
    check(answered, "settled",
          phone.name() + " lifted set " + std::to_string(set.number) + " before its verdict came");
  }
}

}  // namespace daybook::sim
