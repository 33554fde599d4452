// SPDX-License-Identifier: Apache-2.0
// What people did about a case, one line an act: who, when, what for. A case keeps its events in
// order and for good; whatever else is asked of it (who was asked, what waits for a second person)
// is read from them. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/cbor.hpp"
#include "core/model/ids.hpp"
#include "core/model/value.hpp"

namespace daybook {

// Numbers are stored: frozen.
enum class CaseEventKind : std::uint8_t {
  kOpened = 0,
  kClaimed = 1,
  kAssigned = 2,  // `to` has it from now on; empty: given back, nobody has it
  kAsked = 3,     // `text` is the question to `to`
  kAnswered = 4,
  kProposed = 5,  // a decision that waits for a second person
  kApproved = 6,  // by the second person; the decision follows
  kDeclined = 7,  // the proposal is off
  kResolved = 8,
  kUndone = 9,
  kClosed = 10,  // every device concerned has the decision
};
std::string_view name_of(CaseEventKind kind);

inline constexpr std::size_t kCaseEventsMax = 1'000;

struct CaseEvent {
  CaseEventKind kind = CaseEventKind::kOpened;
  ActorId by;  // empty: the server
  ActorId to;
  std::int64_t at_ms = 0;
  Version commit = 0;              // of the change set that it made, 0 = none
  std::string choice;              // of a decision, or of a proposal ("undo" among them)
  std::optional<Value> value;      // what a decision puts in force
  std::optional<Value> displaced;  // what stood there before
  std::string text;                // reason, question or answer
  Uuid act;                        // the caller's id, under which it happens once; zero = none
  bool operator==(const CaseEvent&) const = default;
};

void write(CborWriter& out, const CaseEvent& event);
CaseEvent read_case_event(CborReader& in, std::size_t size_max);

}  // namespace daybook
