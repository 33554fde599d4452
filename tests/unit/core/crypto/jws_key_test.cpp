// SPDX-License-Identifier: Apache-2.0
// Signatures of identity providers: what verifies, and what a key is not made of.
#include "core/crypto/jws_key.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/jws_signer.hpp"

using namespace daybook;
using namespace daybook::test;

TEST_CASE("crypto: RS256 verifies as signed and not when a bit is different", "[crypto]") {
  const auto signer = JwsSigner::rsa();
  const auto [n, e] = signer.parts();
  const auto key = JwsKey::rsa(n, e);
  REQUIRE(key.ok());
  CHECK(key->alg() == JwsAlg::kRs256);
  auto signature = signer.sign("head.claims");
  CHECK(key->verify(view_of("head.claims"), signature).ok());
  CHECK(key->verify(view_of("head.claimz"), signature).error().code == Errc::kWrongSignature);
  CHECK_FALSE(key->verify(view_of("head.claims"), signer.sign_pss("head.claims")).ok());
  CHECK_FALSE(JwsKey::rsa(JwsSigner::rsa().parts().first, e)
                  ->verify(view_of("head.claims"), signature)
                  .ok());
  signature[17] ^= 1;
  CHECK_FALSE(key->verify(view_of("head.claims"), signature).ok());
  CHECK_FALSE(key->verify(view_of("head.claims"), {}).ok());
  signature.push_back(0);
  CHECK_FALSE(key->verify(view_of("head.claims"), signature).ok());
}

TEST_CASE("crypto: ES256 takes r and s side by side and nothing else", "[crypto]") {
  const auto signer = JwsSigner::p256();
  const auto [x, y] = signer.parts();
  const auto key = JwsKey::p256(x, y);
  REQUIRE(key.ok());
  CHECK(key->alg() == JwsAlg::kEs256);
  auto signature = signer.sign("head.claims");
  REQUIRE(signature.size() == 64);
  CHECK(key->verify(view_of("head.claims"), signature).ok());
  CHECK_FALSE(key->verify(view_of("head"), signature).ok());
  CHECK_FALSE(key->verify(view_of("head.claims"), Bytes(64, 0)).ok());  // r = s = 0
  CHECK_FALSE(key->verify(view_of("head.claims"), Bytes(64, 0xff)).ok());
  CHECK_FALSE(key->verify(view_of("head.claims"), JwsSigner::rsa().sign("head.claims")).ok());
  signature.push_back(0);
  CHECK_FALSE(key->verify(view_of("head.claims"), signature).ok());
}

TEST_CASE("crypto: what is no key is refused", "[crypto]") {
  const auto [n, e] = JwsSigner::rsa().parts();
  CHECK(JwsKey::rsa(JwsSigner::rsa(1024).parts().first, e).error().field == "n");
  CHECK(JwsKey::rsa({}, e).error().field == "n");
  CHECK(JwsKey::rsa(Bytes(2000, 0xff), e).error().field == "n");
  auto even = n;
  even.back() &= 0xfe;
  CHECK(JwsKey::rsa(even, e).error().field == "n");
  CHECK(JwsKey::rsa(n, {}).error().field == "e");
  CHECK(JwsKey::rsa(n, Bytes{1}).error().field == "e");
  CHECK(JwsKey::rsa(n, Bytes{4}).error().field == "e");
  CHECK(JwsKey::rsa(n, Bytes(200, 0xff)).error().field == "e");

  const auto [x, y] = JwsSigner::p256().parts();
  auto off_curve = y;
  off_curve[31] ^= 1;
  CHECK(JwsKey::p256(x, off_curve).error().field == "point");
  CHECK(JwsKey::p256(x, Bytes(31, 1)).error().field == "point");
  CHECK(JwsKey::p256(Bytes(32, 0), Bytes(32, 0)).error().field == "point");
}
