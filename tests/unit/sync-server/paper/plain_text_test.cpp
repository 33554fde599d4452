// SPDX-License-Identifier: Apache-2.0
// What somebody typed cannot move, turn or hide what stands beside it.
#include "sync-server/paper/plain_text.hpp"

#include "core/model/cbor.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

TEST_CASE("plain text: what people write stays as it is") {
  CHECK(plain_text("更换主板\n测试 OK – 25 °C, 已修复 😀") == "更换主板\n测试 OK – 25 °C, 已修复 😀");
  CHECK(plain_text("مرحبا") == "مرحبا");
}

TEST_CASE("plain text: controls and marks that turn the writing are shown as unknown") {
  CHECK(plain_text(std::string_view("a\x00\x1b[2J\x7f", 7)) ==
        "a\xef\xbf\xbd\xef\xbf\xbd[2J\xef\xbf\xbd");
  CHECK(plain_text("fee \xe2\x80\xae"
                   "001") ==
        "fee \xef\xbf\xbd"
        "001");                                           // U+202E
  CHECK(plain_text("\xe2\x81\xa6x") == "\xef\xbf\xbdx");  // U+2066
  CHECK(plain_text("\xef\xbb\xbfx") == "\xef\xbf\xbdx");  // U+FEFF
}

TEST_CASE("plain text: what is not UTF-8 becomes UTF-8") {
  for (const char* bad :
       {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe4\xb8", "\x80"}) {
    const auto made = plain_text(std::string("a") + bad);
    CHECK(is_utf8(view_of(made)));
    CHECK(made.size() > 1);
  }
}

TEST_CASE("plain text: empty lines, tabs and piles of marks do not fill a page") {
  CHECK(plain_text("\r\n\n\na\r\n\r\n\r\n\r\nb\tc\rd\n\n") == "a\n\nb c\nd");
  std::string pile = "e";
  for (int i = 0; i < 500; ++i) pile += "\xcc\x81";
  CHECK(plain_text(pile).size() == 1 + 3 * 2);
}

TEST_CASE("plain text: no more than so many characters, whole ones") {
  std::string text;
  for (int i = 0; i < 30'000; ++i) text += "长";
  const auto made = plain_text(text);
  CHECK(made.size() == 3 * (kPlainCharactersMax + 1));
  CHECK(made.substr(made.size() - 3) == "…");
}
