// SPDX-License-Identifier: Apache-2.0
// When to try again, and how much to send at once. Full jitter: a random wait below a bound that
// doubles, so that a thousand phones do not come back in the same second. Batches grow while the
// line holds and shrink when it breaks, so that a cut costs little.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/ports/rng.hpp"

namespace daybook {

class RetryDelay {
 public:
  RetryDelay(std::int64_t delay_ms_min, std::int64_t delay_ms_max)
      : min_(delay_ms_min), max_(delay_ms_max) {}

  std::int64_t next_ms(Rng& rng) {
    std::int64_t bound = min_;
    for (std::uint32_t i = 0; i < failures_ && bound < max_; ++i) bound *= 2;
    ++failures_;
    return static_cast<std::int64_t>(
        rng.below(static_cast<std::uint64_t>(std::min(bound, max_)) + 1));
  }
  void reset() { failures_ = 0; }
  std::uint32_t failures() const { return failures_; }

 private:
  std::int64_t min_, max_;
  std::uint32_t failures_ = 0;
};

class BatchSize {
 public:
  BatchSize(std::size_t size_min, std::size_t size_start, std::size_t size_max)
      : min_(size_min), max_(size_max), size_(std::clamp(size_start, size_min, size_max)) {}

  std::size_t size() const { return size_; }
  bool smallest() const { return size_ == min_; }
  void on_arrived() { size_ = std::min(size_ * 2, max_); }
  void on_cut() { size_ = std::max(size_ / 2, min_); }

 private:
  std::size_t min_, max_, size_;
};

}  // namespace daybook
