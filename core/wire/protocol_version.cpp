// SPDX-License-Identifier: Apache-2.0
#include "core/wire/protocol_version.hpp"

#include <algorithm>

namespace daybook::wire {

Result<std::uint64_t> choose_protocol(std::uint64_t protocol_min, std::uint64_t protocol_max) {
  const auto highest = std::min(protocol_max, kProtocolMax);
  if (highest < std::max(protocol_min, kProtocolMin)) {
    return failure(Errc::kNotSupported, "sync.protocol", both_ranges(protocol_min, protocol_max));
  }
  return highest;
}

std::string both_ranges(std::uint64_t protocol_min, std::uint64_t protocol_max) {
  return "request " + std::to_string(protocol_min) + ".." + std::to_string(protocol_max) +
         ", server " + std::to_string(kProtocolMin) + ".." + std::to_string(kProtocolMax);
}

}  // namespace daybook::wire
