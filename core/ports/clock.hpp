// SPDX-License-Identifier: Apache-2.0
// The only way to ask what time it is. Wall time is evidence (it may be years wrong, jump, repeat);
// steady time measures waits. Real: core/platform/system_clock. Simulated: tests/sim.
#pragma once

#include <cstdint>

namespace daybook {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t wall_ms() = 0;    // ms since 1970 UTC, as this machine believes
  virtual std::int64_t steady_ms() = 0;  // never goes backwards while the process lives
  virtual std::int16_t utc_offset_min() { return 0; }
};

}  // namespace daybook
