// SPDX-License-Identifier: Apache-2.0
// Unit tests of password hashes.
#include "core/crypto/password_hash.hpp"

#include "tests/support/catch.hpp"

using namespace daybook;

TEST_CASE("crypto: a password matches its hash and no other", "[crypto]") {
  const auto stored = hash_password("correct horse 电池", Bytes(16, 7));
  REQUIRE(stored.ok());
  CHECK_THAT(*stored, daybook::test::contains("scrypt$15$8$1$BwcHBwcHBwcHBwcHBwcHBw$"));
  CHECK(password_matches("correct horse 电池", *stored));
  CHECK_FALSE(password_matches("correct horse", *stored));
  CHECK_FALSE(password_matches("", *stored));
  CHECK(hash_password("correct horse 电池", Bytes(16, 8)).value() != *stored);
}

TEST_CASE("crypto: scrypt is the published function", "[crypto]") {
  // RFC 7914 §12 has no vector with a 16-byte salt, so this one comes from another implementation
  // (N = 1024, r = 8, p = 1).
  CHECK(password_matches(
      "password",
      "scrypt$10$8$1$AAECAwQFBgcICQoLDA0ODw$OnwHgqTb31Q6zXxSL-hT2bNKu4ryelxll0iM3yKBQLU"));
}

TEST_CASE("crypto: what is no password or no salt is refused", "[crypto]") {
  CHECK(hash_password("", Bytes(16)).error().field == "password");
  CHECK(hash_password(std::string(1025, 'x'), Bytes(16)).error().code == Errc::kTooLarge);
  CHECK(hash_password("x", Bytes(15)).error().field == "salt");
}

TEST_CASE("crypto: a stored text that does not parse matches nothing, at once", "[crypto]") {
  const std::string tail = "$AAECAwQFBgcICQoLDA0ODw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  for (const std::string& stored :
       {std::string(), std::string("scrypt"), "md5$15$8$1" + tail, "scrypt$63$8$1" + tail,
        "scrypt$15$999$1" + tail, "scrypt$15$8$99" + tail, "scrypt$1x$8$1" + tail,
        "scrypt$10$8$1" + tail + "$more", std::string("scrypt$15$8$1$AAEC$AAAA"),
        std::string("scrypt$$$$$")}) {
    CAPTURE(stored);
    CHECK_FALSE(password_matches("x", stored));
  }
}
