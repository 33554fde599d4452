// SPDX-License-Identifier: Apache-2.0
// Looks after contents that are here: reads each one whole once in a while and compares it with its
// digest, lets go what was to be kept for so long only, finishes removals, and drops uploads that
// nobody goes on with. What a signature or evidence rests on is never dropped by it, and a content
// that the book does not know stays: after a restore it may be the last copy. Called by a thread
// that may wait; asks the core thread through `submit`. `counts` from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>

#include "core/ports/blob_store.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/trace.hpp"
#include "sync-server/attachments/lane.hpp"
#include "sync-server/session/server_core.hpp"

namespace daybook {

struct KeepingPlan {
  std::int64_t compare_days = 30;         // each content is compared so often
  std::uint64_t bytes_per_s = 20u << 20;  // read for that, so that others have the disk
  std::int64_t keep_days = 0;  // of contents that are neither signature nor evidence; 0: for ever
};

// As of the last round, and since the start.
struct KeepingCounts {
  std::uint64_t contents = 0, bytes = 0;  // here
  std::uint64_t missing = 0;              // promised, not here
  std::uint64_t damaged = 0;              // here, and not what they were
  std::uint64_t unknown = 0;              // in the store, and the book knows nothing of them
  std::uint64_t removed = 0;
  std::uint64_t compared_total = 0;
  std::uint64_t uploads_dropped_total = 0;
  std::uint64_t to_compare = 0;  // of the round under way
};

class ContentKeeper {
 public:
  // Waits so long; false when the house stops.
  using Rest = std::function<bool(std::int64_t ms)>;

  ContentKeeper(BlobStore& blobs, Clock& clock, Trace& trace, std::function<bool(CoreTask)> submit,
                KeepingPlan plan)
      : blobs_(blobs), clock_(clock), trace_(trace), submit_(std::move(submit)), plan_(plan) {}

  // Everything once. Errors are the core's (busy, a full disk): the next round does it.
  Result<void> round(const Rest& rest);
  KeepingCounts counts() const;

 private:
  template <class Answer>
  Result<Answer> ask(std::function<Result<Answer>(ServerCore&)> question);
  Result<void> look_at_contents(const Rest& rest, KeepingCounts& counts);
  Result<void> look_at(const ContentRow& content, const Rest& rest, KeepingCounts& counts);
  Result<bool> may_go(const ContentRow& content);
  Result<void> put(const ContentRow& content);
  Result<void> compare(ContentRow content, const Rest& rest, KeepingCounts& counts);
  Result<void> look_at_uploads(KeepingCounts& counts);
  Result<void> look_for_unknown(KeepingCounts& counts);
  void publish(const KeepingCounts& counts);

  BlobStore& blobs_;
  Clock& clock_;
  Trace& trace_;
  const std::function<bool(CoreTask)> submit_;
  const KeepingPlan plan_;
  mutable std::mutex mutex_;
  KeepingCounts counts_;
};

}  // namespace daybook
