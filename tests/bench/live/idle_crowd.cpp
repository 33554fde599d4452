// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/live/idle_crowd.hpp"

#include "tests/bench/bench_phone.hpp"

namespace daybook::bench {
namespace {

constexpr std::size_t kOpeningAtOnce = 64;
constexpr std::int64_t kOpeningUsMax = 600'000'000;

}  // namespace

std::string source_of(std::size_t phone) { return "127.0.0." + std::to_string(2 + phone / 1000); }

IdleCrowd::IdleCrowd(CrowdLoop& loop, const CrowdDoor& door, const std::vector<KnownPhone>& phones)
    : loop_(loop) {
  for (const KnownPhone& phone : phones)
    phones_.emplace_back(loop, door, phone.device, take(ed25519_signer(phone.key_seed), "key"),
                         [this](const Error& why) { lose(why); });
}

void IdleCrowd::lose(const Error& why) {
  ++lost_;
  loss_ = to_string(why);
  open_next();
}

void IdleCrowd::open_next() {
  if (opened_ == phones_.size()) return;
  const std::size_t number = opened_++;
  CrowdDevice& phone = phones_[number];
  phone.open(source_of(number), [this, &phone] {
    phone.hold([this, heard = false](wire::LineKind, BytesView) mutable {
      rung_at_us_.push_back(monotonic_us());
      if (std::exchange(heard, true)) return;
      ++listening_;
      open_next();
    });
  });
}

void IdleCrowd::open() {
  rung_at_us_.reserve(phones_.size() * 2);
  for (std::size_t i = 0; i < kOpeningAtOnce; ++i) open_next();
  loop_.run(monotonic_us() + kOpeningUsMax,
            [this] { return listening_ + lost_ >= phones_.size(); });
}

void IdleCrowd::ring_is_due() { rung_at_us_.clear(); }

bool IdleCrowd::wait_rung(std::int64_t patience_us) {
  return loop_.run(monotonic_us() + patience_us,
                   [this] { return rung_at_us_.size() >= listening_; });
}

void IdleCrowd::close() {
  for (CrowdDevice& phone : phones_) phone.line().close();
}

}  // namespace daybook::bench
