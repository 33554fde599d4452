// SPDX-License-Identifier: Apache-2.0
// Two versions of a text and what both of them were before.
#include "core/merge/text_join.hpp"

#include "tests/support/catch.hpp"

using daybook::join_texts;

TEST_CASE("merge: joining keeps every new paragraph of both sides") {
  CHECK(join_texts("a", "a b", "a x") == "a x\na b");
  CHECK(join_texts("", "mine", "theirs") == "theirs\nmine");
  CHECK(join_texts("a", "a\nb", "a\nx") == "a\nx\nb");
  CHECK(join_texts("a\nb", "a\nB", "A\nb") == "A\nB");
  CHECK(join_texts("a\nb\nc", "a\nb\nc\nd", "b\nc") == "b\nc\nd");
  CHECK(join_texts("机顶盒无信号", "机顶盒无信号，已换电源", "机顶盒无信号（客户要求上午）") ==
        "机顶盒无信号（客户要求上午）\n机顶盒无信号，已换电源");
}

TEST_CASE("merge: joining with one side unchanged is the other side") {
  CHECK(join_texts("a\nb", "a\nb", "x\nb") == "x\nb");
  CHECK(join_texts("a\nb", "a\nz", "a\nb") == "a\nz");
  CHECK(join_texts("", "", "") == "");
  CHECK(join_texts("a", "", "a") == "");
}

TEST_CASE("merge: what both wrote stands once, what one took out and the other changed stays") {
  CHECK(join_texts("a", "a\nsame", "a\nsame") == "a\nsame");
  CHECK(join_texts("a", "a\nsame\nmine", "a\ntheirs\nsame") == "a\ntheirs\nsame\nmine");
  CHECK(join_texts("a", "", "a x") == "a x");
}

TEST_CASE("merge: joining twice changes nothing more") {
  const std::string once = join_texts("a", "a b", "a x");
  CHECK(join_texts("a", "a b", once) == once);
}

TEST_CASE("merge: joining very long texts is bounded and loses nothing") {
  std::string was;
  std::string now;
  std::string held;
  for (int i = 0; i < 20000; ++i) {
    was += "\n" + std::to_string(i);
    now += "\nn" + std::to_string(i);
    held += "\nh" + std::to_string(i);
  }
  const std::string joined = join_texts(was, now, held);
  CHECK(joined.find("n19999") != std::string::npos);
  CHECK(joined.find("h19999") != std::string::npos);
  const std::string blank(100000, '\n');
  CHECK(join_texts(blank, blank + "x", "y").size() <= 100003);
}
