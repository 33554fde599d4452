// SPDX-License-Identifier: Apache-2.0
// Thousands of phones that only listen: each enrolled, with a session and an open bell, as a phone
// in a pocket. They count bells and do not fetch. Used by daybook-live, on its loop.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "tests/bench/live/crowd_device.hpp"

namespace daybook::bench {

struct KnownPhone {
  DeviceId device;
  Bytes key_seed;
};

// A thousand phones share an address, below what the office takes from one (limits.hpp).
std::string source_of(std::size_t phone);

class IdleCrowd {
 public:
  IdleCrowd(CrowdLoop& loop, const CrowdDoor& door, const std::vector<KnownPhone>& phones);

  // Opens all of them, some at a time; returns when each has heard its first bell or is lost.
  void open();
  // Until each that is there has been rung since `ring_is_due()`, or the patience is over.
  void ring_is_due();
  bool wait_rung(std::int64_t patience_us);
  void close();

  std::size_t listening() const { return listening_; }
  std::size_t lost() const { return lost_; }
  const std::string& loss() const { return loss_; }  // of the last one
  // When each was rung, monotonic microseconds.
  const std::vector<std::int64_t>& rung_at_us() const { return rung_at_us_; }

 private:
  void open_next();
  void lose(const Error& why);

  CrowdLoop& loop_;
  std::deque<CrowdDevice> phones_;
  std::size_t opened_ = 0;
  std::size_t listening_ = 0;
  std::size_t lost_ = 0;
  std::string loss_;
  std::vector<std::int64_t> rung_at_us_;
};

}  // namespace daybook::bench
