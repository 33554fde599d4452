// SPDX-License-Identifier: Apache-2.0
// Unit tests of core/clock: stamps, skew and ids, under a clock that is set by hand.
#include "core/base/hex.hpp"
#include "core/clock/hybrid_clock.hpp"
#include "core/clock/uuid7.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

class SetClock final : public Clock {
 public:
  std::int64_t wall = 0;
  std::int64_t steady = 0;
  std::int16_t offset = 0;
  std::int64_t wall_ms() override { return wall; }
  std::int64_t steady_ms() override { return steady; }
  std::int16_t utc_offset_min() override { return offset; }
};

class OnesRng final : public Rng {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = 0xff;
  }
};

}  // namespace

TEST_CASE("clock: readings never run backwards when the machine's clock does", "[clock]") {
  SetClock machine;
  HybridClock clock(machine, 500);
  machine.wall = 1000;
  CHECK(clock.next_ms() == 1000);
  CHECK(clock.next_ms() == 1001);
  machine.wall = 10;
  CHECK(clock.next_ms() == 1002);
  machine.wall = 2000;
  CHECK(clock.next_ms() == 2000);
  CHECK(clock.last_ms() == 2000);
}

TEST_CASE("clock: a stored reading is not run below after a start", "[clock]") {
  SetClock machine;
  machine.wall = 3;
  CHECK(HybridClock(machine, 4'000'000'000'000).next_ms() == 4'000'000'000'001);
}

TEST_CASE("clock: a stamp is what the device believed, however wrong", "[clock]") {
  SetClock machine;
  machine.wall = 978307200000;  // the year 2001
  machine.steady = 77;
  machine.offset = 480;
  const Stamp stamp = make_stamp(machine, 9, {-757382400000, 40});
  CHECK(stamp == Stamp{978307200000, 480, 77, 9, -757382400000, 40});
}

TEST_CASE("clock: the skew of an exchange is bounded by half its round trip", "[clock]") {
  CHECK(measure_skew(1000, 1020, 40) == Skew{0, 20});
  CHECK(measure_skew(1000, 500, 41) == Skew{520, 21});
  CHECK(measure_skew(1000, 1000, -5) == Skew{0, 0});
  CHECK(Skew{}.bound_ms == -1);
}

TEST_CASE("clock: a uuid of version 7 carries the time and the version, the rest is random",
          "[clock]") {
  OnesRng rng;
  CHECK(to_string(make_uuid7(0x0193517d823b, rng)) == "0193517d-823b-7fff-bfff-ffffffffffff");
}

TEST_CASE("clock: a time that a uuid cannot hold does no harm", "[clock]") {
  OnesRng rng;
  CHECK(to_string(make_uuid7(-1, rng)) == "00000000-0000-7fff-bfff-ffffffffffff");
  CHECK(to_string(make_uuid7(INT64_MAX, rng)) == "ffffffff-ffff-7fff-bfff-ffffffffffff");
}
