// SPDX-License-Identifier: Apache-2.0
// Unit tests of core/base and of the code in core/ports.
#include <memory>

#include "core/base/hex.hpp"
#include "core/base/percent.hpp"
#include "core/base/planted_bug.hpp"
#include "core/base/result.hpp"
#include "core/ports/rng.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

Result<int> half_of(int number) {
  if (number % 2 != 0) return failure(Errc::kInvalid, "number", "odd");
  return number / 2;
}

Result<int> quarter_of(int number) {
  DAYBOOK_ASSIGN(const int half, half_of(number));
  return half_of(half);
}

Result<void> must_be_even(int number) {
  DAYBOOK_TRY(half_of(number));
  return {};
}

// Hands out the bytes it was given, over and over.
class ScriptedRng final : public Rng {
 public:
  explicit ScriptedRng(Bytes script) : script_(std::move(script)) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = script_[at_++ % script_.size()];
  }

 private:
  Bytes script_;
  std::size_t at_ = 0;
};

}  // namespace

TEST_CASE("base: a result holds a value or an error and hands errors up", "[base]") {
  CHECK(*quarter_of(8) == 2);
  CHECK(quarter_of(6).error().field == "number");
  CHECK(must_be_even(2).ok());
  CHECK(must_be_even(3).error().code == Errc::kInvalid);
}

TEST_CASE("base: asking a result for what it does not hold is a broken invariant", "[base]") {
  const auto odd = half_of(1);
  CHECK_THROWS_AS(odd.value(), BrokenInvariant);
  CHECK_THROWS_AS(half_of(2).error(), BrokenInvariant);
  CHECK_THROWS_AS(success().error(), BrokenInvariant);
}

TEST_CASE("base: a result carries what can only be moved", "[base]") {
  Result<std::unique_ptr<int>> made(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = std::move(made).value();
  CHECK(*taken == 7);
}

TEST_CASE("base: a broken invariant says where and what", "[base]") {
  const int two = 2;
  try {
    ensure(two == 3);
    FAIL("went on");
  } catch (const BrokenInvariant& broken) {
    CHECK_THAT(std::string(broken.what()), daybook::test::contains("two == 3"));
    CHECK_THAT(std::string(broken.what()), daybook::test::contains("base_test.cpp:"));
  }
}

TEST_CASE("base: errors read as one line with only the parts they have", "[base]") {
  CHECK(to_string(failure(Errc::kTooLarge, "qty", "9 bytes")) == "too_large at qty: 9 bytes");
  CHECK(to_string(failure(Errc::kOffline)) == "offline");
  CHECK(name_of(static_cast<Errc>(9999)) == "unknown");
}

TEST_CASE("base: every error code has a name of its own", "[base]") {
  std::string seen = " ";
  for (int code = 0; code <= 63; ++code) {
    const std::string name(name_of(static_cast<Errc>(code)));
    if (name == "unknown") continue;
    CHECK(seen.find(" " + name + " ") == std::string::npos);
    seen += name + " ";
  }
  CHECK_THAT(seen, daybook::test::contains(" disk_full "));
}

TEST_CASE("base: hex goes out in lower case and comes in in both", "[base]") {
  CHECK(to_hex(Bytes{0x00, 0xab, 0xff}) == "00abff");
  CHECK(from_hex("00aBFf") == Bytes{0x00, 0xab, 0xff});
  CHECK(from_hex("") == Bytes{});
  CHECK_FALSE(from_hex("0"));
  CHECK_FALSE(from_hex("0g"));
  CHECK_FALSE(from_hex("0 1"));
}

TEST_CASE("base: base64url has one form for each byte string", "[base]") {
  const std::pair<std::string, std::string> known[] = {
      {"", ""},        {"f", "Zg"},        {"fo", "Zm8"},
      {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"},
  };
  for (const auto& [plain, text] : known) {
    CHECK(to_base64url(view_of(plain)) == text);
    CHECK(from_base64url(text) == copy_of(view_of(plain)));
  }
  CHECK(to_base64url(Bytes{0xfb, 0xff}) == "-_8");
  CHECK_FALSE(from_base64url("Zh"));  // left-over bits
  CHECK_FALSE(from_base64url("Z"));   // too few of them
  CHECK_FALSE(from_base64url("Zg=="));
  CHECK_FALSE(from_base64url("+/8"));
}

TEST_CASE("base: what is percent-encoded cannot leave its place in an address", "[base]") {
  CHECK(percent_encoded("a/../b?c#d 张") == "a%2F..%2Fb%3Fc%23d%20%E5%BC%A0");
  CHECK(percent_encoded("AZaz09-._~") == "AZaz09-._~");
  CHECK(percent_encoded("+&=%") == "%2B%26%3D%25");
  CHECK(percent_encoded(std::string_view("\0\x7f\xff", 3)) == "%00%7F%FF");
  CHECK(percent_encoded("").empty());
}

TEST_CASE("base: a uuid is read with dashes in their places or with none", "[base]") {
  const auto id = uuid_from("01934567-89ab-7cde-8f01-23456789abcd");
  REQUIRE(id);
  CHECK(to_string(*id) == "01934567-89ab-7cde-8f01-23456789abcd");
  CHECK(uuid_from("0193456789AB7CDE8F0123456789ABCD") == id);
  CHECK_FALSE(uuid_from("01934567-89ab-7cde-8f01-23456789abc"));
  CHECK_FALSE(uuid_from("0193456-789ab-7cde-8f01-23456789abcd"));
  CHECK_FALSE(uuid_from("01934567-89ab-7cde-8f01-23456789abcg"));
  CHECK_FALSE(uuid_from(""));
}

TEST_CASE("base: fixed bytes take exactly their length", "[base]") {
  CHECK_FALSE(Uuid::from(Bytes(15)));
  CHECK_FALSE(Uuid::from(Bytes(17)));
  CHECK(Uuid::from(Bytes(16))->is_zero());
  CHECK_FALSE(Digest::from(Bytes(32, 1))->is_zero());
}

TEST_CASE("ports: below() draws again rather than favour small numbers", "[base]") {
  // 2^64 - 1 is beyond the last whole multiple of 10, so the first draw is thrown away.
  Bytes script(8, 0xff);
  script.insert(script.end(), {0, 0, 0, 0, 0, 0, 0, 17});
  ScriptedRng rng(script);
  CHECK(rng.below(10) == 7);
  CHECK(rng.below(0) == 0);
  CHECK(ScriptedRng({5}).below(1) == 0);
}
