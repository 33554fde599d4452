// SPDX-License-Identifier: Apache-2.0
// Exactly once, in order, in one chain: every set has one body in the log, a lineage's sets were
// admitted in their order, and every head follows from the commits.
#include "sync-server/store/verify.hpp"
#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {

void check_exactly_once(const Book& book, ServerStore& store) {
  const auto head = must(store.head(), "head");
  std::map<SetId, int> bodies;
  std::set<SetId> by_phones;
  std::map<Lineage, std::uint64_t> last_seq;
  std::map<SetId, int> in_force;
  for (Version version = 1; version <= head.version; ++version) {
    const auto row = must(store.find_commit(version), "commit");
    check(row.has_value(), "exactly_once", "commit " + std::to_string(version) + " is missing");
    const bool applied = row->verdict != Verdict::kParked && row->verdict != Verdict::kDiscarded &&
                         row->verdict != Verdict::kFurther;
    if (applied) ++in_force[row->set];
    if (row->body.empty()) continue;
    ++bodies[row->set];
    if (row->lineage == kOfficeLineage) continue;
    by_phones.insert(row->set);
    auto& last = last_seq[row->lineage];
    check(row->seq > last, "exactly_once", "sets of one lineage were admitted out of order");
    last = row->seq;
  }
  for (const auto& [set, times] : bodies) {
    check(times == 1, "exactly_once",
          "set " + to_string(set) + " is in the log " + std::to_string(times) + " times");
    check(book.acked.contains(set) || !by_phones.contains(set), "exactly_once",
          "set " + to_string(set) + " is in the log and nobody made it");
  }
  for (const auto& [set, times] : in_force) {
    check(times == 1, "exactly_once",
          "set " + to_string(set) + " was applied " + std::to_string(times) + " times");
  }
  const auto chain = must(verify_chain(store), "verify");
  check(chain.ok(), "exactly_once", "the chain breaks: " + chain.what);
}

}  // namespace daybook::sim
