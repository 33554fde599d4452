// SPDX-License-Identifier: Apache-2.0
// Byte strings of a fixed length with a meaning of their own: Uuid (16) and Digest (32) are
// different types, so that they cannot be swapped by mistake. Value types.
#pragma once

#include <array>
#include <compare>
#include <optional>

#include "core/base/bytes.hpp"

namespace daybook {

template <std::size_t Size, class Meaning>
struct FixedBytes {
  static constexpr std::size_t kSize = Size;
  std::array<std::uint8_t, Size> raw{};

  auto operator<=>(const FixedBytes&) const = default;
  bool operator==(const FixedBytes&) const = default;
  BytesView view() const { return raw; }
  bool is_zero() const {
    for (auto byte : raw) {
      if (byte != 0) return false;
    }
    return true;
  }

  // Empty unless `bytes` has exactly the right length.
  static std::optional<FixedBytes> from(BytesView bytes) {
    if (bytes.size() != Size) return std::nullopt;
    FixedBytes result;
    std::memcpy(result.raw.data(), bytes.data(), Size);
    return result;
  }
};

// UUIDv7 for records and change sets (made on the device), random bits for incarnations and epochs.
// Nothing is ever ordered by id.
using Uuid = FixedBytes<16, struct UuidMeaning>;
// SHA-256.
using Digest = FixedBytes<32, struct DigestMeaning>;

}  // namespace daybook
