// SPDX-License-Identifier: Apache-2.0
#include "sync-server/session/live_hub.hpp"

#include <algorithm>

namespace daybook {

void LiveHub::add(const DeviceId& device, std::vector<std::string> scopes,
                  std::shared_ptr<http::LiveStream> stream) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(listeners_, [](const Listener& listener) { return listener.stream->closed(); });
  // The first bell says "you are heard": what moved while the stream was being opened is fetched
  // now.
  stream->write("event: bell\ndata: open\n\n");
  listeners_.push_back({device, std::move(scopes), std::move(stream)});
}

void LiveHub::ring(const std::set<std::string>& touched) {
  if (touched.empty()) return;
  const std::scoped_lock lock(mutex_);
  std::erase_if(listeners_, [](const Listener& listener) { return listener.stream->closed(); });
  for (const auto& listener : listeners_) {
    const bool concerned =
        std::any_of(listener.scopes.begin(), listener.scopes.end(),
                    [&](const std::string& scope) { return touched.contains(scope); });
    if (concerned) listener.stream->write("event: bell\ndata:\n\n");
  }
}

void LiveHub::close_streams_of(const DeviceId& device) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(listeners_, [&](const Listener& listener) {
    if (listener.device != device) return false;
    listener.stream->close();
    return true;
  });
}

void LiveHub::close_all() {
  const std::scoped_lock lock(mutex_);
  for (const auto& listener : listeners_) listener.stream->close();
  listeners_.clear();
}

std::size_t LiveHub::size() {
  const std::scoped_lock lock(mutex_);
  return listeners_.size();
}

}  // namespace daybook
