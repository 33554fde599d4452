// SPDX-License-Identifier: Apache-2.0
// A plan in plain words, in both languages.
#include "core/merge/describe.hpp"

#include "tests/unit/core/merge/merge_world.hpp"

using namespace daybook;
using namespace daybook::test;

TEST_CASE("merge: a plan reads as one line per field in English and in Chinese") {
  World world("office_until(departed)", words("09:00"));
  world.act({kHq, 1, words("14:00")});
  Act claim{1, 1, words("09:00"), {"departed"}};
  claim.is_claim = true;
  world.act(claim);
  CHECK(describe(world.last(), Language::kEnglish) ==
        "f: the author relied on this value when it happened, a later one gives way; in force "
        "\"09:00\"; "
        "superseded \"14:00\" (rule office_until(departed))\nevent: departed\n");
  CHECK(describe(world.last(), Language::kChinese) ==
        "f：作者当时依据此值行动，后来的值让位；生效：\"09:00\"；让位：\"14:00\"（规则 "
        "office_until(departed)）\n"
        "事件：departed\n");
}

TEST_CASE("merge: a case, a proposal, nothing and a second create have their words") {
  World world("technician", words("A"));
  world.act({1, 1, words("B")});
  world.act({2, 1, words("C")});
  CHECK_THAT(describe(world.last(), Language::kEnglish),
             contains("asked for \"C\"; a case is opened"));
  CHECK_THAT(describe(world.last(), Language::kChinese), contains("已开立冲突单"));
  CHECK(describe(MergePlan{}, Language::kEnglish) == "nothing changes\n");
  MergePlan again;
  again.already_exists = true;
  CHECK_THAT(describe(again, Language::kEnglish), contains("cannot be created again"));
  CHECK_THAT(describe(again, Language::kChinese), contains("不能再次创建"));
}

TEST_CASE("merge: long values are shown by their beginning, never half a character") {
  World world("keep_both", words("a"));
  std::string text;
  for (int i = 0; i < 200; ++i) text += "听";
  world.act({1, 1, words(text)});
  const std::string line = describe(world.last(), Language::kChinese);
  CHECK(line.size() < 300);
  CHECK_THAT(line, contains("听…"));
}
