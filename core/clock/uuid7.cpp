// SPDX-License-Identifier: Apache-2.0
#include "core/clock/uuid7.hpp"

#include <algorithm>

namespace daybook {

Uuid make_uuid7(std::int64_t wall_ms, Rng& rng) {
  constexpr std::int64_t kTimeMax = (std::int64_t{1} << 48) - 1;
  const auto time = static_cast<std::uint64_t>(std::clamp<std::int64_t>(wall_ms, 0, kTimeMax));
  Uuid id = rng.draw<Uuid>();
  for (std::size_t i = 0; i < 6; ++i) id.raw[i] = static_cast<std::uint8_t>(time >> (40 - 8 * i));
  id.raw[6] = static_cast<std::uint8_t>((id.raw[6] & 0x0f) | 0x70);
  id.raw[8] = static_cast<std::uint8_t>((id.raw[8] & 0x3f) | 0x80);
  return id;
}

}  // namespace daybook
