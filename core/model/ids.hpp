// SPDX-License-Identifier: Apache-2.0
// The names of things. Value types.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "core/base/fixed_bytes.hpp"

namespace daybook {

using SetId = Uuid;           // UUIDv7, made on the device; the idempotency key of a change set
using DeviceId = Uuid;        // given at enrolment
using IncarnationId = Uuid;   // 128 random bits drawn by the phone; one unbroken run of its history
                              // (sync contract: link)
using EpochId = Uuid;         // random; one unbroken run of the server's history
using ActorId = std::string;  // the person: short login text, at most kNameSizeMax bytes
using Version = std::uint64_t;  // number of a commit, 1, 2, 3…; 0 = before the first. Numbering
                                // goes on over epochs.

struct RecordRef {
  std::string collection;
  Uuid id;
  auto operator<=>(const RecordRef&) const = default;
  bool operator==(const RecordRef&) const = default;
};

// The office state that an author saw: everything up to this commit of this epoch. {zero, 0} = saw
// nothing of it.
struct Base {
  EpochId epoch;
  Version version = 0;
  auto operator<=>(const Base&) const = default;
  bool operator==(const Base&) const = default;
};

// A reader's position: exact only together with the head hash, which tells a restored server from
// the one that was read before.
struct Cursor {
  EpochId epoch;
  Version version = 0;
  Digest head;
  bool operator==(const Cursor&) const = default;
};

}  // namespace daybook
