// SPDX-License-Identifier: Apache-2.0
// The only source of randomness: ids, salts, nonces, retry jitter. Real: the OS. Simulated: seeded,
// so that a run replays.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/fixed_bytes.hpp"

namespace daybook {

class Rng {
 public:
  virtual ~Rng() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  // Uniform in [0, bound); 0 when bound is 0.
  std::uint64_t below(std::uint64_t bound) {
    if (bound == 0) return 0;
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    std::uint64_t drawn = 0;
    do {
      std::uint8_t raw[8];
      fill(raw);
      drawn = 0;
      for (auto byte : raw) drawn = (drawn << 8) | byte;
    } while (drawn >= limit);
    return drawn % bound;
  }

  template <class Fixed>
  Fixed draw() {
    Fixed result;
    fill(result.raw);
    return result;
  }
};

}  // namespace daybook
