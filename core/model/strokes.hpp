// SPDX-License-Identifier: Apache-2.0
// What a pen drew: a signature as the points of its strokes. Kept as bytes that are small before
// any packer sees them and have exactly one form, because they are signed (STROKES.md). Value
// types, pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace daybook {

struct StrokePoint {
  std::int32_t x = 0;  // 1/100 mm of the pad, from its upper left corner
  std::int32_t y = 0;
  std::uint32_t t_ms = 0;      // since the pen came down first; never falls
  std::uint16_t pressure = 0;  // 0 to 1023; 0 where the pad does not know
  bool operator==(const StrokePoint&) const = default;
};
using Stroke = std::vector<StrokePoint>;  // from pen down to pen up; never empty
using Strokes = std::vector<Stroke>;

inline constexpr std::size_t kStrokesMax = 1'000;
inline constexpr std::size_t kStrokePointsMax = 50'000;  // of all strokes together
inline constexpr std::uint16_t kPressureMax = 1023;

// kInvalid, with the place: an empty stroke, time that falls, too much pressure. kTooLarge.
Result<Bytes> encode_strokes(const Strokes& strokes);
// Only what encode_strokes() would have written. kInvalid, kTooLarge.
Result<Strokes> decode_strokes(BytesView bytes);
bool are_strokes(BytesView bytes);

}  // namespace daybook
