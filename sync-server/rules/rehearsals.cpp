// SPDX-License-Identifier: Apache-2.0
#include "sync-server/rules/rehearsals.hpp"

#include <utility>

namespace daybook {
namespace {

// Each holds the records of the whole book.
constexpr std::size_t kRunningMax = 2;
constexpr std::int64_t kForgottenAfterMs = 60'000;

}  // namespace

Result<Uuid> Rehearsals::begin(ServerStore& book, Schema candidate, const ActorId& by, Clock& clock,
                               Rng& rng) {
  const std::int64_t now_ms = clock.steady_ms();
  std::erase_if(running_, [&](const auto& entry) {
    return entry.second.by == by || now_ms - entry.second.asked_ms > kForgottenAfterMs;
  });
  if (running_.size() >= kRunningMax)
    return failure(Errc::kBusy, "rehearsal", "others are rehearsing; try again in a minute");
  DAYBOOK_ASSIGN(auto rehearsal, Rehearsal::begin(book, std::move(candidate), clock, trace_));
  const auto id = rng.draw<Uuid>();
  running_[id] = {by, now_ms, std::move(rehearsal)};
  return id;
}

Rehearsal* Rehearsals::find(const Uuid& id, const ActorId& by, std::int64_t now_ms) {
  const auto found = running_.find(id);
  if (found == running_.end() || found->second.by != by) return nullptr;
  found->second.asked_ms = now_ms;
  return found->second.rehearsal.get();
}

}  // namespace daybook
