// SPDX-License-Identifier: Apache-2.0
// What an ID token must say, and who it speaks of.
#include "sync-server/oidc/id_token.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

constexpr std::int64_t kNow = 1'790'000'000;
const ExpectedToken kExpected{"https://id.example", "daybook", "n1", kNow};

ForeignJson good() {
  return {{"iss", "https://id.example"},
          {"aud", "daybook"},
          {"sub", "s1"},
          {"nonce", "n1"},
          {"iat", kNow},
          {"exp", kNow + 300},
          {"name", "Ada"}};
}

std::string refused(const char* name, const ForeignJson& value) {
  auto claims = good();
  claims[name] = value;
  if (value.is_null()) claims.erase(name);
  const auto checked = check_claims(claims, kExpected);
  return checked.ok() ? "" : checked.error().field;
}

}  // namespace

TEST_CASE("oidc: each claim is asked for", "[oidc]") {
  CHECK(check_claims(good(), kExpected).ok());
  for (const char* name : {"iss", "aud", "sub", "nonce", "iat", "exp"}) {
    CHECK(refused(name, nullptr) == name);
    CHECK(refused(name, true) == name);
    CHECK(refused(name, "") == name);
  }
  CHECK(refused("iss", "https://id.example/") == "iss");
  CHECK(refused("nonce", "n2") == "nonce");
  CHECK(refused("sub", std::string(256, 's')) == "sub");
}

TEST_CASE("oidc: a token for others is not for us", "[oidc]") {
  CHECK(refused("aud", {"daybook"}).empty());
  CHECK(refused("aud", "daybook2") == "aud");
  CHECK(refused("aud", {"a", "b"}) == "aud");
  CHECK(refused("aud", {"a", "daybook"}) == "azp");
  CHECK(refused("azp", "a") == "azp");
  CHECK(refused("azp", "daybook").empty());
}

TEST_CASE("oidc: times hold within a minute", "[oidc]") {
  CHECK(refused("exp", kNow - 59).empty());
  CHECK(refused("exp", kNow - 60) == "exp");
  CHECK(refused("iat", kNow + 60).empty());
  CHECK(refused("iat", kNow + 61) == "iat");
  CHECK(refused("iat", kNow - 660).empty());
  CHECK(refused("iat", kNow - 661) == "iat");
  CHECK(refused("nbf", kNow + 61) == "nbf");
  CHECK(refused("nbf", kNow).empty());
  CHECK(refused("exp", 18'000'000'000'000'000'000ULL) == "exp");
  CHECK(refused("exp", "1790000300") == "exp");
}

TEST_CASE("oidc: groups give a role, and no group gives none", "[oidc]") {
  OidcSettings settings;
  settings.roles = {{"readers", Role::kViewer}, {"desk", Role::kDispatcher}};
  auto claims = good();
  claims["preferred_username"] = "ada";
  CHECK(person_in(claims, settings)->role == std::nullopt);
  CHECK(person_in(claims, settings)->display_name == "Ada");
  claims["groups"] = "readers";
  CHECK(person_in(claims, settings)->role == Role::kViewer);
  claims["groups"] = {"readers", 7, "desk"};
  CHECK(person_in(claims, settings)->role == Role::kDispatcher);
  claims["groups"] = {"admin", "Desk", "desk "};
  CHECK(person_in(claims, settings)->role == std::nullopt);
  claims["groups"] = {{"desk", true}};
  CHECK(person_in(claims, settings)->role == std::nullopt);

  claims["name"] = "a\nb";
  CHECK(person_in(claims, settings)->display_name == "ada");
  settings.actor_claim = "email";
  CHECK(person_in(claims, settings).error().field == "email");
}
