// SPDX-License-Identifier: Apache-2.0
// Who is listening: the phones' open lines by scope. After a group is durable, every line in a
// scope where something moved is told once: with a page where the core knows how far that phone has
// read, else with the bare bell, and the phone asks. Any thread (one mutex), but for ring(). Lines
// of a revoked device are closed at once.
#pragma once

#include <cstdint>
#include <map>
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
  using Listeners = std::map<std::uint64_t, Listener>;

  Listeners::iterator erase(Listeners::iterator listener);
  void forget_closed();
  // The devices of those concerned, with their lines.
  void concerned_by(const std::set<std::string>& touched, std::vector<DeviceId>& devices,
                    std::vector<std::shared_ptr<DeviceLine>>& lines);

  std::mutex mutex_;
  Listeners listeners_;
  // Who is told for a scope. A group touches a few scopes, and there are ten thousand listeners: a
  // ring must not look at all of them.
  std::map<std::string, std::set<std::uint64_t>> by_scope_;
  std::uint64_t next_ = 1;
  std::size_t forget_at_ = 0;  // listeners: so many, and those that have gone are looked for
};

}  // namespace daybook
