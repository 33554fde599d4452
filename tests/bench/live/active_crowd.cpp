// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/live/active_crowd.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "tests/bench/live/idle_crowd.hpp"

namespace daybook::bench {
namespace {

constexpr std::size_t kBeginningAtOnce = 16;
constexpr std::int64_t kPrepareUsMax = 300'000'000;
constexpr std::int64_t kSeenUsMax = 30'000'000;
constexpr std::int64_t kFeedUsMax = 2'000'000;

}  // namespace

Integrator::Integrator(CrowdLoop& loop, const CrowdDoor& door)
    : line_(loop, door, [this](const Error& why) { trouble_ = to_string(why); }) {}

void Integrator::open(const std::string& token,
                      const std::map<DeviceId, const ActivePhone*>& phones) {
  line_.open("127.0.0.1", [this, token, &phones] {
    const std::string text = "GET /api/feed/live HTTP/1.1\r\nHost: " + line_.door().host() +
                             "\r\nAuthorization: Bearer " + token + "\r\n\r\n";
    line_.follow(text, 200, [this, &phones](BytesView bytes) -> Result<void> {
      unread_.append(text_of(bytes));
      for (auto end = unread_.find("\n\n"); end != std::string::npos; end = unread_.find("\n\n")) {
        take_event(unread_.substr(0, end), phones);
        unread_.erase(0, end + 2);
      }
      return success();
    });
  });
}

// Lines of an event: "event: commit", "id: …", "data: {…}".
void Integrator::take_event(const std::string& event,
                            const std::map<DeviceId, const ActivePhone*>& phones) {
  constexpr std::string_view data = "\ndata: ";
  const auto at = ("\n" + event).find(data);
  if (event.find("event: commit") == std::string::npos || at == std::string::npos) return;
  const std::int64_t now_us = monotonic_us();
  const std::string text = event.substr(at + data.size() - 1);
  const auto told = nlohmann::json::parse(text.substr(0, text.find('\n')), nullptr, false);
  if (told.is_discarded() || told.value("from", "") != "device") return;
  const auto device = uuid_from(told.value("device", ""));
  const auto who = device ? phones.find(DeviceId(*device)) : phones.end();
  if (who == phones.end()) return;
  const std::int64_t began_us = who->second->committed_us(told.value("seq", std::uint64_t{0}));
  if (began_us > 0) latencies_us_.push_back(now_us - began_us);
}

ActiveCrowd::ActiveCrowd(CrowdLoop& loop, const CrowdDoor& door, const ActiveOptions& options)
    : loop_(loop), options_(options), integrator_(loop, door) {
  for (std::size_t i = 0; i < options_.phones; ++i)
    phones_.emplace_back(loop, door, options_.folder + "/active-" + std::to_string(i) + ".db",
                         source_of(options_.first_source + 2 * i));  // two lines each
  for (std::size_t i = 0; i < phones_.size(); ++i) phones_[i].pair_with(phones_[i ^ 1]);
}

void ActiveCrowd::begin_next() {
  if (begun_ == phones_.size()) return;
  phones_[begun_++].begin([this] {
    ++ready_;
    begin_next();
  });
}

bool ActiveCrowd::all_rest() const {
  return std::all_of(phones_.begin(), phones_.end(), [](const ActivePhone& phone) {
    return phone.resting() && phone.sees_partner();
  });
}

bool ActiveCrowd::anybody_in_trouble() const {
  return std::any_of(phones_.begin(), phones_.end(),
                     [](const ActivePhone& phone) { return phone.errors() > 0; });
}

void ActiveCrowd::prepare() {
  for (std::size_t i = 0; i < kBeginningAtOnce; ++i) begin_next();
  const std::int64_t until_us = monotonic_us() + kPrepareUsMax;
  loop_.run(until_us, [this] { return ready_ == phones_.size() || anybody_in_trouble(); });
  loop_.run(until_us, [this] { return all_rest() || anybody_in_trouble(); });
  if (anybody_in_trouble() || !all_rest())
    give_up("prepare", failure(Errc::kTimedOut, "phones", sums().trouble));
}

void ActiveCrowd::change_later(ActivePhone& phone, std::int64_t end_us) {
  // Anywhere between half and one and a half of the mean: people do not act in step.
  const auto mean_us = static_cast<std::uint64_t>(options_.change_every_ms) * 1000;
  const std::int64_t when_us =
      monotonic_us() + static_cast<std::int64_t>(mean_us / 2 + rng_.below(mean_us));
  if (when_us >= end_us) return;
  loop_.at(when_us, [this, &phone, end_us] {
    phone.change();
    change_later(phone, end_us);
  });
}

std::size_t ActiveCrowd::work(std::int64_t duration_us) {
  std::map<DeviceId, const ActivePhone*> by_device;
  for (ActivePhone& phone : phones_) {
    by_device[phone.device()] = &phone;
    phone.forget_latencies();
  }
  integrator_.open(options_.token, by_device);
  // The reader begins at the front of the feed: what was before is told first.
  loop_.run(monotonic_us() + kFeedUsMax, [] { return false; });
  integrator_.forget_latencies();
  static_cast<void>(loop_.take_lateness_us());
  const std::size_t before = sums().commits;
  const std::int64_t end_us = monotonic_us() + duration_us;
  for (ActivePhone& phone : phones_) change_later(phone, end_us);
  loop_.run(end_us, [] { return false; });
  // A driver that is late still has some acts to do, and they count.
  std::size_t made = 0;
  loop_.run(monotonic_us() + kSeenUsMax, [&] {
    std::size_t all = 0;
    std::size_t seen = 0;
    for (const ActivePhone& phone : phones_) {
      all += phone.committed_us().size();
      seen += phone.latencies_us().size();
    }
    made = all - before;
    return seen >= made && integrator_.latencies_us().size() >= made;
  });
  integrator_.close();
  return made;
}

void ActiveCrowd::close() {
  for (ActivePhone& phone : phones_) phone.close();
}

std::vector<std::int64_t> ActiveCrowd::latencies_us() const {
  std::vector<std::int64_t> all;
  for (const ActivePhone& phone : phones_)
    all.insert(all.end(), phone.latencies_us().begin(), phone.latencies_us().end());
  return all;
}

ActiveCrowd::Sums ActiveCrowd::sums() const {
  Sums sums;
  for (const ActivePhone& phone : phones_) {
    sums.exchanges += phone.exchanges();
    sums.bells += phone.bells();
    sums.pages += phone.pages();
    sums.errors += phone.errors();
    sums.commits += phone.committed_us().size();
    if (!phone.trouble().empty()) sums.trouble = phone.trouble();
  }
  return sums;
}

}  // namespace daybook::bench
