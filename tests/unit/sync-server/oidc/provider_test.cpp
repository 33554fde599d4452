// SPDX-License-Identifier: Apache-2.0
// How the provider is asked: what is remembered, how often keys are fetched, where secrets go. The
// answers are the test's own; a real provider and a lying one are asked end to end (tests/e2e).
#include "sync-server/oidc/provider.hpp"

#include <map>

#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/jws_signer.hpp"
#include "tests/support/simulated_ports.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

const std::string kIssuer = "https://id.example/realms/depot";

struct FakeProvider {
  FakeProvider() {
    settings.issuer = kIssuer;
    settings.client_id = "day book";
    settings.client_secret = "s:1";
    settings.redirect_uri = "https://hq.example:8443/oidc/callback";
    discovery = {{"issuer", kIssuer},
                 {"authorization_endpoint", "https://id.example/auth?realm=depot"},
                 {"token_endpoint", "https://id.example/token"},
                 {"jwks_uri", "https://id.example/jwks"},
                 {"userinfo_endpoint", "https://id.example/me"}};
    claims = {{"iss", kIssuer},
              {"aud", "day book"},
              {"sub", "s1"},
              {"preferred_username", "ada"},
              {"groups", {"desk"}}};
    jwks = R"({"keys":[)" + signer.jwk("one") + "]}";
  }

  OidcProvider provider() {
    return {settings, [this](const OutCall& call) { return answer(call); }, clock, trace};
  }

  Result<OutReply> answer(const OutCall& call) {
    ++asked[call.url];
    calls.push_back(call);
    if (away) return failure(Errc::kOffline, "connect", "refused");
    std::string body;
    if (call.url == kIssuer + "/.well-known/openid-configuration") body = discovery.dump();
    if (call.url == "https://id.example/jwks") body = jwks;
    if (call.url == "https://id.example/me") body = userinfo.dump();
    if (call.url == "https://id.example/token") {
      auto said = claims;
      said["nonce"] = ticket.nonce;
      said["iat"] = clock.wall_ms() / 1000;
      said["exp"] = clock.wall_ms() / 1000 + 60;
      body =
          ForeignJson{{"id_token", signer.token(head, said.dump())}, {"access_token", "at"}}.dump();
    }
    return OutReply{body.empty() ? 404 : 200, {}, copy_of(view_of(body))};
  }

  int times(const std::string& path) { return asked["https://id.example" + path]; }

  ManualClock clock;
  SeededRng rng{7};
  NoTrace trace;
  LoginTickets tickets{clock, rng};
  LoginTicket ticket = tickets.issue({});
  JwsSigner signer = JwsSigner::p256();
  OidcSettings settings;
  ForeignJson discovery, claims, userinfo = {{"sub", "s1"}};
  std::string jwks;
  std::string head = R"({"alg":"ES256","kid":"one"})";
  bool away = false;
  std::map<std::string, int> asked;
  std::vector<OutCall> calls;
};

}  // namespace

TEST_CASE("oidc: a browser is sent with state, nonce and challenge", "[oidc]") {
  FakeProvider fake;
  auto provider = fake.provider();
  const auto url = provider.authorization_url(fake.ticket);
  REQUIRE(url.ok());
  CHECK(*url ==
        "https://id.example/auth?realm=depot&response_type=code&client_id=day%20book&redirect_uri="
        "https%3A%2F%2Fhq.example%3A8443%2Foidc%2Fcallback&scope=openid%20profile&state=" +
            fake.ticket.state + "&nonce=" + fake.ticket.nonce + "&code_challenge=" +
            challenge_of(fake.ticket.verifier) + "&code_challenge_method=S256");
}

TEST_CASE("oidc: a code becomes claims, and the secret goes to the token endpoint only", "[oidc]") {
  FakeProvider fake;
  auto provider = fake.provider();
  const auto claims = provider.redeem("c/1", fake.ticket);
  REQUIRE(claims.ok());
  CHECK((*claims)["preferred_username"] == "ada");
  CHECK(fake.times("/me") == 0);
  for (const auto& call : fake.calls) {
    const bool is_token = call.url == "https://id.example/token";
    CHECK((text_of(call.body).find("code=c%2F1&") != std::string::npos) == is_token);
    for (const auto& header : call.headers)
      if (header.name == "Authorization")
        CHECK(header.value == "Basic ZGF5JTIwYm9vazpzJTNBMQ==");  // day%20book:s%3A1
  }
  fake.discovery["token_endpoint_auth_methods_supported"] = {"client_secret_post"};
  auto other = fake.provider();
  REQUIRE(other.redeem("c", fake.ticket).ok());
  CHECK_THAT(std::string(text_of(fake.calls[fake.calls.size() - 2].body)),
             contains("client_secret=s%3A1"));
  fake.settings.client_secret.clear();
  auto open = fake.provider();
  REQUIRE(open.redeem("c", fake.ticket).ok());
  CHECK_THAT(std::string(text_of(fake.calls[fake.calls.size() - 2].body)),
             contains("client_id=day%20book"));
}

TEST_CASE("oidc: what the token lacks is asked for, of the same person", "[oidc]") {
  FakeProvider fake;
  fake.claims.erase("groups");
  fake.userinfo = {{"sub", "s1"}, {"groups", {"desk"}}, {"iss", "https://evil.example"}};
  auto provider = fake.provider();
  const auto claims = provider.redeem("c", fake.ticket);
  REQUIRE(claims.ok());
  CHECK((*claims)["groups"] == ForeignJson{"desk"});
  CHECK((*claims)["iss"] == kIssuer);
  fake.userinfo["sub"] = "s2";
  CHECK(provider.redeem("c", fake.ticket).error().field == "userinfo");
}

TEST_CASE("oidc: keys are fetched anew for an unknown name, but not on every demand", "[oidc]") {
  FakeProvider fake;
  auto provider = fake.provider();
  REQUIRE(provider.redeem("c", fake.ticket).ok());
  CHECK(fake.times("/jwks") == 1);
  fake.signer = JwsSigner::p256();
  fake.head = R"({"alg":"ES256","kid":"two"})";
  fake.jwks = R"({"keys":[)" + fake.signer.jwk("two") + "]}";
  CHECK(provider.redeem("c", fake.ticket).error().field == "kid");
  CHECK(fake.times("/jwks") == 1);
  fake.clock.advance(30'000);
  CHECK(provider.redeem("c", fake.ticket).ok());
  CHECK(fake.times("/jwks") == 2);
  fake.head = R"({"alg":"ES256","kid":"three"})";
  fake.clock.advance(30'000);
  for (int i = 0; i < 50; ++i) CHECK_FALSE(provider.redeem("c", fake.ticket).ok());
  CHECK(fake.times("/jwks") == 3);
  // A key that was withdrawn is not believed for ever.
  fake.head = R"({"alg":"ES256","kid":"two"})";
  fake.jwks = R"({"keys":[]})";
  CHECK(provider.redeem("c", fake.ticket).ok());
  fake.clock.advance(60 * 60 * 1000);
  CHECK_FALSE(provider.redeem("c", fake.ticket).ok());
}

TEST_CASE("oidc: where the provider lives is remembered while it does not say so", "[oidc]") {
  FakeProvider fake;
  fake.away = true;
  auto provider = fake.provider();
  CHECK(provider.authorization_url(fake.ticket).error().code == Errc::kOffline);
  fake.away = false;
  CHECK_FALSE(provider.authorization_url(fake.ticket).ok());
  fake.clock.advance(5'000);
  CHECK(provider.authorization_url(fake.ticket).ok());
  fake.clock.advance(2 * 60 * 60 * 1000);
  fake.away = true;
  fake.asked.clear();
  for (int i = 0; i < 10; ++i) CHECK(provider.authorization_url(fake.ticket).ok());
  CHECK(fake.times("/realms/depot/.well-known/openid-configuration") == 1);
}

TEST_CASE("oidc: a discovery document speaks for its issuer and leads to no open line", "[oidc]") {
  for (const auto& [name, value] :
       {std::pair{"issuer", "https://id.example"}, std::pair{"issuer", ""},
        std::pair{"token_endpoint", "http://id.example/token"},
        std::pair{"token_endpoint", "http://127.0.0.1/token"}, std::pair{"jwks_uri", "file:///x"},
        std::pair{"jwks_uri", ""}, std::pair{"authorization_endpoint", "javascript:alert(1)"},
        std::pair{"authorization_endpoint", "https://id.example/\r\nSet-Cookie: a=b"},
        std::pair{"userinfo_endpoint", "http://id.example/me"}}) {
    INFO(name << " " << value);
    FakeProvider fake;
    fake.discovery[name] = value;
    auto provider = fake.provider();
    CHECK(provider.authorization_url(fake.ticket).error().field == "discovery");
  }
}
