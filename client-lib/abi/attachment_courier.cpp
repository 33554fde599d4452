// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/attachment_courier.hpp"

#include <algorithm>
#include <chrono>

#include "client-lib/abi/guard.hpp"
#include "client-lib/abi/server_address.hpp"

namespace daybook::abi {
namespace {

constexpr int kLines = 2;
constexpr std::int64_t kForEverMs = 1'000'000'000;
constexpr std::int64_t kTroublePauseMs = 5'000;
constexpr std::int64_t kStandingEveryMs = 12LL * 60 * 60 * 1000;

// Below zero: never.
std::int64_t sooner(std::int64_t a, std::int64_t b) { return a < 0 ? b : std::min(a, b); }

std::int64_t steady_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

struct AttachmentCourier::Line {
  Line(const ServerAddress& address, const DeviceId& device, std::unique_ptr<Signer> own_signer,
       BlobStore& blobs, Rng& rng, RightOfWay& way)
      : signer(std::move(own_signer)),
        client(address, {}, &way),
        carrier(client, device, *signer, rng),
        contents(carrier, blobs, device) {}

  std::unique_ptr<Signer> signer;
  HttpsClient client;
  Carrier carrier;
  AttachmentCarrier contents;  // its thread's
  std::thread thread;
  // Under the courier's mutex:
  bool awake = true;
  std::optional<Progress> progress;
  AttachmentCounters counters;
};

AttachmentCourier::AttachmentCourier(CoreWorker& worker, BlobStore& blobs, Rng& rng,
                                     RightOfWay& way, Tell tell)
    : worker_(worker), blobs_(blobs), rng_(rng), way_(way), tell_(std::move(tell)) {}

AttachmentCourier::~AttachmentCourier() { stop(); }

Result<void> AttachmentCourier::start(const Enrolment& enrolment) {
  DAYBOOK_ASSIGN(const auto address, read_server_address(enrolment.server_url, enrolment.pins));
  std::vector<std::unique_ptr<Line>> lines;
  for (int i = 0; i < kLines; ++i) {
    DAYBOOK_ASSIGN(auto signer, signer_of(enrolment.key_alg, enrolment.key_seed));
    lines.push_back(
        std::make_unique<Line>(address, enrolment.device, std::move(signer), blobs_, rng_, way_));
  }
  const std::scoped_lock lock(mutex_);
  if (!lines_.empty()) return success();
  stopping_ = false;
  standing_due_ms_ = 0;
  lines_ = std::move(lines);
  for (const auto& line : lines_) {
    if (network_ == Network::kOffline) line->client.interrupt();
    line->thread = std::thread([this, raw = line.get()] { run(*raw); });
  }
  return success();
}

void AttachmentCourier::stop() {
  {
    const std::scoped_lock lock(mutex_);
    if (lines_.empty()) return;
    stopping_ = true;
    for (const auto& line : lines_) line->client.interrupt();
    changed_.notify_all();
  }
  for (const auto& line : lines_) line->thread.join();
  // What breaks here breaks every later question too.
  static_cast<void>(worker_
                        .ask<bool>([](Desk& desk) -> Result<bool> {
                          desk.core->contents().stopped();
                          return true;
                        })
                        .ok());
  const AttachmentCounters carried = counters();
  const std::scoped_lock lock(mutex_);
  counters_ = carried;
  lines_.clear();
}

void AttachmentCourier::wake() {
  const std::scoped_lock lock(mutex_);
  for (const auto& line : lines_) line->awake = true;
  changed_.notify_all();
}

void AttachmentCourier::set_network(Network network) {
  const std::scoped_lock lock(mutex_);
  for (const auto& line : lines_) {
    if (!stopping_ && network == Network::kOffline) line->client.interrupt();
    if (!stopping_ && network != Network::kOffline) line->client.allow();
    line->awake = true;
  }
  network_ = network;
  changed_.notify_all();
}

bool AttachmentCourier::rest(Line& line, std::int64_t ms) {
  std::unique_lock lock(mutex_);
  const auto wait = std::chrono::milliseconds(ms < 0 ? kForEverMs : std::min(ms, kForEverMs));
  changed_.wait_for(lock, wait, [&] { return line.awake || stopping_; });
  line.awake = false;
  return !stopping_;
}

void AttachmentCourier::run(Line& line) {
  std::int64_t rest_ms = 0;
  while (rest(line, rest_ms)) {
    rest_ms = 0;
    Network network = Network::kOnline;
    {
      const std::scoped_lock lock(mutex_);
      network = network_;
    }
    if (network == Network::kOffline) {
      rest_ms = -1;
      continue;
    }
    const auto nothing = guarded([&] { return carry_once(line, network == Network::kMetered); });
    if (!nothing.ok()) {
      rest_ms = nothing.error().code == Errc::kInternal ? -1 : kTroublePauseMs;
    } else if (*nothing) {
      const auto retry = worker_.ask<std::int64_t>(
          [](Desk& desk) -> Result<std::int64_t> { return desk.core->contents().retry_in_ms(); });
      rest_ms = retry.ok() ? *retry : -1;
      // What goes wrong with it is told by what is carried next, or by the next time.
      static_cast<void>(guarded([&] { return ask_standing(line); }).ok());
      rest_ms = sooner(rest_ms, standing_due_in());
    }
  }
}

Result<bool> AttachmentCourier::carry_once(Line& line, bool metered) {
  DAYBOOK_ASSIGN(const auto next, worker_.ask<std::optional<LocalContent>>([&](Desk& desk) {
    return desk.core->next_content(metered);
  }));
  if (!next) return true;
  const Digest content = next->digest;
  const auto note = [&](std::uint64_t bytes) { note_progress(line, content, bytes); };
  Carried carried{next->carried, std::nullopt};
  std::uint64_t size = next->size;
  Result<void> done;
  if (next->state == ContentState::kWanted) {
    const auto fetched = line.contents.fetch(content, note);
    if (fetched.ok()) size = *fetched;
    done = fetched.ok() ? success() : Result<void>(fetched.error());
  } else {
    done = line.contents.bring(content, next->size, note);
  }
  {
    const std::scoped_lock lock(mutex_);
    if (line.progress) carried.bytes = line.progress->bytes;
    line.progress.reset();
    line.counters = line.contents.counters();
  }
  if (!done.ok()) carried.trouble = done.error();
  const auto noted = worker_.ask<bool>([&](Desk& desk) -> Result<bool> {
    DAYBOOK_TRY(desk.core->contents().carried(content, size, carried));
    return true;
  });
  tell_(content);
  if (!noted.ok()) return noted.error();
  return false;
}

std::int64_t AttachmentCourier::standing_due_in() const {
  const std::scoped_lock lock(mutex_);
  return std::max<std::int64_t>(0, standing_due_ms_ - steady_now_ms());
}

Result<void> AttachmentCourier::ask_standing(Line& line) {
  {
    const std::scoped_lock lock(mutex_);
    if (standing_due_ms_ > steady_now_ms()) return {};
    standing_due_ms_ = steady_now_ms() + kStandingEveryMs;
  }
  std::optional<LocalContent> after;
  bool is_any_asked_for = false;
  for (;;) {
    DAYBOOK_ASSIGN(const auto rows, worker_.ask<std::vector<LocalContent>>([&](Desk& desk) {
      return desk.core->contents().to_ask_after(after, wire::kStandingsMax);
    }));
    if (rows.empty()) break;
    std::vector<Digest> contents;
    for (const auto& row : rows) contents.push_back(row.digest);
    const auto asked = line.contents.ask_standing(contents);
    if (!asked.ok()) {
      // Not before the line is tried again.
      const std::scoped_lock lock(mutex_);
      standing_due_ms_ = steady_now_ms() + kTroublePauseMs;
      return asked.error();
    }
    DAYBOOK_TRY(note_standings(contents, *asked));
    is_any_asked_for = is_any_asked_for || std::count(asked->begin(), asked->end(),
                                                      wire::ContentStanding::kAskedFor) > 0;
  }
  if (is_any_asked_for) wake();
  return {};
}

Result<void> AttachmentCourier::note_standings(
    const std::vector<Digest>& contents, const std::vector<wire::ContentStanding>& standings) {
  const auto noted = worker_.ask<bool>([&](Desk& desk) -> Result<bool> {
    for (std::size_t i = 0; i < contents.size(); ++i) {
      const auto standing = standings[i];
      if (standing == wire::ContentStanding::kUnknown) continue;
      DAYBOOK_TRY(desk.core->contents().stands(contents[i],
                                               standing == wire::ContentStanding::kAskedFor,
                                               standing == wire::ContentStanding::kSafe));
    }
    return true;
  });
  if (!noted.ok()) return noted.error();
  for (const auto& content : contents) tell_(content);
  return {};
}

void AttachmentCourier::note_progress(Line& line, const Digest& content, std::uint64_t bytes) {
  {
    const std::scoped_lock lock(mutex_);
    line.progress = Progress{content, bytes};
  }
  tell_(content);
}

std::vector<AttachmentCourier::Progress> AttachmentCourier::progress() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Progress> all;
  for (const auto& line : lines_) {
    if (line->progress) all.push_back(*line->progress);
  }
  return all;
}

AttachmentCounters AttachmentCourier::counters() const {
  const std::scoped_lock lock(mutex_);
  AttachmentCounters sum = counters_;
  for (const auto& line : lines_) {
    sum.bytes_up += line->counters.bytes_up;
    sum.bytes_resent += line->counters.bytes_resent;
    sum.bytes_down += line->counters.bytes_down;
    sum.proven += line->counters.proven;
  }
  return sum;
}

}  // namespace daybook::abi
