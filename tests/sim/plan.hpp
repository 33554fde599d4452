// SPDX-License-Identifier: Apache-2.0
// What one seed means: how many phones and visits, which operations and faults are on and how
// strong. Printed in full with --trace, so that a run can be understood without the code. Each run
// has a random subset on: a fault that is always on hides what another finds.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/planted_bug.hpp"

namespace daybook::sim {

struct Plan {
  std::uint64_t seed = 0;
  int phones = 2;
  int technicians = 2;
  int acts = 60;                     // people's acts before the world heals
  std::int64_t act_gap_ms = 20'000;  // mean time between them
  std::size_t page_size_max = 1 << 20;
  std::size_t batch_size = 1 << 20;
  std::int64_t poll_interval_ms = 120'000;
  std::int64_t digest_interval_ms = 0;
  // Percent of messages.
  int drop_request = 0, drop_reply = 0, duplicate = 0, portal = 0, damage = 0, stale = 0;
  std::int64_t delay_ms_max = 400;
  int group_wait_ms = 0;  // the server takes what came within it as one group
  // Percent of acts that are one of these instead.
  int partition = 0, crash_before = 0, crash_after = 0, poison = 0, backup = 0, restore = 0;
  int kill = 0, copy = 0, old_copy = 0, clone = 0, clock_jump = 0, hand_over = 0, disk_full = 0,
      new_phone = 0;
  bool clocks_off = false;  // phones up to 30 years away
  bool files = false;       // phones in files, not in memory
  int stale_screen = 0;     // percent of office edits from an older screen
  int parallel_words = 40;  // percent of edits that go to the notes

  int photos = 0;  // percent of a phone's acts that promise a content
  // Percent of the lane's calls: pieces cut in the middle, the office's power, its disk, its core,
  // and the phone's process.
  int photo_cut = 0, photo_power = 0, photo_disk = 0, photo_crash = 0, photo_kill = 0;

  // A second run of the same seed in which only the phones' clocks differ.
  int clock_variant = 0;
};

Plan plan_of(std::uint64_t seed);
std::string to_string(const Plan& plan);

PlantedBug bug_named(const std::string& name);  // kNone when unknown
const char* name_of(PlantedBug bug);

}  // namespace daybook::sim
