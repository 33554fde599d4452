// SPDX-License-Identifier: Apache-2.0
// What the connections of one line share: the faults in force, the counters, the seed, the pace of
// each direction. Owned by FaultLine. Only the counters and the copy of the faults behind the lock
// are read from other threads; everything else belongs to the thread of the line.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "tests/fault_line/faults.hpp"

namespace daybook {

using LineClock = std::chrono::steady_clock;

struct LineState {
  LineFaults faults;
  std::uint64_t seed = 1;
  std::string portal_page;
  boost::asio::ip::tcp::endpoint target;
  // When each direction (up, down) has finished sending what it was given: this is what makes the
  // rate.
  std::array<LineClock::time_point, 2> free_at{};
  std::function<void(std::uint64_t)>
      forget;  // called by a connection, with its ordinal, when it has ended

  mutable std::mutex counters_lock;
  LineCounters counters;

  void count(std::uint64_t LineCounters::*field, std::uint64_t by = 1) {
    const std::lock_guard<std::mutex> hold(counters_lock);
    counters.*field += by;
  }

  // A number that depends on the seed and the two places only, so that a run can be played again
  // whatever the order in which the kernel delivers.
  std::uint64_t draw(std::uint64_t place, std::uint64_t turn) const {
    std::uint64_t mixed =
        seed + 0x9E3779B97F4A7C15U * (place + 1) + 0xD1B54A32D192ED03U * (turn + 1);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
  }
};

}  // namespace daybook
