// SPDX-License-Identifier: Apache-2.0
// Carries between the core and the office while sync is started: one thread takes what the core
// wants sent, carries it and brings the reply back; a second one holds the line open. Neither
// holds the core while it waits for the network, so commit() never waits for it. Owned by an open
// handle. Its methods from any thread, start() and stop() one at a time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "client-lib/abi/answers.hpp"
#include "client-lib/abi/core_worker.hpp"
#include "client-lib/net/carrier.hpp"
#include "client-lib/net/live_line.hpp"
#include "client-lib/net/right_of_way.hpp"
#include "core/ports/rng.hpp"

namespace daybook::abi {

class Courier {
 public:
  // Borrows all for its life; `way` is taken while records are on their way.
  Courier(CoreWorker& worker, Rng& rng, RightOfWay& way);
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  Result<void> start(const Enrolment& enrolment);
  void stop();
  bool started() const;

  // Something is to be sent, or may be: ask the core again.
  void wake();
  void set_network(Network network);
  Network network() const;
  Result<void> wait_idle(std::int64_t timeout_ms);

  // Members of an object that the caller has begun.
  void write_counters(JsonWriter& out) const;

 private:
  // What start() makes: clients and carriers of the two threads.
  struct Line;

  void run_exchanges(Line& line);
  void hold_line(Line& line);
  void hear_call(BytesView page);
  // One round: asks the core, carries, brings back. True when there was nothing to carry.
  Result<bool> carry_once(Line& line);
  Result<Bytes> carry(Line& line, const Outgoing& outgoing);
  void bring_back(Result<Bytes> reply, const Line& line);
  // Until woken, stopped, or so long; negative is for ever. False when stopped.
  bool rest(std::int64_t ms);
  // So long, and as long as the network is switched off. False when stopped.
  bool pause_line(std::int64_t ms);
  std::optional<Error> obstacle(std::uint64_t failures_before) const;
  bool is_settled();

  CoreWorker& worker_;
  Rng& rng_;
  RightOfWay& way_;

  mutable std::mutex mutex_;  // of everything below
  std::condition_variable changed_;
  std::unique_ptr<Line> line_;
  bool stopping_ = false;
  bool awake_ = false;
  bool resting_ = false;
  bool carrying_ = false;
  Network network_ = Network::kOnline;
  std::uint64_t contacts_ = 0;  // replies that the core accepted
  std::uint64_t failures_ = 0;
  std::uint64_t bells_ = 0;
  std::optional<Error> last_failure_;
  CarrierCounters carried_;  // of this start and those before
  CarrierCounters carried_before_;
  HttpsCounters line_counters_;
  HttpsCounters line_counters_before_;
  LiveCounters live_;
  LiveCounters live_before_;
  std::thread exchange_thread_;
  std::thread line_thread_;
};

}  // namespace daybook::abi
