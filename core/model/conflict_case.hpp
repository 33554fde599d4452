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
#include "core/model/ids.hpp"
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
};
std::string_view name_of(CaseKind kind);

enum class CaseState : std::uint8_t { kOpen = 0, kResolved = 1 };

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
  // When resolved:
  ActorId resolved_by;
  std::string choice;  // "base", "office", "device", "both", "value"
  std::string reason;
  Version resolved = 0;
  bool operator==(const ConflictCase&) const = default;
};

Bytes encode(const ConflictCase& conflict);
Result<ConflictCase> decode_case(BytesView bytes);

}  // namespace daybook
