// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/attachment_courier.hpp"

#include <algorithm>
#include <chrono>

#include "client-lib/abi/guard.hpp"
#include "client-lib/abi/server_address.hpp"

namespace daybook::abi {
namespace {

constexpr std::int64_t kForEverMs = 1'000'000'000;
constexpr std::int64_t kTroublePauseMs = 5'000;

}  // namespace

struct AttachmentCourier::Line {
  Line(const ServerAddress& address, const DeviceId& device, std::unique_ptr<Signer> own_signer,
       BlobStore& blobs, Rng& rng)
      : signer(std::move(own_signer)),
        client(address),
        carrier(client, device, *signer, rng),
        contents(carrier, blobs, device) {}

  std::unique_ptr<Signer> signer;
  HttpsClient client;
  Carrier carrier;
  AttachmentCarrier contents;
};

AttachmentCourier::AttachmentCourier(CoreWorker& worker, BlobStore& blobs, Rng& rng, Tell tell)
    : worker_(worker), blobs_(blobs), rng_(rng), tell_(std::move(tell)) {}

AttachmentCourier::~AttachmentCourier() { stop(); }

Result<void> AttachmentCourier::start(const Enrolment& enrolment) {
  DAYBOOK_ASSIGN(const auto address, read_server_address(enrolment.server_url, enrolment.pins));
  DAYBOOK_ASSIGN(auto signer, signer_of(enrolment.key_alg, enrolment.key_seed));
  const std::scoped_lock lock(mutex_);
  if (line_) return success();
  line_ = std::make_unique<Line>(address, enrolment.device, std::move(signer), blobs_, rng_);
  if (network_ == Network::kOffline) line_->client.interrupt();
  stopping_ = false;
  awake_ = true;
  Line& line = *line_;
  thread_ = std::thread([this, &line] { run(line); });
  return success();
}

void AttachmentCourier::stop() {
  {
    const std::scoped_lock lock(mutex_);
    if (!line_) return;
    stopping_ = true;
    line_->client.interrupt();
    changed_.notify_all();
  }
  thread_.join();
  const std::scoped_lock lock(mutex_);
  line_.reset();
}

void AttachmentCourier::wake() {
  const std::scoped_lock lock(mutex_);
  awake_ = true;
  changed_.notify_all();
}

void AttachmentCourier::set_network(Network network) {
  const std::scoped_lock lock(mutex_);
  if (line_ && !stopping_ && network == Network::kOffline) line_->client.interrupt();
  if (line_ && !stopping_ && network != Network::kOffline) line_->client.allow();
  network_ = network;
  awake_ = true;
  changed_.notify_all();
}

bool AttachmentCourier::rest(std::int64_t ms) {
  std::unique_lock lock(mutex_);
  const auto wait = std::chrono::milliseconds(ms < 0 ? kForEverMs : std::min(ms, kForEverMs));
  changed_.wait_for(lock, wait, [&] { return awake_ || stopping_; });
  awake_ = false;
  return !stopping_;
}

void AttachmentCourier::run(Line& line) {
  std::int64_t rest_ms = 0;
  while (rest(rest_ms)) {
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
    }
  }
}

Result<bool> AttachmentCourier::carry_once(Line& line, bool metered) {
  DAYBOOK_ASSIGN(const auto next, worker_.ask<std::optional<LocalContent>>([&](Desk& desk) {
    return desk.core->next_content(metered);
  }));
  if (!next) return true;
  const Digest content = next->digest;
  const auto note = [&](std::uint64_t bytes) { note_progress(content, bytes); };
  Carried carried;
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
    carried.bytes = progress_ && progress_->content == content ? progress_->bytes : next->carried;
    progress_.reset();
    counters_ = line.contents.counters();
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

void AttachmentCourier::note_progress(const Digest& content, std::uint64_t bytes) {
  {
    const std::scoped_lock lock(mutex_);
    progress_ = Progress{content, bytes};
  }
  tell_(content);
}

std::optional<AttachmentCourier::Progress> AttachmentCourier::progress() const {
  const std::scoped_lock lock(mutex_);
  return progress_;
}

AttachmentCounters AttachmentCourier::counters() const {
  const std::scoped_lock lock(mutex_);
  return counters_;
}

}  // namespace daybook::abi
