// SPDX-License-Identifier: Apache-2.0
// Unit tests of the body codec: one form for one body, and errors that name the place.
#include "core/model/change_set.hpp"

#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/model/sample_bodies.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

std::vector<Body> samples() { return {smallest_body(), cellar_body(), repair_body()}; }

// The golden bytes with one piece exchanged; the piece must be there exactly once.
Bytes exchanged(std::string_view piece_hex, std::string_view by_hex) {
  std::string hex = to_hex(golden_body("cellar"));
  const auto at = hex.find(piece_hex);
  REQUIRE(at != std::string::npos);
  REQUIRE(hex.find(piece_hex, at + 1) == std::string::npos);
  hex.replace(at, piece_hex.size(), by_hex);
  return from_hex(hex).value();
}

Error refusal(const Bytes& bytes) {
  const auto decoded = decode_body(bytes);
  REQUIRE_FALSE(decoded.ok());
  return decoded.error();
}

}  // namespace

TEST_CASE("change set: decoding what was encoded gives the same body", "[model]") {
  for (const Body& body : samples()) {
    const auto decoded = decode_body(encode(body));
    REQUIRE(decoded.ok());
    CHECK(*decoded == body);
  }
}

TEST_CASE("change set: a body cut anywhere, or with anything behind it, is refused", "[model]") {
  for (const Body& body : samples()) {
    const Bytes bytes = encode(body);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      if (decode_body(BytesView(bytes).first(size)).ok())
        FAIL("accepted after " << size << " bytes");
    }
    Bytes longer = bytes;
    longer.push_back(0xf6);
    CHECK(refusal(longer).detail == "1 bytes too many");
  }
}

TEST_CASE("change set: no other bytes mean the same body", "[model]") {
  Bytes bytes = encode(cellar_body());
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const std::uint8_t original = bytes[at];
    // Its eight neighbours by one bit; fuzz_decode_body tries the rest.
    for (int bit = 0; bit < 8; ++bit) {
      bytes[at] = static_cast<std::uint8_t>(original ^ (1 << bit));
      const auto decoded = decode_body(bytes);
      if (!decoded.ok()) continue;
      ++accepted;
      if (encode(*decoded) != bytes) FAIL("second form at byte " << at << ": " << to_hex(bytes));
      if (*decoded == cellar_body()) FAIL("same meaning at byte " << at << ": " << to_hex(bytes));
    }
    bytes[at] = original;
  }
  CHECK(accepted > 500);  // other ids, letters and numbers are bodies too
}

TEST_CASE("change set: other kinds of bytes and other formats are told apart", "[model]") {
  CHECK(refusal({}).code == Errc::kInvalid);
  CHECK(refusal(CborWriter().text("daybook.body").take()).code == Errc::kWrongType);
  const std::string tag = "6c646179626f6f6b2e626f6479";
  CHECK(refusal(exchanged(tag + "01", "6c646179626f6f6b2e626f647a01")).field == "tag");
  const Error newer = refusal(exchanged(tag + "01", tag + "02"));
  CHECK(newer.code == Errc::kNotSupported);
  CHECK(newer.field == "format");
  // A newer format may have any number of items: its number is what we answer to.
  CHECK(refusal(exchanged("8d" + tag + "01", "8e" + tag + "02")).code == Errc::kNotSupported);
  CHECK(refusal(exchanged("8d" + tag + "01", "8c" + tag + "01")).field == "body");
}

TEST_CASE("change set: the table of epochs has one form", "[model]") {
  const std::string e1 = "50a0a1a2a3a4a5a6a7a8a9aaabacadaeaf";
  const std::string zero = "5000000000000000000000000000000000";
  const std::string other = "50b0b1b2b3b4b5b6b7b8b9babbbcbdbebf";
  CHECK(refusal(exchanged("82" + e1 + zero, "83" + e1 + zero + other)).detail == "one is not used");
  CHECK(refusal(exchanged("82" + e1 + zero, "82" + e1 + e1)).detail == "one is there twice");
  CHECK(refusal(exchanged("82" + e1 + zero, "81" + e1)).field == "changes[0].edits[2].base.epoch");
  // The first base must use the first epoch.
  const Error swapped =
      refusal(exchanged("6ce997a8e99481e59d8fe4ba86001829", "6ce997a8e99481e59d8fe4ba86011829"));
  CHECK(to_string(swapped) ==
        "invalid at changes[0].edits[0].base.epoch: table of epochs not in order of use");
}

TEST_CASE("change set: errors name the place", "[model]") {
  CHECK(refusal(exchanged("686465706172746564", "fa00000000")).field == "changes[0].edits[1].now");
  CHECK(refusal(exchanged("81f600", "82f6f600")).field == "changes[0].edits[3].was");
  CHECK(refusal(exchanged("1903e8", "f90000")).field == "changes[1].created.quantity");
  CHECK(refusal(exchanged("6761646472657373", "6761ff6472657373")).field == "claims[0].field");
  CHECK(refusal(exchanged("6d696d6167652f7376672b786d6c", "00")).field ==
        "attachments[0].media_type");
  CHECK(refusal(exchanged("1901e0", "1a00010000")).field == "stamp.utc_offset_min");
  CHECK(refusal(exchanged("81500193456789ab7cde8f0123456789abcc", "814100")).field ==
        "depends[0].id");
}

TEST_CASE("change set: absent is not null, and neither is an empty list", "[model]") {
  const auto body_with = [](std::optional<Value> was) {
    Body body = repair_body();
    body.changes[0].edits[0].was = std::move(was);
    return encode(body);
  };
  CHECK(body_with(std::nullopt) != body_with(Value::null()));
  CHECK(body_with(Value::null()) != body_with(Value::list({})));
  CHECK_FALSE(decode_body(body_with(std::nullopt))->changes[0].edits[0].was.has_value());
  CHECK(decode_body(body_with(Value::null()))->changes[0].edits[0].was == Value::null());
}

TEST_CASE("change set: a create with a kind of its own invention is refused", "[model]") {
  // [collection, id, kind]: the swap's kind.
  const std::string swap = "5001934567000070008000000000000002";
  CHECK(refusal(exchanged(swap + "00", swap + "02")).field == "changes[1].kind");
}
