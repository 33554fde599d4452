// SPDX-License-Identifier: Apache-2.0
// How much hangs on a case. Deadlines are given by it (core/schema/case_terms.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace daybook {

// Numbers are stored: frozen.
enum class Severity : std::uint8_t { kLow = 0, kNormal = 1, kHigh = 2 };
inline constexpr std::array kSeverities{Severity::kLow, Severity::kNormal, Severity::kHigh};

constexpr std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::kLow: return "low";
    case Severity::kNormal: return "normal";
    case Severity::kHigh: return "high";
  }
  return "unknown";
}

constexpr std::optional<Severity> severity_from(std::string_view name) {
  for (const auto severity : kSeverities) {
    if (name == name_of(severity)) return severity;
  }
  return std::nullopt;
}

}  // namespace daybook
