// SPDX-License-Identifier: Apache-2.0
// JSON at the C door, as text: what is read is strict, what is written can be read.
#include "client-lib/abi/json/json_text.hpp"

#include "tests/support/catch.hpp"

namespace daybook::abi {
namespace {

std::string rewritten(std::string_view text) {
  auto value = read_json(text, "text");
  if (!value.ok()) return to_string(value.error());
  JsonWriter out;
  out.value(*value);
  return out.take();
}

}  // namespace

TEST_CASE("abi/json: what is written is what was read", "[abi]") {
  for (const char* text :
       {"null", "true", "-9223372036854775808", "9223372036854775807", "\"\"", "[]", "{}",
        "[1,[2,{}]]", R"({"a":{"b":[true,false,null]},"中":"文"})", R"("\u0001\n\"\\")"}) {
    CHECK(rewritten(text) == text);
  }
}

TEST_CASE("abi/json: an error names the place", "[abi]") {
  CHECK(rewritten(R"({"a":[1,{"b":2.5}]})") ==
        "wrong_type at a[1].b: only whole numbers of 64 bits, not 2.5");
  CHECK(rewritten(R"([0,1,18446744073709551616])") ==
        "wrong_type at [2]: only whole numbers of 64 bits, not 18446744073709551616");
  CHECK(rewritten(R"({"a":1,"b":2,"a":3})") == "invalid at a: stands twice");
  CHECK(rewritten("") == "invalid at text: not JSON at byte 1");
  CHECK(rewritten("\"\xC3\x28\"").substr(0, 15) == "invalid at text");
}

TEST_CASE("abi/json: depth and number of values are bounded", "[abi]") {
  CHECK(rewritten(std::string(16, '[') + std::string(16, ']')).size() == 32);
  CHECK(rewritten(std::string(17, '[') + std::string(17, ']')).substr(0, 12) == "too_large at");
  std::string many = "[0";
  for (int i = 0; i < 200'000; ++i) many += ",0";
  CHECK(rewritten(many + "]").substr(0, 12) == "too_large at");
}

TEST_CASE("abi/json: other people's broken text is mended when it is written", "[abi]") {
  JsonWriter out;
  out.text(
      "a\xFF"
      "b");
  const std::string text = out.take();
  CHECK(text == "\"a?b\"");
}

}  // namespace daybook::abi
