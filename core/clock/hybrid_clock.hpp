// SPDX-License-Identifier: Apache-2.0
// Time as a record keeps it. Stamps are evidence: what a device believed, with what is known about
// how wrong it was. Nothing is ordered or decided by them. Pure given its clock; a HybridClock
// belongs to one thread.
#pragma once

#include "core/model/change_set.hpp"
#include "core/ports/clock.hpp"

namespace daybook {

// How far a device's clock was from the server's at the last contact.
struct Skew {
  std::int64_t skew_ms = 0;    // device minus server
  std::int64_t bound_ms = -1;  // the truth is within this of skew_ms; -1 = never measured
  bool operator==(const Skew&) const = default;
};

// From one exchange: the device's wall time when it asked, the server's when it answered, and how
// long the answer took by the device's steady clock (its wall clock may be set while it waits).
Skew measure_skew(std::int64_t asked_wall_ms, std::int64_t server_wall_ms,
                  std::int64_t round_trip_ms);

// `boot` names the run of the steady clock (platform: boot_id()).
Stamp make_stamp(Clock& clock, std::uint64_t boot, const Skew& skew);

// A wall clock that never runs backwards, for lists that people read in order (received, last
// contact). When the machine's clock is turned back it counts on by one millisecond a reading until
// it is overtaken; so a clock that was years ahead keeps it ahead, which is why nothing that
// matters is measured with it.
class HybridClock {
 public:
  explicit HybridClock(Clock& clock, std::int64_t last_ms = 0) : clock_(clock), last_ms_(last_ms) {}
  std::int64_t next_ms();  // greater than every answer before, and than `last_ms`
  std::int64_t last_ms() const { return last_ms_; }

 private:
  Clock& clock_;
  std::int64_t last_ms_;
};

}  // namespace daybook
