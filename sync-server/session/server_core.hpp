// SPDX-License-Identifier: Apache-2.0
// The whole server behind the doors: takes decoded requests, returns decoded replies.
// Single-threaded and without I/O of its own, so the simulator runs it by the thousand under a
// seed; in daybookd one core thread owns it. Called by app (and tests/sim); the HTTP side is
// device_door.hpp.
//
// Work comes in groups: begin, each task, commit, and only then are replies, bells and feed told
// (`GroupRunner` below).
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "core/ports/trace.hpp"
#include "core/wire/message.hpp"
#include "sync-server/feed/feed.hpp"
#include "sync-server/ingest/ingest.hpp"
#include "sync-server/session/live_pages.hpp"
#include "sync-server/store/rule_book.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// Looks on while groups are made durable: for metrics. Core thread.
class GroupWatch {
 public:
  virtual ~GroupWatch() = default;
  virtual void before_commit(std::size_t tasks) = 0;
  virtual void after_commit(bool durable) = 0;
};

class ServerCore;

// Does its own work at the end of every group, in the same transaction: what follows from a set is
// durable with it or not at all. Core thread.
class GroupEnd {
 public:
  virtual ~GroupEnd() = default;
  // An error is the store's: the whole group is rolled back.
  virtual Result<void> finish(ServerCore& core) = 0;
  virtual void group_undone() = 0;
};

class ServerCore {
 public:
  // `rules`: the set to begin with; open() may put another in force.
  ServerCore(ServerStore& store, const Schema& rules, Clock& clock, Rng& rng, Trace& trace);

  // Before anything is served. Opens the first epoch of a new store; opens a new epoch when the
  // store is not what this server last knew (`last_known`, kept outside the store; empty on the
  // first start); puts every device on trial when the last stop was not clean. A newer rule set
  // than the book's is published, an older one gives way to the book's.
  Result<void> open(const std::optional<StoreHead>& last_known);
  // The last thing before a graceful stop.
  Result<void> close();

  // --- within a group ---

  // Push and pull of one device. Errors: kNotFound (unknown device), kRevoked, kNotSupported
  // (protocol), or the store's.
  Result<wire::SyncReply> sync(const wire::SyncRequest& request);
  // A person's change set; `settles` when it decides a case.
  Result<Receipt> office(const Body& body, bool settles);
  // A set that was published in this group; in force for everything after it. The task that calls
  // this ends its group (CoreTask::ends_group).
  Result<void> put_rules(Schema next);

  Ingest& ingest() { return ingest_; }
  ServerStore& store() { return store_; }
  const Schema& schema() const { return rules_.in_force(); }
  const RuleBook& rules() const { return rules_; }
  Clock& clock() { return clock_; }
  Rng& rng() { return rng_; }
  Trace& trace() { return trace_; }

  void set_watch(GroupWatch* watch) { watch_ = watch; }
  GroupWatch* watch() { return watch_; }
  void set_group_end(GroupEnd* end) { group_end_ = end; }
  // The last work of a group, before its commit.
  Result<void> finish_group() {
    return group_end_ == nullptr ? success() : group_end_->finish(*this);
  }

  // Where the store stood after the last group that became durable.
  const StoreHead& durable_head() const { return durable_head_; }
  // The group is durable, up to `head`; or nothing of it was done.
  void group_done(const StoreHead& head);
  void group_undone();

  // Scopes in which something moved in this group, with the devices' own receipt scopes; cleared by
  // the call.
  std::set<std::string> take_touched();

  // --- between two groups ---

  // What to call out to each device whose scopes were touched: nothing where there is no news for
  // it, an encoded live page where it is known how far the phone has read and little is new, and an
  // empty one for the bare bell.
  std::vector<std::optional<Bytes>> calls_for(const std::vector<DeviceId>& devices);

 private:
  Result<std::optional<wire::Fork>> fork_of(const wire::SyncRequest& request);
  Result<void> settle_rules();
  Result<bool> knows_cursor(const Cursor& cursor);
  Result<void> note_contact(const DeviceRow& device, const wire::SyncRequest& request,
                            bool all_here, const std::optional<ContactRow>& before);
  Result<void> take_witnesses(const DeviceRow& device, const std::vector<wire::Witness>& witnesses);
  Result<void> take_gap(const DeviceRow& device, const wire::SyncRequest& request);
  Result<std::optional<ChainPosition>> safe_point_of(const DeviceRow& device,
                                                     const IncarnationId& incarnation);

  ServerStore& store_;
  RuleBook rules_;
  std::optional<Schema> next_rules_;  // published in the open group
  bool told_of_rules_ = true;         // phones were rung for the newest set
  Clock& clock_;
  Rng& rng_;
  Trace& trace_;
  Ingest ingest_;
  Feed feed_;
  std::set<std::string> touched_;
  LivePages live_pages_;
  StoreHead durable_head_;
  GroupWatch* watch_ = nullptr;
  GroupEnd* group_end_ = nullptr;
};

// One task of a group. `run` works inside the transaction and returns what is to be done once the
// group is durable. An Error from it is the store's: the whole group is rolled back. What a caller
// did wrong is told by the returned function instead. `failed` is called in place of that function
// when the group could not be made durable: nothing happened, try again.
using AfterCommit = std::function<void()>;
struct CoreTask {
  std::function<Result<AfterCommit>(ServerCore& core)> run;
  std::function<void(const Error& why)> failed;
  // Whose sets it brings; zero when it brings none.
  DeviceId device{};
  // What comes after it must see it done.
  bool ends_group = false;
};

// Runs tasks as one group: one transaction, one fsync. Returns the touched scopes (empty when
// nothing was committed). What comes from a device on trial is a group of its own.
std::set<std::string> run_group(ServerCore& core, std::vector<CoreTask> tasks);

}  // namespace daybook
