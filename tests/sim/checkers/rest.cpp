// SPDX-License-Identifier: Apache-2.0
// At rest: nothing waits, and phones of one scope hold what headquarters holds, byte for byte.
#include <algorithm>

#include "client-lib/local/settings.hpp"
#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {

bool is_at_rest(Phone& phone, ServerStore& store, std::string* why) {
  const auto status = must(phone.core().status(), "status");
  const auto cursor = must(find_cursor(phone.store()), "cursor");
  const auto head = must(store.head(), "head");
  std::string reason;
  if (phone.in_flight) reason = "a request is under way";
  if (status.last_error) reason = "last error " + to_string(*status.last_error);
  if (status.pending > 0) reason = std::to_string(status.pending) + " sets are not sent";
  if (status.stored > 0) reason = std::to_string(status.stored) + " sets are not answered";
  if (status.parked > 0) reason = std::to_string(status.parked) + " sets are parked";
  if (phone.between) reason = "it fell back and was not shown a complete page since";
  if (!cursor || cursor->version != head.version || cursor->head != head.head)
    reason = "it does not stand at the head";
  if (why != nullptr) *why = phone.name() + ": " + reason;
  return reason.empty();
}

void check_convergence(Phone& phone, ServerStore& store) {
  check_exact_state(phone);
  const auto shadows = must(phone.store().list_shadows(), "shadows");
  check(shadows.empty(), "convergence",
        phone.name() + " still lays own work over " + std::to_string(shadows.size()) + " records");
  const auto expected = scope_by_model(store, phone.device().actor);
  const auto cursor = must(find_cursor(phone.store()), "cursor");
  const auto& served = phone.device().states.at({cursor->version, cursor->head});
  check(std::any_of(served.begin(), served.end(),
                    [&](const Expected& s) { return s.rows == expected; }),
        "convergence", phone.name() + " was served something else than what is in force");
}

// The queue never blocks: what waits waits for a reason that people can see, and only a set that
// kills the server may wait for that.
void check_queue(const Book& book, ServerStore& store) {
  const auto head = must(store.head(), "head");
  for (Version version = 1; version <= head.version; ++version) {
    const auto row = must(store.find_commit(version), "commit");
    if (row && row->verdict == Verdict::kRefused) {
      const auto first = must(store.find_set(row->set), "set");
      for (const auto& change : must(decode_body(first->body), "body").changes)
        check(change.kind != Change::Kind::kCreate, "queue",
              "set " + to_string(row->set) + " was refused with what it created");
    }
    if (!row || row->verdict != Verdict::kParked) continue;
    Receipt receipt;
    must(decode_outcome(row->outcome, receipt), "outcome");
    check(receipt.reason != "crashed_the_server" || book.poisoned.contains(row->set), "queue",
          "set " + to_string(row->set) + " was parked for crashing the server, and it never did");
    check(receipt.reason != "id_reused" && receipt.reason != "malformed", "queue",
          "an honest set was parked: " + receipt.reason);
  }
}

}  // namespace daybook::sim
