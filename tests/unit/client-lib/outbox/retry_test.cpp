// SPDX-License-Identifier: Apache-2.0
// Waits and batch sizes.
#include "client-lib/outbox/retry.hpp"

#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

TEST_CASE("outbox: waits are random below a bound that doubles from one second to five minutes",
          "[outbox]") {
  SeededRng rng(1);
  RetryDelay delay(1000, 300'000);
  std::int64_t bound = 1000;
  std::int64_t largest = 0;
  for (int i = 0; i < 40; ++i) {
    const auto wait = delay.next_ms(rng);
    CHECK(wait >= 0);
    CHECK(wait <= bound);
    largest = std::max(largest, wait);
    bound = std::min<std::int64_t>(bound * 2, 300'000);
  }
  CHECK(largest > 200'000);
  delay.reset();
  CHECK(delay.next_ms(rng) <= 1000);
}

TEST_CASE("outbox: batches grow while the line holds and shrink when it breaks", "[outbox]") {
  BatchSize size(16, 256, 1024);
  CHECK(size.size() == 256);
  size.on_arrived();
  size.on_arrived();
  size.on_arrived();
  CHECK(size.size() == 1024);
  for (int i = 0; i < 20; ++i) size.on_cut();
  CHECK(size.size() == 16);
  CHECK(size.smallest());
}
