// SPDX-License-Identifier: Apache-2.0
// Tokens and key sets: what is read, what is refused, and which key may speak for which token.
#include "sync-server/oidc/token.hpp"

#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/jws_signer.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

KeySet set_of(const std::string& keys) {
  auto read = KeySet::read(R"({"keys":[)" + keys + "]}");
  REQUIRE(read.ok());
  return *std::move(read);
}

SignedToken token_of(const std::string& text) {
  auto read = read_token(text);
  REQUIRE(read.ok());
  return *std::move(read);
}

std::string plain(const std::string& head, const std::string& claims) {
  return to_base64url(view_of(head)) + "." + to_base64url(view_of(claims)) + ".AAAA";
}

}  // namespace

TEST_CASE("oidc: a token is believed when the key that it names has signed it", "[oidc]") {
  const auto rsa = JwsSigner::rsa();
  const auto ec = JwsSigner::p256();
  const auto keys = set_of(rsa.jwk("a") + "," + ec.jwk("b"));
  CHECK(keys.size() == 2);
  const auto by_rsa = rsa.token(R"({"alg":"RS256","kid":"a","typ":"JWT"})", R"({"sub":"1"})");
  CHECK(keys.verify(token_of(by_rsa)).ok());
  CHECK(token_of(by_rsa).claims["sub"] == "1");
  CHECK(keys.verify(token_of(ec.token(R"({"alg":"ES256","kid":"b"})", "{}"))).ok());
  // Without a name: the only one that fits.
  CHECK(keys.verify(token_of(ec.token(R"({"alg":"ES256"})", "{}"))).ok());

  const auto other = JwsSigner::rsa();
  const auto forged = other.token(R"({"alg":"RS256","kid":"a"})", "{}");
  CHECK(keys.verify(token_of(forged)).error().code == Errc::kWrongSignature);
  const auto unknown = other.token(R"({"alg":"RS256","kid":"c"})", "{}");
  CHECK(keys.verify(token_of(unknown)).error().code == Errc::kNotFound);
  // The key of that name is of another kind: a token does not choose how a key is used.
  const auto crossed = ec.token(R"({"alg":"ES256","kid":"a"})", "{}");
  CHECK(keys.verify(token_of(crossed)).error().code == Errc::kNotFound);
  // Two could be meant.
  const auto both = set_of(rsa.jwk("a") + "," + other.jwk("c"));
  CHECK(both.verify(token_of(rsa.token(R"({"alg":"RS256"})", "{}"))).error().field == "token");
  // Under one name, while a provider changes over.
  const auto twins = set_of(other.jwk("a") + "," + rsa.jwk("a"));
  CHECK(twins.verify(token_of(by_rsa)).ok());
}

TEST_CASE("oidc: what is no token of ours is refused", "[oidc]") {
  for (const auto& [what, text] : {
           std::pair{"nothing", std::string()},
           std::pair{"two parts", std::string("e30.e30")},
           std::pair{"four parts", std::string("e30.e30.e30.e30")},
           std::pair{"five parts", std::string("a.b.c.d.e")},
           std::pair{"no base64", std::string("?.e30.AAAA")},
           std::pair{"padding", std::string("e30=.e30.AAAA")},
           std::pair{"no algorithm", plain("{}", "{}")},
           std::pair{"none", plain(R"({"alg":"none"})", "{}")},
           std::pair{"None", plain(R"({"alg":"None"})", "{}")},
           std::pair{"HMAC", plain(R"({"alg":"HS256"})", "{}")},
           std::pair{"PSS", plain(R"({"alg":"PS256"})", "{}")},
           std::pair{"a list", plain(R"({"alg":["RS256"]})", "{}")},
           std::pair{"an extension", plain(R"({"alg":"RS256","crit":["b64"],"b64":false})", "{}")},
           std::pair{"another type", plain(R"({"alg":"RS256","typ":"at+jwt"})", "{}")},
           std::pair{"a number as name", plain(R"({"alg":"RS256","kid":7})", "{}")},
           std::pair{"a long name",
                     plain(R"({"alg":"RS256","kid":")" + std::string(300, 'k') + "\"}", "{}")},
           std::pair{"a name twice", plain(R"({"alg":"none","alg":"RS256"})", "{}")},
           std::pair{"no object", plain(R"({"alg":"RS256"})", "[]")},
           std::pair{"claims twice", plain(R"({"alg":"RS256"})", R"({"sub":"a","sub":"b"})")},
           std::pair{"deep", plain(R"({"alg":"RS256"})", R"({"a":)" + std::string(60, '['))},
           std::pair{"no signature", std::string("eyJhbGciOiJSUzI1NiJ9.e30.")},
           std::pair{"too long", std::string(70'000, 'a')},
       }) {
    INFO(what);
    const auto read = read_token(text);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().field == "token");
  }
}

TEST_CASE("oidc: a key set gives keys for signatures and passes over all others", "[oidc]") {
  const auto rsa = JwsSigner::rsa();
  CHECK(set_of(rsa.jwk("a", R"(,"use":"sig","alg":"RS256","key_ops":["verify"])")).size() == 1);
  for (const auto& key :
       {rsa.jwk("a", R"(,"use":"enc")"), rsa.jwk("a", R"(,"key_ops":["encrypt"])"),
        rsa.jwk("a", R"(,"alg":"PS256")"), rsa.jwk("a", R"(,"alg":"ES256")"),
        JwsSigner::rsa(1024).jwk("a"), std::string(R"({"kty":"oct","k":"c2VjcmV0"})"),
        std::string(R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})"), std::string("{}"),
        std::string("7"), std::string(R"({"kty":"RSA","n":"???","e":"AQAB"})")}) {
    INFO(key);
    CHECK(set_of(key).size() == 0);
  }
  CHECK(KeySet::read("{}").error().field == "jwks");
  CHECK(KeySet::read("[]").error().field == "jwks");
  CHECK(KeySet::read(R"({"keys":{}})").error().field == "jwks");
  std::string many = R"({"keys":[0)";
  for (int i = 0; i < 64; ++i) many += ",0";
  CHECK(KeySet::read(many + "]}").error().code == Errc::kTooLarge);
  CHECK(KeySet::read("{\"a\":\"" + std::string(300'000, 'a')).error().code == Errc::kTooLarge);
}
