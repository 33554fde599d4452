// SPDX-License-Identifier: Apache-2.0
// Who is listening: the phones' open lines by scope. After a group is durable, every line in a
// scope where something moved is told: with a page where the core knows how far that phone has
// read, else with the bare bell, and the phone asks. Any thread (one mutex), but for ring(). Lines
// of a revoked device are closed at once.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/model/ids.hpp"
#include "sync-server/session/device_line.hpp"
#include "sync-server/session/server_core.hpp"

namespace daybook {

class LiveHub {
 public:
  void add(const DeviceId& device, std::vector<std::string> scopes,
           std::shared_ptr<DeviceLine> line);
  // Core thread, between two groups.
  void ring(ServerCore& core, const std::set<std::string>& touched);
  void close_lines_of(const DeviceId& device);
  void close_all();
  std::size_t size();

 private:
  struct Listener {
    DeviceId device;
    std::vector<std::string> scopes;
    std::shared_ptr<DeviceLine> line;
  };
  std::vector<Listener> concerned_by(const std::set<std::string>& touched);

  std::mutex mutex_;
  std::vector<Listener> listeners_;
};

}  // namespace daybook
