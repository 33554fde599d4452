// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/courier.hpp"

#include <algorithm>
#include <chrono>

#include "client-lib/abi/guard.hpp"
#include "client-lib/abi/server_address.hpp"
#include "core/wire/frame.hpp"

namespace daybook::abi {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr std::int64_t kForEverMs = 1'000'000'000;
constexpr std::int64_t kLinePauseMinMs = 2'000;
constexpr std::int64_t kLinePauseMaxMs = 120'000;
// A line that lived so long was worth having; the next break begins with a short pause again.
constexpr std::int64_t kLineWorthMs = 30'000;
// An answer on the line that takes longer than this will not come.
constexpr std::int64_t kLineAnswerMs = 30'000;
// Somebody is waiting in front of the phone: the next attempt does not wait for the retry's full
// delay.
constexpr std::int64_t kAskAgainMs = 1'000;

CarrierCounters sum(const CarrierCounters& a, const CarrierCounters& b) {
  CarrierCounters s;
  s.exchanges = a.exchanges + b.exchanges;
  s.connections = a.connections + b.connections;
  s.cuts = a.cuts + b.cuts;
  s.payload_up = a.payload_up + b.payload_up;
  s.payload_resent = a.payload_resent + b.payload_resent;
  s.payload_down = a.payload_down + b.payload_down;
  s.restarts = a.restarts + b.restarts;
  return s;
}

HttpsCounters sum(const HttpsCounters& a, const HttpsCounters& b) {
  HttpsCounters s;
  s.connections = a.connections + b.connections;
  s.handshakes_resumed = a.handshakes_resumed + b.handshakes_resumed;
  s.line_up = a.line_up + b.line_up;
  s.line_down = a.line_down + b.line_down;
  return s;
}

LiveCounters sum(const LiveCounters& a, const LiveCounters& b) {
  return {a.asked + b.asked, a.bells + b.bells, a.pages + b.pages};
}

// Waiting does not remove these.
bool is_final(Errc code) {
  return code == Errc::kRevoked || code == Errc::kForbidden || code == Errc::kInternal;
}

}  // namespace

struct Courier::Line {
  Line(const ServerAddress& address, const DeviceId& device,
       std::unique_ptr<Signer> exchange_signer, std::unique_ptr<Signer> line_signer, Rng& rng)
      : signer(std::move(exchange_signer)),
        client(address),
        carrier(client, device, *signer, rng),
        live_signer(std::move(line_signer)),
        live_client(address),
        live(live_client, device, *live_signer) {}

  std::unique_ptr<Signer> signer;
  HttpsClient client;
  Carrier carrier;
  std::unique_ptr<Signer> live_signer;
  HttpsClient live_client;
  LiveLine live;
};

Courier::Courier(CoreWorker& worker, Rng& rng, RightOfWay& way)
    : worker_(worker), rng_(rng), way_(way) {}

Courier::~Courier() { stop(); }

Result<void> Courier::start(const Enrolment& enrolment) {
  if (started()) return success();
  DAYBOOK_ASSIGN(const auto address, read_server_address(enrolment.server_url, enrolment.pins));
  DAYBOOK_ASSIGN(auto signer, signer_of(enrolment.key_alg, enrolment.key_seed));
  DAYBOOK_ASSIGN(auto line_signer, signer_of(enrolment.key_alg, enrolment.key_seed));
  const std::scoped_lock lock(mutex_);
  line_ = std::make_unique<Line>(address, enrolment.device, std::move(signer),
                                 std::move(line_signer), rng_);
  if (network_ == Network::kOffline) {
    line_->client.interrupt();
    line_->live_client.interrupt();
  }
  stopping_ = false;
  awake_ = true;
  carried_before_ = carried_;
  line_counters_before_ = line_counters_;
  live_before_ = live_;
  Line& line = *line_;
  exchange_thread_ = std::thread([this, &line] { run_exchanges(line); });
  line_thread_ = std::thread([this, &line] { hold_line(line); });
  return success();
}

void Courier::stop() {
  {
    const std::scoped_lock lock(mutex_);
    if (!line_) return;
    stopping_ = true;
    line_->client.interrupt();
    line_->live_client.interrupt();
    changed_.notify_all();
  }
  exchange_thread_.join();
  line_thread_.join();
  const std::scoped_lock lock(mutex_);
  line_.reset();
  resting_ = false;
}

bool Courier::started() const {
  const std::scoped_lock lock(mutex_);
  return line_ != nullptr;
}

void Courier::wake() {
  const std::scoped_lock lock(mutex_);
  awake_ = true;
  changed_.notify_all();
}

void Courier::set_network(Network network) {
  const std::scoped_lock lock(mutex_);
  const bool was_offline = network_ == Network::kOffline;
  network_ = network;
  if (line_ && !stopping_ && network == Network::kOffline) {
    line_->client.interrupt();
    line_->live_client.interrupt();
  }
  if (line_ && !stopping_ && was_offline && network != Network::kOffline) {
    line_->client.allow();
    line_->live_client.allow();
  }
  awake_ = true;
  changed_.notify_all();
}

Network Courier::network() const {
  const std::scoped_lock lock(mutex_);
  return network_;
}

bool Courier::rest(std::int64_t ms) {
  std::unique_lock lock(mutex_);
  const auto wait = Milliseconds(ms < 0 ? kForEverMs : std::min(ms, kForEverMs));
  if (!awake_ && !stopping_) {
    resting_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, wait, [&] { return awake_ || stopping_; });
    resting_ = false;
  }
  awake_ = false;
  return !stopping_;
}

void Courier::run_exchanges(Line& line) {
  constexpr std::int64_t trouble_pause_ms = 5'000;
  std::int64_t rest_ms = 0;
  while (rest(rest_ms)) {
    rest_ms = 0;
    if (network() == Network::kOffline) {
      rest_ms = -1;
      continue;
    }
    const auto nothing = guarded([&] { return carry_once(line); });
    if (!nothing.ok()) {
      // The store refuses to work, or the core is broken: the status says so, and asking in a
      // circle does not help.
      const std::scoped_lock lock(mutex_);
      ++failures_;
      last_failure_ = nothing.error();
      rest_ms = nothing.error().code == Errc::kInternal ? -1 : trouble_pause_ms;
    } else if (*nothing) {
      const auto idle = worker_.ask<std::int64_t>(
          [](Desk& desk) -> Result<std::int64_t> { return desk.core->idle_ms(); });
      rest_ms = idle.ok() ? *idle : -1;
    }
  }
}

Result<bool> Courier::carry_once(Line& line) {
  DAYBOOK_ASSIGN(auto outgoing, worker_.ask<std::optional<Outgoing>>(
                                    [](Desk& desk) { return desk.core->next_request(); }));
  if (!outgoing) return true;
  {
    const std::scoped_lock lock(mutex_);
    carrying_ = true;
  }
  bring_back(carry(line, *outgoing), line);
  return false;
}

Result<Bytes> Courier::carry(Line& line, const Outgoing& outgoing) {
  const RightOfWay::Passage passage(way_);
  if (outgoing.brief && line.live.is_open()) {
    auto answer = line.live.ask(outgoing.message, kLineAnswerMs);
    if (answer.ok()) return wire::as_it_is(*answer);
    const Errc why = answer.error().code;
    const bool by_exchange = why == Errc::kCut || why == Errc::kTimedOut ||
                             why == Errc::kTooLarge || why == Errc::kUnauthorized;
    if (!by_exchange) return std::move(answer).error();
  }
  return line.carrier.exchange(outgoing.path, outgoing.frame());
}

void Courier::bring_back(Result<Bytes> reply, const Line& line) {
  const auto taken = worker_.ask<bool>([&](Desk& desk) -> Result<bool> {
    if (reply.ok()) {
      DAYBOOK_TRY(desk.core->on_reply(*reply));
      return true;
    }
    const Error& why = reply.error();
    // Interrupted by the host: for the core that is a network which went away.
    desk.core->on_failure(why.code == Errc::kClosed ? failure(Errc::kOffline, why.field, why.detail)
                                                    : why);
    return false;
  });
  const std::scoped_lock lock(mutex_);
  carrying_ = false;
  carried_ = sum(carried_before_, line.carrier.counters());
  line_counters_ = sum(line_counters_before_, line.client.counters());
  live_ = sum(live_before_, line.live.counters());
  if (taken.ok() && *taken) {
    ++contacts_;
    last_failure_.reset();
  } else {
    ++failures_;
    last_failure_ = reply.ok() ? taken.error() : reply.error();
  }
  changed_.notify_all();
}

bool Courier::pause_line(std::int64_t ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, Milliseconds(ms),
                    [&] { return stopping_ || network_ == Network::kOffline; });
  changed_.wait(lock, [&] { return stopping_ || network_ != Network::kOffline; });
  return !stopping_;
}

void Courier::hear_call(BytesView page) {
  const auto taken = worker_.ask<bool>([&](Desk& desk) -> Result<bool> {
    if (!page.empty()) return desk.core->on_live_page(page);
    desk.core->on_bell();
    return false;
  });
  const std::scoped_lock lock(mutex_);
  ++bells_;
  if (!taken.ok() || !*taken) awake_ = true;
  changed_.notify_all();
}

void Courier::hold_line(Line& line) {
  {
    // Nobody rings before the first contact: what waits is fetched by then anyway.
    std::unique_lock lock(mutex_);
    const std::uint64_t contacts_before = contacts_;
    changed_.wait(lock, [&] { return stopping_ || (contacts_ > contacts_before && resting_); });
  }
  std::int64_t pause_ms = kLinePauseMinMs;
  while (pause_line(0)) {
    const auto began = std::chrono::steady_clock::now();
    static_cast<void>(
        guarded([&] { return line.live.hold([this](BytesView page) { hear_call(page); }); }).ok());
    const auto lived_ms =
        std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began).count();
    pause_ms = lived_ms > kLineWorthMs ? kLinePauseMinMs : std::min(pause_ms * 2, kLinePauseMaxMs);
    // Half of it by chance, so that a restarted office is not called by all its phones in one
    // moment.
    const auto half = static_cast<std::uint64_t>(pause_ms / 2);
    if (!pause_line(static_cast<std::int64_t>(half + rng_.below(half)))) return;
  }
}

std::optional<Error> Courier::obstacle(std::uint64_t failures_before) const {
  const std::scoped_lock lock(mutex_);
  if (stopping_ || !line_) return failure(Errc::kClosed, "sync", "stopped");
  const bool is_new = failures_ > failures_before && last_failure_;
  if (is_new && is_final(last_failure_->code)) return last_failure_;
  return std::nullopt;
}

bool Courier::is_settled() {
  const auto status = worker_.ask<ClientStatus>([](Desk& desk) { return desk.core->status(); });
  // Due at once (retry_in_ms 0) is the next question of the same talk: a restored office, say, asks
  // for what it misses only in its second answer.
  return status.ok() && status->pending == 0 && status->stored == 0 && !status->filling &&
         !status->in_flight && !status->last_error && status->retry_in_ms != 0;
}

Result<void> Courier::wait_idle(std::int64_t timeout_ms) {
  const auto deadline = std::chrono::steady_clock::now() +
                        Milliseconds(std::clamp<std::int64_t>(timeout_ms, 0, kForEverMs));
  const auto ask_now = [&] {
    const auto asked = worker_.ask<ClientStatus>([](Desk& desk) {
      desk.core->sync_now();
      return desk.core->status();
    });
    wake();
    return asked;
  };
  std::unique_lock lock(mutex_);
  if (!line_) return failure(Errc::kClosed, "sync", "not started");
  // An exchange under way may have been written before the caller's last word.
  const std::uint64_t contacts_wanted = contacts_ + (carrying_ ? 2 : 1);
  const std::uint64_t failures_before = failures_;
  lock.unlock();
  DAYBOOK_ASSIGN(const auto before, ask_now());
  if (before.held) return failure(Errc::kForbidden, "device", "held for support");
  while (std::chrono::steady_clock::now() < deadline) {
    lock.lock();
    changed_.wait_until(
        lock, std::min(deadline, std::chrono::steady_clock::now() + Milliseconds(kAskAgainMs)),
        [&] { return stopping_ || (resting_ && !awake_); });
    const bool rests = resting_ && !awake_;
    const bool has_asked = contacts_ >= contacts_wanted;
    lock.unlock();
    if (const auto why = obstacle(failures_before)) return *why;
    if (rests && has_asked && is_settled()) return success();
    if (!rests) continue;
    lock.lock();
    const std::uint64_t failures_seen = failures_, contacts_seen = contacts_;
    changed_.wait_until(
        lock, std::min(deadline, std::chrono::steady_clock::now() + Milliseconds(kAskAgainMs)),
        [&] { return stopping_ || failures_ != failures_seen || contacts_ != contacts_seen; });
    lock.unlock();
    DAYBOOK_TRY(ask_now());
  }
  lock.lock();
  return failure(Errc::kTimedOut, "sync",
                 last_failure_ ? to_string(*last_failure_) : "still at work");
}

void Courier::write_counters(JsonWriter& out) const {
  const std::scoped_lock lock(mutex_);
  out.key("exchanges").count(carried_.exchanges).key("connections").count(carried_.connections);
  out.key("cuts").count(carried_.cuts).key("payload_up").count(carried_.payload_up);
  out.key("payload_resent")
      .count(carried_.payload_resent)
      .key("payload_down")
      .count(carried_.payload_down);
  out.key("restarts").count(carried_.restarts).key("line_up").count(line_counters_.line_up);
  out.key("line_down").count(line_counters_.line_down);
  out.key("handshakes_resumed").count(line_counters_.handshakes_resumed).key("bells").count(bells_);
  out.key("line_asked").count(live_.asked).key("live_pages").count(live_.pages);
}

}  // namespace daybook::abi
