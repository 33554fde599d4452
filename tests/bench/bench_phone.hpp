// SPDX-License-Identifier: Apache-2.0
// A phone as libdaybook is made of: the real core on its real file, the real carrier over TLS; only
// the threads between them are left out, so that a measurement knows when each step begins. Used by
// daybook-bench; one thread. Breaks the program off with the reason where something fails that no
// measurement may swallow.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "client-lib/net/carrier.hpp"
#include "client-lib/net/live_line.hpp"
#include "client-lib/net/right_of_way.hpp"
#include "client-lib/session/client_core.hpp"
#include "core/platform/os_rng.hpp"
#include "core/platform/system_clock.hpp"
#include "core/ports/trace.hpp"
#include "tests/bench/meters.hpp"
#include "tests/bench/peers/load.hpp"

namespace daybook::bench {

[[noreturn]] void give_up(const std::string& what, const Error& why);

template <class T>
T take(Result<T> result, const std::string& what) {
  if (!result.ok()) give_up(what, result.error());
  return std::move(result).value();
}
void take(const Result<void>& result, const std::string& what);

// One connection to the office with the phone's key on it.
struct BenchLine {
  BenchLine(const ServerAddress& address, const DeviceId& device, std::unique_ptr<Signer> key,
            Rng& rng, RightOfWay* first)
      : signer(std::move(key)), client(address, {}, first), carrier(client, device, *signer, rng) {}
  std::unique_ptr<Signer> signer;
  HttpsClient client;
  Carrier carrier;
};

// The held line beside it, with the thread that holds it.
struct BenchLive {
  BenchLive(const ServerAddress& address, const DeviceId& device, std::unique_ptr<Signer> key,
            LiveLine::OnCall on_call);
  ~BenchLive() { stop(); }
  void stop();
  std::unique_ptr<Signer> signer;
  HttpsClient client;
  LiveLine live;
  std::thread holder;
};

class BenchPhone {
 public:
  explicit BenchPhone(const std::string& path);

  void enrol(const std::string& code);
  // Needs an enrolled phone. `make_ready` opens the connection and the session, so that a clock may
  // start behind.
  std::unique_ptr<BenchLine> make_line();
  // As the lane of attachments has one: it gives way to records.
  std::unique_ptr<BenchLine> make_lane();
  void make_ready();
  // Returns when the office has heard of it. `on_call` runs on the holder's thread.
  void hold_line(LiveLine::OnCall on_call);
  BenchLive& live() { return *live_; }

  CommitInput read_unit(const WorkUnit& unit) const;

  // One request and its answer, by the held line where there is one and the request is brief.
  // False: there was nothing to send. An error is told to the core, which plans a retry.
  Result<bool> exchange_once();
  // Until the core has nothing to send any more.
  void exchange_all();

  ClientCore& core() { return *core_; }
  RightOfWay& way() { return way_; }
  BenchLine& line() { return *line_; }
  ClientStatus status() { return take(core_->status(), "status"); }
  // Exchanges that were answered, and those of them with a batch: each is one signature that the
  // office has verified.
  std::uint64_t exchanges() const { return exchanges_; }
  std::uint64_t batches() const { return batches_; }
  // Of the requests that were answered; what went up beyond it went up in vain.
  std::uint64_t answered_bytes() const { return answered_bytes_; }
  double last_acknowledged_s() const { return last_acknowledged_s_; }

 private:
  std::unique_ptr<BenchLine> make_line(RightOfWay* first);

  OsRng rng_;
  SystemClock clock_;
  RightOfWay way_;
  NoTrace trace_;
  std::unique_ptr<ClientCore> core_;
  std::unique_ptr<BenchLine> line_;
  std::unique_ptr<BenchLive> live_;
  std::uint64_t batches_ = 0;
  std::uint64_t answered_bytes_ = 0;
  std::uint64_t exchanges_ = 0;
  double last_acknowledged_s_ = 0;
};

// The pragmas of a store's file as every connection of the house has them, told by SQLite.
Line effective_pragmas(const std::string& path);

}  // namespace daybook::bench
