// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: frames as they come from the line. The output keeps to its caps, and what came out
// can be packed again.
#include <algorithm>
#include <cstdlib>

#include "core/wire/frame.hpp"
#include "core/wire/limits.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daybook;
  constexpr std::size_t size_max = 1 << 20;
  const auto message = wire::unpack({bytes, size}, size_max);
  if (!message.ok()) return 0;
  const auto most = std::max<std::size_t>(64 << 10, size * wire::kRatioMax);
  if (message->size() > std::min(size_max, most)) std::abort();
  const auto again = wire::unpack(wire::pack(*message), size_max);
  if (!again.ok() || *again != *message) std::abort();
  return 0;
}
