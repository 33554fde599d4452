// SPDX-License-Identifier: Apache-2.0
// No silent loss: people only ever add words to the notes they see, and the notes keep both. So a
// word of a set that was applied stands in the notes for ever, whoever wrote what without seeing
// whom. Words of sets that wait, were discarded, or are only proposed do not.
#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {
namespace {

bool is_in_force(const CommitRow& row, const Word& word) {
  if (row.verdict == Verdict::kParked || row.verdict == Verdict::kRefused ||
      row.verdict == Verdict::kDiscarded)
    return false;
  Receipt receipt;
  must(decode_outcome(row.outcome, receipt), "outcome");
  for (const auto& field : receipt.fields) {
    if (field.record != word.record || field.field != "notes") continue;
    return field.outcome == FieldOutcome::kMerged || field.outcome == FieldOutcome::kTaken ||
           field.outcome == FieldOutcome::kTakenOver || field.outcome == FieldOutcome::kSame;
  }
  return true;
}

}  // namespace

void check_words(const Book& book, ServerStore& store) {
  for (const auto& word : book.words) {
    const auto row = must(store.find_last_verdict(word.set), "verdict");
    if (!row) continue;  // destroyed with a file, or lost with the tape: another checker's business
    if (!is_in_force(*row, word)) continue;
    const auto state = must(store.find_record(word.record), "record");
    check(state.has_value(), "words", "an accepted set left no record");
    const auto notes = state->fields.find("notes");
    const bool there = notes != state->fields.end() &&
                       notes->second.value.kind() == Value::Kind::kText &&
                       notes->second.value.as_text().find(word.word) != std::string::npos;
    check(there, "words",
          std::string(word.by_office ? "the office's" : "a technician's") + " word " + word.word +
              " vanished from the notes of visit " + to_string(word.record.id));
  }
}

}  // namespace daybook::sim
