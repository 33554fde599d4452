// SPDX-License-Identifier: Apache-2.0
// What the parts of the running house know of themselves, as Prometheus text. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "sync-server/attachments/keeper.hpp"
#include "sync-server/net/listener.hpp"

namespace daybook {

struct HouseState {
  std::size_t queue = 0;         // tasks that wait for the core thread
  std::size_t phones_live = 0;   // open bells
  std::size_t feeds_live = 0;    // open feeds
  std::uint64_t reports_at = 0;  // commit that the reports file stands at
  std::uint64_t head = 0;
  std::uint64_t disk_free = 0;  // bytes
};

std::string house_metrics(const HouseState& state);
std::string door_metrics(const DoorCounts& counts);
std::string content_metrics(const KeepingCounts& counts);

}  // namespace daybook
