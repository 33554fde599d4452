// SPDX-License-Identifier: Apache-2.0
// No acknowledged set is lost: it is in a living phone's file or in headquarters' log, unless the
// world itself destroyed the last copy.
#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {
namespace {

bool on_a_phone(const SetId& set, const Phones& phones) {
  for (const auto& phone : phones) {
    if (phone->holds(set)) return true;
  }
  return false;
}

bool in_the_log(const Acked& acked, ServerStore& store) {
  const auto row = must(store.find_set(acked.set), "set");
  if (!row) return false;
  check(row->body_hash == acked.body_hash, "acknowledged",
        "set " + to_string(acked.set) + " has another body in the log");
  return true;
}

}  // namespace

void check_acknowledged(const Book& book, const Phones& phones, ServerStore& store) {
  for (const auto& id : book.order) {
    const auto& acked = book.acked.at(id);
    if (acked.excused) continue;
    check(in_the_log(acked, store) || on_a_phone(id, phones), "acknowledged",
          "set " + to_string(id) + " of device " + std::to_string(acked.device) + " is nowhere");
  }
}

void note_destroyed_file(Book& book, const Phones& phones, ServerStore& store) {
  for (auto& [id, acked] : book.acked) {
    if (acked.excused || acked.server_only || on_a_phone(id, phones)) continue;
    const auto row = must(store.find_set(id), "set");
    if (!row) {
      acked.excused = true;
    } else {
      acked.server_only = true;
    }
  }
}

void note_restored(Book& book, const Phones& phones, ServerStore& store) {
  for (auto& [id, acked] : book.acked) {
    if (acked.excused || in_the_log(acked, store)) continue;
    if (acked.server_only && !on_a_phone(id, phones)) acked.excused = true;
  }
  check_acknowledged(book, phones, store);
}

}  // namespace daybook::sim
