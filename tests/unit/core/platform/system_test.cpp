// SPDX-License-Identifier: Apache-2.0
// Unit tests of the machine behind the ports: clocks and randomness.
#include "core/platform/os_rng.hpp"
#include "core/platform/system_clock.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

TEST_CASE("platform: the machine's clocks answer in milliseconds", "[platform]") {
  SystemClock clock;
  CHECK(clock.wall_ms() > 1'600'000'000'000);
  CHECK(clock.wall_ms() < 32'000'000'000'000);
  const auto before = clock.steady_ms();
  CHECK(before >= 0);
  CHECK(clock.steady_ms() >= before);
  CHECK(clock.utc_offset_min() >= -12 * 60);
  CHECK(clock.utc_offset_min() <= 14 * 60);
}

TEST_CASE("platform: a boot has one number", "[platform]") {
  CHECK(boot_id() == boot_id());
  CHECK(boot_id() != 0);
}

TEST_CASE("platform: randomness fills what it is given and does not repeat", "[platform]") {
  OsRng rng;
  rng.fill({});
  Bytes large(100'000);
  rng.fill(large);
  std::size_t counts[256] = {};
  for (const auto byte : large) ++counts[byte];
  for (const auto count : counts) CHECK(count > 200);
  CHECK(rng.draw<Uuid>() != rng.draw<Uuid>());
}
