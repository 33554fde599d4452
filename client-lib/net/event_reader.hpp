// SPDX-License-Identifier: Apache-2.0
// Server-sent events out of a stream of bytes: the part of the HTML standard's format that our
// office writes (event, data, id; comments are pings). Used by HttpsClient. Pure.
#pragma once

#include <functional>
#include <string>

#include "client-lib/net/https_client.hpp"
#include "core/base/result.hpp"

namespace daybook {

class EventReader {
 public:
  explicit EventReader(std::size_t event_size_max) : size_max_(event_size_max) {}

  // Calls `on_event` for every event that is whole. False when it wants no more; kTooLarge when an
  // event is.
  Result<bool> feed(BytesView bytes, const std::function<bool(const ServerEvent&)>& on_event);

 private:
  bool end_line(const std::function<bool(const ServerEvent&)>& on_event);

  const std::size_t size_max_;
  std::string line_;
  std::string name_;
  std::string data_;
  std::string id_;
  bool has_data_ = false;
  bool after_return_ = false;
};

}  // namespace daybook
