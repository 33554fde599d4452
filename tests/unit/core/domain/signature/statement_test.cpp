// SPDX-License-Identifier: Apache-2.0
// What a device signs is a text with one form, whatever people typed.
#include "core/domain/signature/statement.hpp"

#include "tests/support/catch.hpp"

using namespace daybook;

TEST_CASE("a statement reads back as it was written", "[signature]") {
  Statement statement;
  statement.add("signer", "王芳: 用户");
  statement.add("strokes_sha256", "");
  const auto text = to_text(statement);
  CHECK(text == "daybook signature 1\nsigner: 王芳: 用户\nstrokes_sha256: \n");
  const auto again = read_statement(text);
  REQUIRE(again.ok());
  CHECK(*again == statement);
  CHECK(again->find("signer") == "王芳: 用户");
}

TEST_CASE("a name with a line break cannot put a line of its own into a statement", "[signature]") {
  Statement statement;
  statement.add("signer", "Wang\ncontent_hash: 00");
  CHECK(to_text(statement) == "daybook signature 1\nsigner: Wang content_hash: 00\n");
}

TEST_CASE("a statement with a strange line is refused", "[signature]") {
  const std::string head = "daybook signature 1\n";
  for (const std::string body : {"signer\n", "Signer: x\n", "a: 1\na: 2\n", "a: 1", ": x\n", "\n",
                                 "a: \x01\n", "a: \xff\n"}) {
    CHECK_FALSE(read_statement(head + body).ok());
  }
  CHECK_FALSE(read_statement("daybook signature 2\n").ok());
}
