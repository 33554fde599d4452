// SPDX-License-Identifier: Apache-2.0
// How the office stands to contents that a device brought (ATTACHMENTS.md §6): whether it must have
// one again, and whether the device may let one go. The question is their digests one after the
// other, the answer a byte for each. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"

namespace daybook::wire {

enum class ContentStanding : std::uint8_t {
  kUnknown = 0,   // no set of this device names it, or it was removed
  kAskedFor = 1,  // it never came, or it is damaged there
  kHere = 2,
  kSafe = 3  // and in every backup that is kept
};

inline constexpr std::size_t kStandingsMax = 250;  // of one question

Bytes encode_standing_question(std::span<const Digest> contents);
// kInvalid at "body": not whole digests; kTooLarge at "body": more than kStandingsMax.
Result<std::vector<Digest>> decode_standing_question(BytesView body);
Bytes encode_standings(std::span<const ContentStanding> standings);
// kUntrusted at "reply": not one known byte for each of `count`.
Result<std::vector<ContentStanding>> decode_standings(BytesView reply, std::size_t count);

}  // namespace daybook::wire
