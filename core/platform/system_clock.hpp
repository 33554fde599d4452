// SPDX-License-Identifier: Apache-2.0
// The machine's own clocks behind the Clock port. Made once by abi and app and handed to everyone;
// may be asked from any thread.
#pragma once

#include "core/ports/clock.hpp"

namespace daybook {

class SystemClock final : public Clock {
 public:
  std::int64_t wall_ms() override;
  // Since boot and through sleep where the system counts that (Linux, Android), so that two
  // readings show how long a phone lay in a pocket even when somebody set its date.
  std::int64_t steady_ms() override;
  std::int16_t utc_offset_min() override;
};

// A number that stays the same until the machine starts again, for Stamp::boot. Where the system
// has none, random per process.
std::uint64_t boot_id();

}  // namespace daybook
