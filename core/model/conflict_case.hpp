// SPDX-License-Identifier: Apache-2.0
// What the rules could not decide, kept for a person: base, office and device side by side, the
// safe default already in force. Value types; stored by the server store, opened by ingest, settled
// by conflicts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/case_event.hpp"
#include "core/model/ids.hpp"
#include "core/model/severity.hpp"
#include "core/model/value.hpp"

namespace daybook {

// Numbers are stored: frozen.
enum class CaseKind : std::uint8_t {
  kField = 0,          // a field that ask_human or a fallback could not decide
  kLate = 1,           // work from outside its author's scope or right, for review
  kDeviceForked = 2,   // two histories under one device: restored or cloned
  kParked = 3,         // a set that could not be applied
  kRestore = 4,        // a witness brings back what a restore lost
  kLostInRestore = 5,  // a gap nobody holds any more
  kDeviceHeld = 6,     // three times a wrong hash or signature; raw bytes kept as evidence
  kAmendment = 7,      // a sealed record would have changed
  kContested = 8,      // two records under one business key; both stay
  kBalance = 9,        // a sum of a ledger is out of its bounds; everything is posted
  kRevokedKey = 10,    // what happened, sent under the key of somebody who left: posted, for review
  kEvidenceLost = 11,  // contents that a record names went with a phone; the record stands
  kUnsealed = 12,      // work or a correction that the sealed paper does not have: the paper stands
};
std::string_view name_of(CaseKind kind);

// Open until a person decided; decided until every device concerned has the decision; then closed.
// Numbers are stored: frozen.
enum class CaseState : std::uint8_t { kOpen = 0, kDecided = 1, kClosed = 2 };
std::string_view name_of(CaseState state);

struct ConflictCase {
  std::uint64_t number = 0;
  CaseKind kind = CaseKind::kField;
  CaseState state = CaseState::kOpen;
  RecordRef record;  // empty collection where the case is about a device
  std::string field;
  DeviceId device;  // one open case per (record, field, device); zero where not about a device
  std::string rule;
  std::optional<Value> base_value;    // what the device's author saw
  std::optional<Value> office_value;  // what is in force
  std::optional<Value> device_value;  // what the device asked for
  std::string detail;                 // parameters, e.g. reason code of a parked set
  std::vector<SetId> trail;           // every set that fed the case, oldest first
  Version opened = 0;
  std::int64_t opened_ms = 0;
  ActorId device_actor;
  // The decision in force; empty while there is none:
  ActorId resolved_by;
  std::string choice;  // "base", "office", "device", "both", "value"
  std::string reason;
  Version resolved = 0;
  // How the desk keeps it:
  std::uint64_t rules_version = 0;  // of the rule set that could not decide, and of these terms
  Severity severity = Severity::kNormal;
  std::int64_t due_ms = 0;  // decide it until then; 0 = no deadline
  ActorId holder;           // who has it in hand; empty: nobody
  std::vector<CaseEvent> events;
  bool operator==(const ConflictCase&) const = default;
};

// Where the desk lists it: the earlier due, the further up; what has no deadline comes last.
std::int64_t due_place(const ConflictCase& conflict);

// Read from the events; null where there is none. They live as long as the case.
const CaseEvent* open_question(const ConflictCase& conflict);      // asked, and not answered yet
const CaseEvent* waiting_proposal(const ConflictCase& conflict);   // for a second person
const CaseEvent* decision_in_force(const ConflictCase& conflict);  // resolved, and not undone
const CaseEvent* find_act(const ConflictCase& conflict, const Uuid& act);

// Format 2. Format 1, which had no events, is still read: what was settled under it is closed.
Bytes encode(const ConflictCase& conflict);
Result<ConflictCase> decode_case(BytesView bytes);

}  // namespace daybook
