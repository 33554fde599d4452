// SPDX-License-Identifier: Apache-2.0
// Unit tests of device keys, held against RFC 8032 and against keys that are no keys.
#include "core/crypto/device_key.hpp"

#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

PublicKey key_of(std::string_view text) { return {KeyAlg::kEd25519, hex(text)}; }

struct Vector {
  const char* seed;
  const char* key;
  const char* message;
  const char* signature;
};

// RFC 8032 §7.1, tests 1 to 3.
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46bd25bf5f0595bbe24"
     "655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c387b2eaeb4302aee"
     "b00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6594a7c15e9716ed28d"
     "c027beceea1ec40a"},
};

// y of the points of order 1, 2, 4 and 8.
constexpr const char* kSmallOrder[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
};

}  // namespace

TEST_CASE("crypto: Ed25519 signs and verifies the vectors of RFC 8032", "[crypto]") {
  for (const Vector& vector : kVectors) {
    const auto signer = ed25519_signer(hex(vector.seed));
    REQUIRE(signer.ok());
    CHECK(to_hex((*signer)->public_key().raw) == vector.key);
    const auto signature = (*signer)->sign(hex(vector.message));
    REQUIRE(signature.ok());
    CHECK(to_hex(signature->raw) == vector.signature);
    CHECK(verify(key_of(vector.key), hex(vector.message), *signature).ok());
  }
}

TEST_CASE("crypto: another message, key or signature does not verify", "[crypto]") {
  const Vector& vector = kVectors[2];
  const Signature good{KeyAlg::kEd25519, hex(vector.signature)};
  CHECK(verify(key_of(vector.key), hex("af83"), good).error().code == Errc::kWrongSignature);
  CHECK(verify(key_of(kVectors[0].key), hex("af82"), good).error().code == Errc::kWrongSignature);
  for (std::size_t at = 0; at < good.raw.size(); ++at) {
    Signature bent = good;
    bent.raw[at] ^= 1;
    CHECK(verify(key_of(vector.key), hex("af82"), bent).error().code == Errc::kWrongSignature);
  }
  CHECK(verify(key_of(vector.key), hex("af82"), {KeyAlg::kEd25519, {}}).error().code ==
        Errc::kWrongSignature);
}

TEST_CASE("crypto: a signature with the group order added to it is not a second signature",
          "[crypto]") {
  // S + L, little-endian: the same number to a careless verifier.
  const Bytes order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  Signature other{KeyAlg::kEd25519, hex(kVectors[2].signature)};
  unsigned int carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += static_cast<unsigned int>(other.raw[32 + i]) + order[i];
    other.raw[32 + i] = static_cast<std::uint8_t>(carry & 0xff);
    carry >>= 8;
  }
  CHECK(verify(key_of(kVectors[2].key), hex("af82"), other).error().code == Errc::kWrongSignature);
}

TEST_CASE("crypto: good public keys pass", "[crypto]") {
  for (const Vector& vector : kVectors) CHECK(check_public_key(key_of(vector.key)).ok());
}

TEST_CASE("crypto: malformed public keys are refused at enrolment and at verification",
          "[crypto]") {
  const Signature some{KeyAlg::kEd25519, Bytes(64)};
  const auto refused = [&](const PublicKey& key, const std::string& why) {
    CAPTURE(to_hex(key.raw));
    REQUIRE_FALSE(check_public_key(key).ok());
    CHECK(check_public_key(key).error().code == Errc::kInvalid);
    CHECK_THAT(check_public_key(key).error().detail, daybook::test::contains(why));
    CHECK(verify(key, {}, some).error().code == Errc::kInvalid);
  };
  refused({KeyAlg::kEd25519, {}}, "0 bytes");
  refused({KeyAlg::kEd25519, Bytes(31, 1)}, "31 bytes");
  refused({KeyAlg::kEd25519, Bytes(33, 1)}, "33 bytes");
  for (const char* key : kSmallOrder) refused(key_of(key), "small order");
  refused(key_of("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
          "not reduced");  // p
  refused(key_of("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
          "not reduced");  // p + 1
  refused(key_of("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
          "not reduced");
  refused(key_of("0200000000000000000000000000000000000000000000000000000000000000"),
          "not on the curve");
  refused(key_of("0700000000000000000000000000000000000000000000000000000000000080"),
          "not on the curve");
}

TEST_CASE("crypto: an algorithm that this build does not know is said to be one", "[crypto]") {
  const auto later = static_cast<KeyAlg>(3);
  const PublicKey key{later, Bytes(32, 4)};
  CHECK(check_public_key(key).error().code == Errc::kNotSupported);
  CHECK(verify(key, {}, {later, Bytes(64)}).error().code == Errc::kNotSupported);
  CHECK(verify(key_of(kVectors[0].key), {}, {later, Bytes(64)}).error().field == "signature.alg");
  CHECK(decode_public_key(encode(key)).error().code == Errc::kNotSupported);
  CHECK(decode_signature(Bytes{3, 1}).error().code == Errc::kNotSupported);
  CHECK(decode_signature(Bytes{0}).error().code == Errc::kNotSupported);
  CHECK(signer_of(later, Bytes(32, 1)).error().field == "key_alg");
  CHECK(name_of(later) == "unknown");
  CHECK_FALSE(key_alg_named("unknown").has_value());
}

TEST_CASE("crypto: the alg byte stands in front of keys and signatures", "[crypto]") {
  const PublicKey key = key_of(kVectors[0].key);
  CHECK(to_hex(encode(key)) == std::string("01") + kVectors[0].key);
  CHECK(*decode_public_key(encode(key)) == key);
  const Signature signature{KeyAlg::kEd25519, hex(kVectors[0].signature)};
  CHECK(*decode_signature(encode(signature)) == signature);
  CHECK(decode_public_key({}).error().code == Errc::kInvalid);
  CHECK(decode_public_key(Bytes(32, 1)).error().code == Errc::kInvalid);
  CHECK(decode_signature(Bytes(64, 1)).error().code == Errc::kInvalid);
  Bytes small{1};
  const Bytes identity = hex(kSmallOrder[0]);
  small.insert(small.end(), identity.begin(), identity.end());
  CHECK_FALSE(decode_public_key(small).ok());
}

TEST_CASE("crypto: a seed has 32 bytes", "[crypto]") {
  CHECK(ed25519_signer(Bytes(31)).error().field == "seed");
  CHECK(ed25519_signer({}).error().code == Errc::kInvalid);
}
