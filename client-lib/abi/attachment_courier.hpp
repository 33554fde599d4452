// SPDX-License-Identifier: Apache-2.0
// Carries contents of attachments while sync is started: two threads, each with a line of its own,
// so that a small one does not wait for a video; both stop while records are on their way. Each has
// one piece of at most 256 KiB under way. Asks the core what goes next, carries it and says what
// came of it. Owned by an open handle. Its methods from any thread, start() and stop() one at a
// time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "client-lib/abi/answers.hpp"
#include "client-lib/abi/core_worker.hpp"
#include "client-lib/net/attachment_carrier.hpp"
#include "client-lib/net/carrier.hpp"
#include "client-lib/net/right_of_way.hpp"
#include "core/ports/blob_store.hpp"
#include "core/ports/rng.hpp"

namespace daybook::abi {

class AttachmentCourier {
 public:
  // Told on the courier's thread while a content is on its way, and when it is through or stopped.
  using Tell = std::function<void(const Digest& content)>;

  // Borrows all for its life.
  AttachmentCourier(CoreWorker& worker, BlobStore& blobs, Rng& rng, RightOfWay& way, Tell tell);
  ~AttachmentCourier();
  AttachmentCourier(const AttachmentCourier&) = delete;
  AttachmentCourier& operator=(const AttachmentCourier&) = delete;

  Result<void> start(const Enrolment& enrolment);
  void stop();

  // Something may be due: ask the core again.
  void wake();
  void set_network(Network network);

  // The content under way, and how much of it is at the other end.
  struct Progress {
    Digest content;
    std::uint64_t bytes = 0;
  };
  std::vector<Progress> progress() const;  // of all that are under way
  AttachmentCounters counters() const;

 private:
  struct Line;

  void run(Line& line);
  Result<bool> carry_once(Line& line, bool metered);
  // At most twice a day, when there is anything that was brought.
  Result<void> ask_standing(Line& line);
  std::int64_t standing_due_in() const;
  Result<void> note_standings(const std::vector<Digest>& contents,
                              const std::vector<wire::ContentStanding>& standings);
  void note_progress(Line& line, const Digest& content, std::uint64_t bytes);
  bool rest(Line& line, std::int64_t ms);

  CoreWorker& worker_;
  BlobStore& blobs_;
  Rng& rng_;
  RightOfWay& way_;
  const Tell tell_;

  mutable std::mutex mutex_;  // of everything below
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Line>> lines_;
  bool stopping_ = false;
  Network network_ = Network::kOnline;
  std::int64_t standing_due_ms_ = 0;  // steady; nobody asks before
  AttachmentCounters counters_;       // of lines that were stopped
};

}  // namespace daybook::abi
