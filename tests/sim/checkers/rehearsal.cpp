// SPDX-License-Identifier: Apache-2.0
// At rest: the history judged again under the rules that judged it comes to the same, whatever
// order, parking, restores and careful starts it went through. What a dry run shows is then the
// candidate's doing and nothing else.
#include "sync-server/rules/rehearsal.hpp"
#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {

void check_rehearsal(const Schema& rules, ServerStore& store, Clock& clock) {
  NoTrace trace;
  const auto rehearsal = must(Rehearsal::begin(store, rules, clock, trace), "rehearsal");
  while (!must(rehearsal->go_on(store, 1000), "rehearsal")) {
  }
  if (rehearsal->shown().empty()) return;
  const Difference& first = rehearsal->shown().front();
  check(false, "rehearsal",
        "commit " + std::to_string(first.commit) + " " + first.record.collection + "." +
            first.field + " was " + first.was + " and would be " + first.would + " " +
            first.reason + (first.case_was == first.case_would ? "" : ", with the case changed"));
}

}  // namespace daybook::sim
