// SPDX-License-Identifier: Apache-2.0
// What an author could have seen.
#include "core/base/planted_bug.hpp"
#include "tests/unit/core/merge/merge_world.hpp"

using namespace daybook;

TEST_CASE("merge: a set sees every write up to its base") {
  const Sight sight{3, 5, {}};
  CHECK(sight.sees(Write{7, 4, 1, true}, 7));
  CHECK(sight.sees(Write{7, 4, 1, false}, 8));
  CHECK_FALSE(sight.sees(Write{7, 4, 1, true}, 6));
  CHECK_FALSE(sight.sees(Write{1, kOfficeLineage, 0, true}, 0));
}

TEST_CASE("merge: a set sees the exact writes of its own past and no others") {
  const Sight sight{3, 5, {}};
  CHECK(sight.sees(Write{9, 3, 4, true}, 0));
  CHECK_FALSE(sight.sees(Write{9, 3, 4, false}, 0));
  CHECK_FALSE(sight.sees(Write{9, 3, 5, true}, 0));
  CHECK_FALSE(sight.sees(Write{9, 3, 6, true}, 0));
  CHECK_FALSE(sight.sees(Write{9, 2, 4, true}, 0));
}

TEST_CASE("merge: a restored phone sees its ancestors' writes up to the fork, not beyond") {
  const Sight sight{8, 1, {{3, 10}, {2, 4}}};
  CHECK(sight.sees(Write{9, 3, 10, true}, 0));
  CHECK_FALSE(sight.sees(Write{9, 3, 11, true}, 0));
  CHECK(sight.sees(Write{9, 2, 4, true}, 0));
  CHECK_FALSE(sight.sees(Write{9, 2, 5, true}, 0));
  CHECK_FALSE(sight.sees(Write{9, 3, 10, false}, 0));
}

TEST_CASE("merge: the office has no lineage and sees by base alone") {
  const Sight office{kOfficeLineage, 9, {{3, 10}}};
  CHECK_FALSE(office.sees(Write{9, kOfficeLineage, 1, true}, 8));
  CHECK_FALSE(office.sees(Write{9, 3, 1, true}, 8));
  CHECK(office.sees(Write{9, kOfficeLineage, 1, true}, 9));
}

TEST_CASE("merge: who wrote the same value unseen counts as having seen it from then on") {
  FieldState field{Value::text("x"), {9, kOfficeLineage, 0, true}, {{3, 4}}, {}};
  CHECK(Sight{3, 5, {}}.sees(field, 0));
  CHECK_FALSE(Sight{3, 4, {}}.sees(field, 0));
  CHECK_FALSE(Sight{4, 5, {}}.sees(field, 0));
  CHECK(Sight{7, 1, {{3, 4}}}.sees(field, 0));
  CHECK_FALSE(Sight{7, 1, {{3, 3}}}.sees(field, 0));
}

#if defined(DAYBOOK_PLANTABLE) && DAYBOOK_PLANTABLE
TEST_CASE("merge: the planted bug makes a merge pass for what its author saw") {
  const Sight sight{3, 5, {}};
  g_planted_bug = PlantedBug::kOwnMergeCountedAsSeen;
  CHECK(sight.sees(Write{9, 3, 4, false}, 0));
  CHECK_FALSE(sight.sees(Write{9, 2, 4, false}, 0));
  g_planted_bug = PlantedBug::kNone;
  CHECK_FALSE(sight.sees(Write{9, 3, 4, false}, 0));
}
#endif
