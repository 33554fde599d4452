// SPDX-License-Identifier: Apache-2.0
// What a pen drew: one form, small, and nothing else is taken for it.
#include "core/model/strokes.hpp"

#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

Strokes two_strokes() { return {{{40, 120, 0, 466}, {42, 118, 9, 581}}, {{60, 121, 300, 500}}}; }

std::string judged(const std::string& hex) {
  const auto decoded = decode_strokes(*from_hex(hex));
  return decoded.ok() ? "strokes" : std::string(name_of(decoded.error().code));
}

}  // namespace

TEST_CASE("strokes: the worked example of STROKES.md", "[strokes]") {
  const Bytes bytes = encode_strokes(two_strokes()).value();
  CHECK(to_hex(bytes) ==
        "0102020150"
        "0424"
        "f0010306"
        "0012c604"
        "a407e601a101");
  CHECK(decode_strokes(bytes).value() == two_strokes());
}

TEST_CASE("strokes: whatever is encoded is decoded, and has one form", "[strokes]") {
  std::vector<Strokes> some{{}, {{{0, 0, 0, 0}}}, two_strokes()};
  some.push_back({{{INT32_MIN, INT32_MAX, 0, 0}, {INT32_MAX, INT32_MIN, UINT32_MAX, 1023}}});
  Stroke longest(kStrokePointsMax, StrokePoint{1, 2, 3, 4});
  some.push_back({longest});
  some.push_back(Strokes(kStrokesMax, Stroke{{5, 6, 7, 8}}));
  for (const Strokes& strokes : some) {
    const Bytes bytes = encode_strokes(strokes).value();
    CHECK(decode_strokes(bytes).value() == strokes);
    Bytes longer = bytes;
    longer.push_back(0);
    CHECK_FALSE(are_strokes(longer));
    CHECK_FALSE(are_strokes(BytesView(bytes).first(bytes.size() - 1)));
  }
}

TEST_CASE("strokes: what no hand can draw is refused with its place", "[strokes]") {
  Strokes strokes = two_strokes();
  strokes[1].clear();
  CHECK(encode_strokes(strokes).error().field == "strokes[1]");
  strokes = two_strokes();
  strokes[1][0].t_ms = 8;
  CHECK(encode_strokes(strokes).error().detail == "time falls");
  strokes = two_strokes();
  strokes[0][1].pressure = 1024;
  CHECK(encode_strokes(strokes).error().code == Errc::kInvalid);
  CHECK(encode_strokes(Strokes(kStrokesMax + 1, Stroke{{}})).error().code == Errc::kTooLarge);
  CHECK(encode_strokes({Stroke(kStrokePointsMax + 1)}).error().code == Errc::kTooLarge);
}

TEST_CASE("strokes: bytes from anybody are taken for strokes only when they are", "[strokes]") {
  CHECK(judged("0100") == "strokes");
  CHECK(judged("") == "invalid");
  CHECK(judged("0200") == "invalid");
  CHECK(judged("01") == "invalid");
  CHECK(judged("010100") == "invalid");            // a stroke without points
  CHECK(judged("01018000000000") == "invalid");    // a size in a longer form
  CHECK(judged("0101018000000000") == "invalid");  // a step in a longer form
  CHECK(judged("010102"
               "0000"
               "0000"
               "0201"
               "0000") == "invalid");  // time falls
  CHECK(judged("010101"
               "00"
               "00"
               "00"
               "8110") == "invalid");            // pressure -1025
  CHECK(judged("0101ffff7f00") == "too_large");  // claims more points than may be
  CHECK(judged("01e907") == "too_large");        // 1,001 strokes
  CHECK(judged("0101d00f00") == "invalid");      // claims more than is there
}
