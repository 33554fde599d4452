// SPDX-License-Identifier: Apache-2.0
// The bell: open streams by scope. After a group is durable, every stream in a scope where
// something moved is rung once; the phone then syncs. Any thread (one mutex). Streams of a revoked
// device are closed at once.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/model/ids.hpp"
#include "sync-server/http/message.hpp"

namespace daybook {

class LiveHub {
 public:
  void add(const DeviceId& device, std::vector<std::string> scopes,
           std::shared_ptr<http::LiveStream> stream);
  void ring(const std::set<std::string>& touched);
  void close_streams_of(const DeviceId& device);
  void close_all();
  std::size_t size();

 private:
  struct Listener {
    DeviceId device;
    std::vector<std::string> scopes;
    std::shared_ptr<http::LiveStream> stream;
  };
  std::mutex mutex_;
  std::vector<Listener> listeners_;
};

}  // namespace daybook
