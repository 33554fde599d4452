// SPDX-License-Identifier: Apache-2.0
// What the process counts while it runs, and how Prometheus reads it (docs/operations/metrics.md).
// Written by the core thread and the doors, read by whoever asks: any thread, no lock.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/ports/trace.hpp"

namespace daybook {

// Counts of values at or below each bound, as Prometheus has them. Values are whole: counts, or
// microseconds that are written as seconds.
class Histogram {
 public:
  enum class Unit : std::uint8_t { kCount, kMicroseconds };
  static constexpr std::size_t kBoundsMax = 12;
  Histogram(Unit unit, std::span<const std::int64_t> bounds) : unit_(unit), bounds_(bounds) {}
  void observe(std::int64_t value);
  // Lines of `name`, without HELP and TYPE.
  std::string text(std::string_view name) const;

 private:
  std::string number(std::int64_t value) const;

  Unit unit_;
  std::span<const std::int64_t> bounds_;
  std::array<std::atomic<std::uint64_t>, kBoundsMax + 1> counts_{};
  std::atomic<std::int64_t> sum_{0};
};

// One metric with its explanation, as lines of Prometheus' text format.
std::string metric_text(std::string_view name, std::string_view type, std::string_view help,
                        std::string_view lines);
std::string metric_text(std::string_view name, std::string_view type, std::string_view help,
                        std::uint64_t value);

struct Metrics {
  Metrics();
  Histogram group_size;      // tasks made durable together
  Histogram group_seconds;   // from taking a group to its last answer
  Histogram commit_seconds;  // of which writing and fsync
  Histogram queue_seconds;   // how long the first of a group had waited
  std::atomic<std::uint64_t> groups_failed{0};
  std::atomic<std::uint64_t> queue_refused{0};
  std::atomic<std::int64_t> started_ms{0};
  std::array<std::atomic<std::uint64_t>, 4> log_lines{};  // by level, debug to error

  std::string text() const;
};

}  // namespace daybook
