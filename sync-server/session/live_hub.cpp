// SPDX-License-Identifier: Apache-2.0
#include "sync-server/session/live_hub.hpp"

#include <algorithm>

namespace daybook {
namespace {

// A page takes the core a tenth of what the question and its answer would take, but holds up
// everybody else: where a whole company is concerned, the rest hears the bell and asks in its own
// time.
constexpr std::size_t kPagesMax = 256;

}  // namespace

void LiveHub::add(const DeviceId& device, std::vector<std::string> scopes,
                  std::shared_ptr<DeviceLine> line) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(listeners_, [](const Listener& listener) { return listener.line->closed(); });
  // The first bell says "you are heard": what moved while the line was being opened is fetched now.
  line->ring({});
  listeners_.push_back({device, std::move(scopes), std::move(line)});
}

std::vector<LiveHub::Listener> LiveHub::concerned_by(const std::set<std::string>& touched) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(listeners_, [](const Listener& listener) { return listener.line->closed(); });
  std::vector<Listener> concerned;
  std::copy_if(listeners_.begin(), listeners_.end(), std::back_inserter(concerned),
               [&](const Listener& listener) {
                 return std::any_of(
                     listener.scopes.begin(), listener.scopes.end(),
                     [&](const std::string& scope) { return touched.contains(scope); });
               });
  return concerned;
}

void LiveHub::ring(ServerCore& core, const std::set<std::string>& touched) {
  if (touched.empty()) return;
  const auto concerned = concerned_by(touched);
  std::vector<DeviceId> devices;
  for (const auto& listener : concerned) {
    if (devices.size() < kPagesMax) devices.push_back(listener.device);
  }
  auto calls = core.calls_for(devices);
  for (std::size_t i = 0; i < concerned.size(); ++i) {
    if (i >= calls.size()) {
      concerned[i].line->ring({});
    } else if (calls[i]) {
      concerned[i].line->ring(*std::move(calls[i]));
    }
  }
}

void LiveHub::close_lines_of(const DeviceId& device) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(listeners_, [&](const Listener& listener) {
    if (listener.device != device) return false;
    listener.line->close();
    return true;
  });
}

void LiveHub::close_all() {
  const std::scoped_lock lock(mutex_);
  for (const auto& listener : listeners_) listener.line->close();
  listeners_.clear();
}

std::size_t LiveHub::size() {
  const std::scoped_lock lock(mutex_);
  return listeners_.size();
}

}  // namespace daybook
