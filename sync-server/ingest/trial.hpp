// SPDX-License-Identifier: Apache-2.0
// After an unclean stop every device is on trial: the set that stopped the server may come again
// from any of them. A device's first set runs in a transaction of its own, then two share one, then
// four…; what is durable is never tried again, so a crash leaves the culprit nearer to the front
// and in the end alone. Used by admit.cpp; how it converges: docs/adr/0002. Core thread only.
#pragma once

#include <cstddef>
#include <map>

#include "core/model/ids.hpp"

namespace daybook {

class Trial {
 public:
  // Every device, also one that is heard of only later, starts from one set at a time.
  void begin() { begun_ = true; }
  bool begun() const { return begun_; }

  bool is_on_trial(const DeviceId& device) const {
    return begun_ && together(device) <= kTogetherMax;
  }
  // How many sets of the device may share a transaction now.
  std::size_t together(const DeviceId& device) const {
    const auto found = together_.find(device);
    return found == together_.end() ? 1 : found->second;
  }
  // The sets of a transaction became durable.
  void passed(const DeviceId& device) { together_[device] = together(device) * 2; }

 private:
  // A device whose sets passed that many at a time is trusted until the next unclean stop. A batch
  // has a bounded number of sets, so a culprit behind them is at most ten crashes from the front.
  static constexpr std::size_t kTogetherMax = 256;

  bool begun_ = false;
  std::map<DeviceId, std::size_t> together_;
};

}  // namespace daybook
