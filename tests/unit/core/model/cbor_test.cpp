// SPDX-License-Identifier: Apache-2.0
// Unit tests of the codec: what it writes, and everything it refuses to read.
#include "core/model/cbor.hpp"

#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

Result<Value> read_value(std::string_view text) {
  const Bytes bytes = hex(text);
  CborReader in(bytes);
  Value value = in.value("value", 1000);
  DAYBOOK_TRY(in.finish("value"));
  return value;
}

std::string written(const Value& value) { return to_hex(CborWriter().value(value).out()); }

Result<Fields> read_fields(std::string_view text) { return decode_fields(hex(text), 100, 1000); }

}  // namespace

TEST_CASE("cbor: integers take the shortest form at every border", "[model]") {
  const std::pair<std::int64_t, const char*> known[] = {
      {0, "00"},
      {23, "17"},
      {24, "1818"},
      {255, "18ff"},
      {256, "190100"},
      {65535, "19ffff"},
      {65536, "1a00010000"},
      {4294967295, "1affffffff"},
      {4294967296, "1b0000000100000000"},
      {INT64_MAX, "1b7fffffffffffffff"},
      {-1, "20"},
      {-24, "37"},
      {-25, "3818"},
      {-256, "38ff"},
      {-257, "390100"},
      {INT64_MIN, "3b7fffffffffffffff"},
  };
  for (const auto& [number, text] : known) {
    CAPTURE(number);
    CHECK(written(Value::integer(number)) == text);
    CHECK(*read_value(text) == Value::integer(number));
  }
}

TEST_CASE("cbor: the other kinds are written as RFC 8949 writes them", "[model]") {
  const std::pair<Value, const char*> known[] = {
      {Value::null(), "f6"},
      {Value::boolean(false), "f4"},
      {Value::boolean(true), "f5"},
      {Value::text(""), "60"},
      {Value::text("IETF"), "6449455446"},
      {Value::text("水"), "63e6b0b4"},
      {Value::bytes({1, 2, 3, 4}), "4401020304"},
      {Value::list({}), "80"},
      {Value::list({Value::integer(1), Value::list({Value::integer(2)})}), "82018102"},
  };
  for (const auto& [value, text] : known) {
    CAPTURE(text);
    CHECK(written(value) == text);
    CHECK(*read_value(text) == value);
  }
}

TEST_CASE("cbor: integers that are not in their shortest form are refused", "[model]") {
  for (const char* text :
       {"1800", "1817", "190000", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3817", "3900ff"}) {
    CAPTURE(text);
    REQUIRE_FALSE(read_value(text).ok());
    CHECK(read_value(text).error().code == Errc::kInvalid);
  }
}

TEST_CASE("cbor: lengths and counts that are not in their shortest form are refused", "[model]") {
  for (const char* text : {"780161", "580100", "980100", "9b000000000000000100"}) {
    CAPTURE(text);
    CHECK_FALSE(read_value(text).ok());
  }
  CHECK_FALSE(read_fields("b801616100").ok());
}

TEST_CASE("cbor: integers beyond 64 bits with a sign are refused", "[model]") {
  CHECK(read_value("1b8000000000000000").error().code == Errc::kTooLarge);
  CHECK(read_value("3b8000000000000000").error().code == Errc::kTooLarge);
  CHECK(read_value("3bffffffffffffffff").error().code == Errc::kTooLarge);
}

TEST_CASE("cbor: floats, tags, indefinite lengths and other simple values are refused", "[model]") {
  const char* const strangers[] = {
      "f90000",   "fa00000000", "fb0000000000000000",  // floats
      "c000",     "c1190000",   "d82a00",              // tags
      "5f4101ff", "7f6161ff",   "9f01ff",              // indefinite
      "f7",       "f0",         "f820",
      "f8ff",     "e0",         "ff",  // undefined, unassigned, break
      "1c",       "1d",         "1e",
      "1f",  // reserved
      "a0",  // a map is not a value
  };
  for (const char* text : strangers) {
    CAPTURE(text);
    CHECK_FALSE(read_value(text).ok());
  }
}

TEST_CASE("cbor: text that is not UTF-8 is refused", "[model]") {
  for (const char* text :
       {"61ff", "62c080", "63eda080", "64f4908080", "61c3", "63e28228", "64f0808080"}) {
    CAPTURE(text);
    REQUIRE_FALSE(read_value(text).ok());
    CHECK(read_value(text).error().detail == "not UTF-8");
  }
  CHECK(read_value("64f09f9492").ok());
}

TEST_CASE("cbor: map keys come shorter first, then by bytes, and once", "[model]") {
  CHECK(read_fields("a3616100616200626161f6").ok());
  CHECK_FALSE(read_fields("a2616200616100").ok());    // out of order
  CHECK_FALSE(read_fields("a26261610061ff00").ok());  // longer first
  CHECK_FALSE(read_fields("a2616100616100").ok());    // twice
  CHECK_FALSE(read_fields("a10000").ok());            // a key that is no text
  const Fields fields{
      {"b", Value::integer(2)}, {"aa", Value::integer(3)}, {"a", Value::integer(1)}};
  CHECK(to_hex(encode(fields)) == "a361610161620262616103");
  CHECK(*decode_fields(encode(fields), 3, 10) == fields);
}

TEST_CASE("cbor: nesting is bounded", "[model]") {
  // Seven lists around a number are eight deep.
  CHECK(read_value("8181818181818100").ok());
  CHECK(read_value("818181818181818100").error().code == Errc::kTooLarge);
  Bytes deep(100'000, 0x81);
  CborReader in(deep);
  in.value("deep", deep.size());
  CHECK(in.error().code == Errc::kTooLarge);
  CborReader raw(deep);
  raw.raw("deep");
  CHECK(raw.error().code == Errc::kTooLarge);
}

TEST_CASE("cbor: counts and lengths are held against what is left before anything is set aside",
          "[model]") {
  for (const char* text :
       {"9a00ffffff00", "5a00ffffff00", "7b7fffffffffffffff00", "9b7fffffffffffffff"}) {
    CAPTURE(text);
    const Bytes bytes = hex(text);
    CborReader in(bytes);
    in.value("value", SIZE_MAX);
    CHECK(in.failed());
  }
  CHECK(read_fields("ba00ffffff").error().code == Errc::kTooLarge);
  CHECK(decode_fields(hex("ba00ffffff"), SIZE_MAX, 10).error().detail == "ends too early");
}

TEST_CASE("cbor: limits are named with what was found and what is allowed", "[model]") {
  const Bytes bytes = CborWriter().text("twelve bytes").take();
  CborReader in(bytes);
  in.text("actor", 11);
  CHECK(to_string(in.error()) == "too_large at actor: 12 bytes, at most 11");
}

TEST_CASE("cbor: an error inside a map names the field", "[model]") {
  CHECK(read_fields("a1656e6f746573ff").error().field == "fields.notes");
}

TEST_CASE("cbor: the first error sticks and reading goes on harmlessly", "[model]") {
  const Bytes bytes = hex("0061610102");
  CborReader in(bytes);
  CHECK(in.integer("a") == 0);
  CHECK(in.integer("b") == 0);  // a text
  CHECK(in.text("c", 10).empty());
  CHECK(in.array("d", 10) == 0);
  CHECK(in.value("e", 10).is_null());
  CHECK_FALSE(in.boolean("f"));
  CHECK(in.raw("g").empty());
  CHECK_FALSE(in.take_null());
  REQUIRE_FALSE(in.finish("all").ok());
  CHECK(in.finish("all").error().field == "b");
}

TEST_CASE("cbor: what is left over is refused", "[model]") {
  CHECK(read_value("0000").error().detail == "1 bytes too many");
  CHECK_FALSE(read_fields("a000").ok());
}

TEST_CASE("cbor: absent, null and a value are three things", "[model]") {
  for (const std::optional<Value>& held :
       {std::optional<Value>{}, {Value::null()}, {Value::text("x")}}) {
    const Bytes bytes = CborWriter().optional(held).take();
    CborReader in(bytes);
    CHECK(in.optional("held", 10) == held);
    CHECK(in.finish("held").ok());
  }
  const Bytes two = hex("820102");
  CborReader in(two);
  in.optional("held", 10);
  CHECK(in.failed());
}

TEST_CASE("cbor: raw skips one item and hands its bytes over unchanged", "[model]") {
  const Bytes bytes = hex("8301a16161820203f600");
  CborReader in(bytes);
  CHECK(to_hex(in.raw("item")) == "8301a16161820203f6");
  CHECK(in.integer("next") == 0);
  CHECK(in.finish("all").ok());
  for (const char* text : {"1800", "a2616200616100", "f7", "61ff", "c000", "82"}) {
    CAPTURE(text);
    const Bytes bad = hex(text);
    CborReader reader(bad);
    reader.raw("item");
    CHECK(reader.failed());
  }
}

TEST_CASE("cbor: fixed byte strings have exactly their length", "[model]") {
  const Bytes bytes = hex("4f000102030405060708090a0b0c0d0e");
  CborReader in(bytes);
  in.fixed<Uuid>("id");
  CHECK(to_string(in.error()) == "invalid at id: wrong length");
}
