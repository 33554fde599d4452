// SPDX-License-Identifier: Apache-2.0
// Much of the large universe, when there is time.
#include "tests/unit/core/merge/random_universe.hpp"

TEST_CASE("merge laws: they hold in very many random long histories") {
  daybook::test::play_histories(1'000'000, 15'000);
}
