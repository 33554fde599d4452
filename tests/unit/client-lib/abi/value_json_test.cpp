// SPDX-License-Identifier: Apache-2.0
// Values at the C door as JSON: what a pen drew.
#include "client-lib/abi/json/value_json.hpp"

#include "tests/support/catch.hpp"

namespace daybook::abi {
namespace {

std::string rewritten(std::string_view text) {
  auto json = read_json(text, "text");
  REQUIRE(json.ok());
  const auto value = read_value(*json, FieldType::kStrokes, "strokes");
  if (!value.ok()) return std::string(name_of(value.error().code)) + " at " + value.error().field;
  JsonWriter out;
  const FieldType type = FieldType::kStrokes;
  write_value(out, *value, &type);
  return out.take();
}

}  // namespace

TEST_CASE("abi/json: strokes are arrays of points, in and out", "[abi]") {
  for (const char* text :
       {"[]", "[[[0,0,0,0]]]", "[[[40,120,0,466],[-42,118,9,581]],[[60,121,300,0]]]",
        "[[[-2147483648,2147483647,4294967295,1023]]]", "null"}) {
    CHECK(rewritten(text) == text);
  }
}

TEST_CASE("abi/json: what no pen drew is refused with its place", "[abi]") {
  CHECK(rewritten("\"40,120,0,466\"") == "wrong_type at strokes");
  CHECK(rewritten("[1]") == "wrong_type at strokes[0]");
  CHECK(rewritten("[[[1,2,3,4],[1,2,3]]]") == "wrong_type at strokes[0][1]");
  CHECK(rewritten("[[[1,2,3,true]]]") == "wrong_type at strokes[0][0]");
  CHECK(rewritten("[[[1,2,3,1024]]]") == "invalid at strokes[0][0]");
  CHECK(rewritten("[[]]") == "invalid at strokes");
  CHECK(rewritten("[[[1,2,3,4],[1,2,2,4]]]") == "invalid at strokes");
}

}  // namespace daybook::abi
