// SPDX-License-Identifier: Apache-2.0
// One connection of HttpsClient: a TCP socket with a TlsTalk over it, moved forward by waiting with
// a deadline. Asio does the waiting, inside the caller's thread. Only HttpsClient's thread, except
// Interrupt, which any thread may set.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "client-lib/net/https_client.hpp"
#include "client-lib/net/pinned_tls.hpp"
#include "core/base/result.hpp"

namespace daybook {

// The loop that waits, and the bell that ends the waiting from another thread.
struct InterruptibleLoop {
  boost::asio::io_context io;
  std::atomic<bool> interrupted{false};
  std::atomic<bool> nudged{false};  // ends one wait, not the connection

  void interrupt() {
    interrupted.store(true);
    boost::asio::post(io, [] {});
  }
  void nudge() {
    nudged.store(true);
    boost::asio::post(io, [] {});
  }
};

class TlsLink {
 public:
  // `stoppable`: little waits in the kernel, so that what is not written yet can give way.
  TlsLink(InterruptibleLoop& loop, PinnedTls& tls, HttpsCounters& counters, bool stoppable);
  ~TlsLink();
  TlsLink(const TlsLink&) = delete;
  TlsLink& operator=(const TlsLink&) = delete;

  // Name, TCP, TLS, pin: all within `ms`.
  Result<void> open(const ServerAddress& address, std::int64_t ms);

  bool can_write() const;
  // REQUIRES: can_write(). Takes at most one record.
  Result<std::size_t> write(BytesView plain);
  Result<std::size_t> read(
      std::span<std::uint8_t> into);  // 0: wait. kCut: the line or the server ended it
  // Until bytes moved in either direction, the line ended or the loop was nudged. kTimedOut,
  // kClosed.
  Result<void> wait(std::int64_t ms);
  // Without waiting: is it still good for a request?
  bool alive();
  void say_goodbye();

  Digest channel() const { return talk_ ? talk_->channel() : Digest{}; }

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  struct Wire;  // shared with handlers that may come home late

  Result<void> connect(const ServerAddress& address, Deadline deadline);
  Result<boost::asio::ip::tcp::resolver::results_type> resolve(const ServerAddress& address,
                                                               Deadline deadline);
  Result<void> run_until(Deadline deadline, const bool& done, bool may_be_nudged = false);
  Result<void> shake_hands(Deadline deadline);
  void start_moving();

  InterruptibleLoop& loop_;
  PinnedTls& tls_;
  HttpsCounters& counters_;
  const bool stoppable_;
  std::shared_ptr<Wire> wire_;
  std::optional<TlsTalk> talk_;
};

}  // namespace daybook
