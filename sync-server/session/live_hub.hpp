// SPDX-License-Identifier: Apache-2.0
// The bell: open streams by scope. After a group is durable, every stream in a scope where
// something moved is rung once; the phone then syncs. Any thread (one mutex). Streams of a revoked
// device are closed at once.
#pragma once

#include <cstdint>
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
  using Listeners = std::map<std::uint64_t, Listener>;

  Listeners::iterator erase(Listeners::iterator listener);
  void forget_closed();

  std::mutex mutex_;
  Listeners listeners_;
  // Who is rung for a scope. A group touches a few scopes, and there are ten thousand listeners: a
  // ring must not look at all of them.
  std::map<std::string, std::set<std::uint64_t>> by_scope_;
  std::uint64_t next_ = 1;
  std::size_t forget_at_ = 0;  // listeners: so many, and those that have gone are looked for
};

}  // namespace daybook
