// SPDX-License-Identifier: Apache-2.0
// How contents stand: the example of ATTACHMENTS.md §6, and what is no question and no answer.
#include "core/wire/standing.hpp"

#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;
using namespace daybook::wire;

namespace {

Digest digest_of(std::uint8_t byte) {
  Digest digest;
  digest.raw.fill(byte);
  return digest;
}

}  // namespace

TEST_CASE("standing: the question and the answer are as the page says", "[wire]") {
  const std::vector<Digest> contents{digest_of(0x11), digest_of(0x22)};
  const Bytes question = encode_standing_question(contents);
  CHECK(to_hex(question) == to_hex(digest_of(0x11).view()) + to_hex(digest_of(0x22).view()));
  CHECK(*decode_standing_question(question) == contents);
  const std::vector<ContentStanding> standings{ContentStanding::kSafe, ContentStanding::kUnknown};
  CHECK(to_hex(encode_standings(standings)) == "0300");
  CHECK(*decode_standings(encode_standings(standings), 2) == standings);
}

TEST_CASE("standing: an answer of another length or with an unknown byte is not trusted",
          "[wire]") {
  const Bytes answer{3, 0};
  CHECK(decode_standings(answer, 3).error().code == Errc::kUntrusted);
  CHECK(decode_standings(Bytes{4}, 1).error().code == Errc::kUntrusted);
}
