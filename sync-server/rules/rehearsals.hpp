// SPDX-License-Identifier: Apache-2.0
// The rehearsals under way, a few at a time: each is somebody's, goes on when he asks, and is
// forgotten when he does not. On the slow reading thread only.
#pragma once

#include <map>
#include <memory>

#include "core/model/ids.hpp"
#include "sync-server/rules/rehearsal.hpp"

namespace daybook {

class Rehearsals {
 public:
  // kBusy while too many are under way.
  Result<Uuid> begin(ServerStore& book, Schema candidate, const ActorId& by, Clock& clock,
                     Rng& rng);
  // Null when there is none of that id and person.
  Rehearsal* find(const Uuid& id, const ActorId& by, std::int64_t now_ms);
  void forget(const Uuid& id) { running_.erase(id); }

 private:
  struct Running {
    ActorId by;
    std::int64_t asked_ms = 0;
    std::unique_ptr<Rehearsal> rehearsal;
  };
  NoTrace trace_;
  std::map<Uuid, Running> running_;
};

}  // namespace daybook
