// SPDX-License-Identifier: Apache-2.0
// Randomness from the operating system, good for keys. Made by abi and app and handed to everyone;
// may be asked from any thread.
#pragma once

#include "core/ports/rng.hpp"

namespace daybook {

class OsRng final : public Rng {
 public:
  // Never returns fewer or weaker bytes: a system without randomness is a broken invariant.
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace daybook
