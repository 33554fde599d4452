// SPDX-License-Identifier: Apache-2.0
#include "sync-server/integration/webhook_courier.hpp"

#include <algorithm>
#include <future>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

constexpr std::size_t kCommitsMax = 200;
constexpr std::size_t kBodySizeMax = 512 * 1024;
constexpr std::size_t kCommitsLookedAt = 5'000;
constexpr std::int64_t kPauseMsMax = 60LL * 60 * 1000;
constexpr std::int64_t kLookAgainMs = 60'000;
constexpr std::size_t kProblemSizeMax = 300;

}  // namespace

std::string webhook_signature(BytesView secret, std::int64_t seconds, BytesView body) {
  Bytes message = copy_of(view_of(std::to_string(seconds) + "."));
  message.insert(message.end(), body.begin(), body.end());
  return "t=" + std::to_string(seconds) + ",v1=" + to_hex(hmac_sha256(secret, message).view());
}

std::int64_t webhook_pause_ms(std::uint32_t failures, Rng& rng) {
  const std::int64_t whole =
      std::min(kPauseMsMax, std::int64_t{1000} << std::min(failures > 0 ? failures - 1 : 0U, 12U));
  // Between half and whole, so that hooks that failed together do not come back together.
  return whole / 2 +
         static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(whole / 2 + 1)));
}

WebhookCourier::WebhookCourier(Parts parts, int threads) : parts_(std::move(parts)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WebhookCourier::~WebhookCourier() { stop(); }

void WebhookCourier::ring() {
  if (any_.load()) look_again();
}

void WebhookCourier::look_again() {
  {
    const std::scoped_lock lock(mutex_);
    due_ = true;
  }
  rung_.notify_one();
}

void WebhookCourier::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  rung_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WebhookCourier::work() {
  std::unique_lock lock(mutex_);
  std::int64_t next_ms = 0;
  while (!stopping_) {
    due_ = false;
    auto delivery = take_due(next_ms);
    if (!delivery.ok()) {
      parts_.trace.note(TraceLevel::kWarning, "webhook.book",
                        {{"error", to_string(delivery.error())}});
    }
    if (!delivery.ok() || !*delivery) {
      const std::int64_t wait =
          std::clamp<std::int64_t>(next_ms - parts_.clock.wall_ms(), 10, kLookAgainMs);
      rung_.wait_for(lock, std::chrono::milliseconds(wait), [this] { return stopping_ || due_; });
      continue;
    }
    busy_.insert((*delivery)->row.webhook);
    lock.unlock();
    rung_.notify_one();  // another may be due
    deliver(**delivery);
    lock.lock();
    busy_.erase((*delivery)->row.webhook);
  }
}

// Under the mutex: the book is shared by the threads.
Result<std::optional<WebhookCourier::Delivery>> WebhookCourier::take_due(std::int64_t& next_ms) {
  const std::int64_t now = parts_.clock.wall_ms();
  next_ms = now + kLookAgainMs;
  DAYBOOK_TRY(parts_.book.begin());
  const auto look = [&]() -> Result<std::optional<Delivery>> {
    DAYBOOK_ASSIGN(const auto head, parts_.book.head());
    DAYBOOK_ASSIGN(const auto rows, parts_.book.list_webhooks());
    any_ = !rows.empty();
    for (const auto& row : rows) {
      if (!row.active || row.delivered >= head.version || busy_.contains(row.webhook)) continue;
      if (row.next_ms > now) {
        next_ms = std::min(next_ms, row.next_ms);
        continue;
      }
      DAYBOOK_ASSIGN(auto delivery, pack(row));
      return std::optional(std::move(delivery));
    }
    return std::optional<Delivery>{};
  };
  auto found = look();
  parts_.book.rollback();
  return found;
}

Result<WebhookCourier::Delivery> WebhookCourier::pack(const WebhookRow& row) {
  Delivery delivery{row, row.delivered, {}};
  const WantedCollections wanted(row.collections.begin(), row.collections.end());
  std::string text;
  DAYBOOK_ASSIGN(delivery.through, tell_commits(parts_.book, parts_.rules, wanted, row.delivered,
                                                {kCommitsMax, kBodySizeMax, kCommitsLookedAt},
                                                [&](const std::string& line, const CommitRow&) {
                                                  text += line + "\n";
                                                }));
  delivery.body = copy_of(view_of(text));
  return delivery;
}

void WebhookCourier::deliver(const Delivery& delivery) {
  if (delivery.body.empty()) return settle(delivery, {});
  WebhookCall call;
  call.url = delivery.row.url;
  call.body = delivery.body;
  const std::int64_t seconds = parts_.clock.wall_ms() / 1000;
  call.headers = {
      {"content-type", "application/x-ndjson"},
      {"daybook-webhook", to_string(delivery.row.webhook)},
      {"daybook-commits",
       std::to_string(delivery.row.delivered + 1) + "-" + std::to_string(delivery.through)},
      {"daybook-signature", webhook_signature(delivery.row.secret, seconds, call.body)}};
  const auto status = parts_.send(call);
  std::string problem;
  if (!status.ok()) {
    problem = to_string(status.error()).substr(0, kProblemSizeMax);
  } else if (*status < 200 || *status > 299) {
    problem = "answered " + std::to_string(*status);
  }
  settle(delivery, problem);
}

// Written through the core thread like everything in the book. Somebody may have moved the place
// meanwhile (a replay), or ended the webhook: then what was delivered does not move it again.
void WebhookCourier::settle(const Delivery& delivery, const std::string& problem) {
  if (!problem.empty()) {
    parts_.trace.note(TraceLevel::kWarning, "webhook.failed",
                      {{"webhook", to_string(delivery.row.webhook)},
                       {"failures", std::int64_t{delivery.row.failures} + 1},
                       {"problem", problem}});
  }
  auto done = std::make_shared<std::promise<void>>();
  auto settled = done->get_future();
  const std::int64_t now = parts_.clock.wall_ms();
  const std::int64_t pause = webhook_pause_ms(delivery.row.failures + 1, parts_.rng);
  auto run = [delivery = delivery, problem, now, pause,
              done](ServerCore& core) -> Result<AfterCommit> {
    DAYBOOK_ASSIGN(auto rows, core.store().list_webhooks());
    for (auto& row : rows) {
      if (row.webhook != delivery.row.webhook || row.delivered != delivery.row.delivered) continue;
      row.last_ms = now;
      row.last_problem = problem;
      row.failures = problem.empty() ? 0 : row.failures + 1;
      row.next_ms = problem.empty() ? 0 : now + pause;
      if (problem.empty()) row.delivered = delivery.through;
      DAYBOOK_TRY(core.store().put_webhook(row));
    }
    return AfterCommit([done] { done->set_value(); });
  };
  auto failed = [done](const Error&) { done->set_value(); };
  if (!parts_.submit({std::move(run), std::move(failed)})) return;
  // A place that was not written down is delivered again: at least once, and told by `cursor`.
  static_cast<void>(settled.wait_for(std::chrono::seconds(30)));
}

}  // namespace daybook
