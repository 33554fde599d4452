// SPDX-License-Identifier: Apache-2.0
// Ports of a world that is played, not lived in: a clock that only moves when told, and randomness
// from a seed. For tests, the simulator and `daybook scenario`. Single-threaded.
#pragma once

#include <cstdint>

#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"

namespace daybook {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t now_ms = 1'790'000'000'000) : now_ms_(now_ms) {}
  std::int64_t wall_ms() override { return now_ms_ + wall_offset_ms_; }
  std::int64_t steady_ms() override { return now_ms_; }
  void advance(std::int64_t ms) { now_ms_ += ms; }
  void set_wall_offset(std::int64_t ms) { wall_offset_ms_ = ms; }

 private:
  std::int64_t now_ms_;
  std::int64_t wall_offset_ms_ = 0;
};

// SplitMix64: small, portable, good enough for ids.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (i % 8 == 0) word = next();
      out[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
    }
  }
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace daybook
