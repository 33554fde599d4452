// SPDX-License-Identifier: Apache-2.0
#include "core/merge/tie.hpp"

#include "core/base/planted_bug.hpp"

namespace daybook {
namespace {

// Of the last eight bytes the first two bits are the variant, the same in every id.
std::uint64_t random_bits(const Uuid& id) {
  std::uint64_t bits = 0;
  for (std::size_t i = 8; i < Uuid::kSize; ++i) bits = (bits << 8) | id.raw[i];
  return bits & (UINT64_MAX >> 2);
}

}  // namespace

bool tie_break(const Uuid& a, const Uuid& b) {
  if (planted(PlantedBug::kTieByUuid)) return a < b;
  const auto of_a = random_bits(a);
  const auto of_b = random_bits(b);
  // Equal random bits do not happen by chance; the order must be total all the same.
  return of_a != of_b ? of_a < of_b : a < b;
}

}  // namespace daybook
