// SPDX-License-Identifier: Apache-2.0
// What a reader may see: under the own unsettled work lies exactly the office state of one head,
// that of the cursor. During a first fill and after a fork until the next complete page the store
// says so itself, and nothing is promised.
#include "client-lib/local/settings.hpp"
#include "core/model/cbor.hpp"
#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {
namespace {

using View = std::vector<std::pair<RecordRef, ViewRow>>;

// What is wrong with the view when the office state is this one; empty when nothing is.
std::string difference(Phone& phone, const View& view, const Expected& office) {
  std::size_t found = 0;
  for (const auto& [record, row] : view) {
    const std::string name = record.collection + "/" + to_string(record.id);
    const auto shadow = must(phone.store().find_shadow(record), "shadow");
    const auto expected = office.rows.find(record);
    if (expected == office.rows.end()) {
      if (!shadow) return "shows " + name + " that is not in its scopes";
      continue;
    }
    ++found;
    if (shadow && !shadow->office) return "misses the office's " + name + " under its own work";
    if (encode(shadow ? *shadow->office : row.values) != expected->second.second)
      return name + " is not the office's row";
    if ((shadow ? shadow->version : row.version) != expected->second.first)
      return name + " has another version";
  }
  const auto missing = office.rows.size() - found;
  return missing == 0 ? "" : "misses " + std::to_string(missing) + " records of its scopes";
}

}  // namespace

void check_exact_state(Phone& phone) {
  LocalStore& store = phone.store();
  const auto complete = must(find_number(store, setting::kComplete), "complete");
  if (!complete || phone.between) return;
  const auto cursor = must(find_cursor(store), "cursor");
  check(cursor.has_value(), "exact_state", phone.name() + " is complete without a cursor");
  const auto state = phone.device().states.find({cursor->version, cursor->head});
  check(state != phone.device().states.end(), "exact_state",
        phone.name() + " stands at a head that it was never served");
  View view;
  must(store.each_row([&](const RecordRef& record, const ViewRow& row) -> Result<void> {
    view.emplace_back(record, row);
    return {};
  }),
       "rows");
  std::string wrong;
  for (const Expected& office : state->second) {
    wrong = difference(phone, view, office);
    if (wrong.empty()) return;
  }
  check(false, "exact_state",
        phone.name() + " at " + std::to_string(cursor->version) + ": " + wrong);
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
