// SPDX-License-Identifier: Apache-2.0
#include "sync-server/session/live_hub.hpp"

#include <algorithm>

namespace daybook {
namespace {

constexpr std::size_t kForgetAtMin = 64;
// A page takes the core a tenth of what the question and its answer would take, but holds up
// everybody else: where a whole company is concerned, the rest hears the bell and asks in its own
// time.
constexpr std::size_t kPagesMax = 256;

}  // namespace

LiveHub::Listeners::iterator LiveHub::erase(Listeners::iterator listener) {
  for (const auto& scope : listener->second.scopes) {
    const auto heard = by_scope_.find(scope);
    if (heard == by_scope_.end()) continue;  // named twice
    heard->second.erase(listener->first);
    if (heard->second.empty()) by_scope_.erase(heard);
  }
  return listeners_.erase(listener);
}

void LiveHub::forget_closed() {
  for (auto at = listeners_.begin(); at != listeners_.end();)
    at = at->second.line->closed() ? erase(at) : std::next(at);
}

void LiveHub::add(const DeviceId& device, std::vector<std::string> scopes,
                  std::shared_ptr<DeviceLine> line) {
  const std::scoped_lock lock(mutex_);
  if (listeners_.size() >= forget_at_) {
    forget_closed();
    // A quarter more until the next time: each newcomer pays for a few, not for all.
    forget_at_ = std::max(kForgetAtMin, listeners_.size() + listeners_.size() / 4);
  }
  // The first bell says "you are heard": what moved while the line was being opened is fetched now.
  line->ring({});
  const std::uint64_t number = next_++;
  for (const auto& scope : scopes) by_scope_[scope].insert(number);
  listeners_.emplace(number, Listener{device, std::move(scopes), std::move(line)});
}

void LiveHub::concerned_by(const std::set<std::string>& touched, std::vector<DeviceId>& devices,
                           std::vector<std::shared_ptr<DeviceLine>>& lines) {
  const std::scoped_lock lock(mutex_);
  std::set<std::uint64_t> concerned;
  for (const auto& scope : touched) {
    const auto heard = by_scope_.find(scope);
    if (heard != by_scope_.end()) concerned.insert(heard->second.begin(), heard->second.end());
  }
  for (const std::uint64_t number : concerned) {
    const auto listener = listeners_.find(number);
    if (listener->second.line->closed()) {
      erase(listener);
      continue;
    }
    devices.push_back(listener->second.device);
    lines.push_back(listener->second.line);
  }
}

void LiveHub::ring(ServerCore& core, const std::set<std::string>& touched) {
  if (touched.empty()) return;
  std::vector<DeviceId> devices;
  std::vector<std::shared_ptr<DeviceLine>> lines;
  concerned_by(touched, devices, lines);
  devices.resize(std::min(devices.size(), kPagesMax));
  auto calls = core.calls_for(devices);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i >= calls.size()) {
      lines[i]->ring({});
    } else if (calls[i]) {
      lines[i]->ring(*std::move(calls[i]));
    }
  }
}

void LiveHub::close_lines_of(const DeviceId& device) {
  const std::scoped_lock lock(mutex_);
  for (auto at = listeners_.begin(); at != listeners_.end();) {
    if (at->second.device != device) {
      ++at;
      continue;
    }
    at->second.line->close();
    at = erase(at);
  }
}

void LiveHub::close_all() {
  const std::scoped_lock lock(mutex_);
  for (const auto& [number, listener] : listeners_) listener.line->close();
  listeners_.clear();
  by_scope_.clear();
}

std::size_t LiveHub::size() {
  const std::scoped_lock lock(mutex_);
  forget_closed();
  return listeners_.size();
}

}  // namespace daybook
