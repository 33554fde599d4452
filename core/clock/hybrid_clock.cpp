// SPDX-License-Identifier: Apache-2.0
#include "core/clock/hybrid_clock.hpp"

#include <algorithm>

#include "core/base/ensure.hpp"

namespace daybook {

Skew measure_skew(std::int64_t asked_wall_ms, std::int64_t server_wall_ms,
                  std::int64_t round_trip_ms) {
  const std::int64_t whole = std::max<std::int64_t>(round_trip_ms, 0);
  const std::int64_t half = whole / 2;
  // The server read its clock somewhere within the round trip; the middle is wrong by half of it at
  // most, rounded up.
  return {asked_wall_ms + half - server_wall_ms, whole - half};
}

Stamp make_stamp(Clock& clock, std::uint64_t boot, const Skew& skew) {
  Stamp stamp;
  stamp.wall_ms = clock.wall_ms();
  stamp.utc_offset_min = clock.utc_offset_min();
  stamp.steady_ms = clock.steady_ms();
  stamp.boot = boot;
  stamp.skew_ms = skew.skew_ms;
  stamp.skew_bound_ms = skew.bound_ms;
  return stamp;
}

std::int64_t HybridClock::next_ms() {
  ensure(last_ms_ < INT64_MAX);
  last_ms_ = std::max(clock_.wall_ms(), last_ms_ + 1);
  return last_ms_;
}

}  // namespace daybook
