// SPDX-License-Identifier: Apache-2.0
// A little of the large universe on every run.
#include "tests/unit/core/merge/random_universe.hpp"

TEST_CASE("merge laws: they hold in random long histories") {
  daybook::test::play_histories(1, 1'000);
}
