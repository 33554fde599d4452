// SPDX-License-Identifier: Apache-2.0
// Tells each webhook of every commit, in order, until it was taken: lines of commit_line.hpp as one
// POST, signed, and the next only after the last was answered 2xx; so whatever concerns one record
// arrives in the order of the book. Failures are tried again with growing pauses, for ever. Threads
// of its own; made by app. `ring` from any thread. How the bytes get out is plugged in by app.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "core/ports/trace.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/integration/commit_line.hpp"
#include "sync-server/session/server_core.hpp"

namespace daybook {

struct WebhookCall {
  std::string url;
  std::vector<http::Header> headers;
  Bytes body;
};

// "t=<seconds>,v1=<hex of HMAC-SHA256(secret, "<seconds>.<body>")>"
std::string webhook_signature(BytesView secret, std::int64_t seconds, BytesView body);
// How long to wait after so many failures in a row: 1, 2, 4 … s, at most an hour, with jitter.
std::int64_t webhook_pause_ms(std::uint32_t failures, Rng& rng);

class WebhookCourier {
 public:
  struct Parts {
    ServerStore& book;  // read-only, for nobody else
    Rules rules;
    Clock& clock;
    Rng& rng;  // of any thread
    Trace& trace;
    // The answer's status; an error when there was none.
    std::function<Result<int>(const WebhookCall& call)> send;
    // A task for the core thread; false when its queue is full.
    std::function<bool(CoreTask task)> submit;
  };
  explicit WebhookCourier(Parts parts, int threads = 4);
  ~WebhookCourier();  // as stop()

  // Something was committed. Costs next to nothing while there is no webhook.
  void ring();
  // A webhook was made, changed or replayed.
  void look_again();
  void stop();

 private:
  struct Delivery {
    WebhookRow row;
    Version through = 0;
    Bytes body;  // empty: nothing of it is wanted, only the place moves on
  };
  void work();
  Result<std::optional<Delivery>> take_due(std::int64_t& next_ms);
  Result<Delivery> pack(const WebhookRow& row);
  void deliver(const Delivery& delivery);
  void settle(const Delivery& delivery, const std::string& problem);

  Parts parts_;
  std::mutex mutex_;
  std::condition_variable rung_;
  std::set<Uuid> busy_;  // under way
  bool due_ = true;      // look again
  std::atomic<bool> any_{true};
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace daybook
