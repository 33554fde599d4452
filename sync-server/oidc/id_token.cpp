// SPDX-License-Identifier: Apache-2.0
#include "sync-server/oidc/id_token.hpp"

#include <algorithm>

#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

// Clocks of two well-kept servers differ by less.
constexpr std::int64_t kLeewayS = 60;
// A token is made for the exchange that fetches it. One that is older was kept by somebody.
constexpr std::int64_t kAgeMaxS = 10 * 60;
constexpr std::size_t kTextMax = 1024;
constexpr std::size_t kSubjectMax = 255;
constexpr std::size_t kDisplayNameMax = 200;

Error refused(const char* claim, const char* why) { return failure(Errc::kForbidden, claim, why); }

Result<void> check_audience(const ForeignJson& claims, const std::string& client_id) {
  const auto audience = texts_in(claims, "aud");
  if (std::find(audience.begin(), audience.end(), client_id) == audience.end())
    return refused("aud", "the token is for somebody else");
  const bool says_party = claims.contains("azp");
  if (audience.size() > 1 && !says_party)
    return refused("azp", "for several, and not said for whom");
  if (says_party && text_in(claims, "azp", kTextMax) != client_id)
    return refused("azp", "the token was given to somebody else");
  return success();
}

Result<void> check_times(const ForeignJson& claims, std::int64_t now_s) {
  const auto expires = number_in(claims, "exp");
  if (!expires || *expires <= now_s - kLeewayS) return refused("exp", "missing, or over");
  const auto issued = number_in(claims, "iat");
  if (!issued || *issued > now_s + kLeewayS) return refused("iat", "missing, or in the future");
  if (*issued < now_s - kAgeMaxS - kLeewayS) return refused("iat", "too long ago");
  if (!claims.contains("nbf")) return success();
  const auto begins = number_in(claims, "nbf");
  if (!begins || *begins > now_s + kLeewayS) return refused("nbf", "in the future");
  return success();
}

// When several fit, the first in this order counts.
constexpr Role kOrder[] = {Role::kAdmin, Role::kDispatcher, Role::kSupport, Role::kViewer,
                           Role::kTechnician};

std::optional<Role> role_of(const std::vector<std::string>& groups, const OidcSettings& settings) {
  for (const Role role : kOrder) {
    for (const auto& [group, given] : settings.roles) {
      const bool has = std::find(groups.begin(), groups.end(), group) != groups.end();
      if (given == role && has) return role;
    }
  }
  return std::nullopt;
}

bool is_one_line(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace

Result<void> check_claims(const ForeignJson& claims, const ExpectedToken& expected) {
  if (text_in(claims, "iss", kTextMax) != expected.issuer)
    return refused("iss", "not the issuer that is configured");
  DAYBOOK_TRY(check_audience(claims, expected.client_id));
  DAYBOOK_TRY(check_times(claims, expected.now_s));
  const auto nonce = text_in(claims, "nonce", kTextMax);
  if (!nonce || !equal_in_constant_time(view_of(*nonce), view_of(expected.nonce)))
    return refused("nonce", "not of this login");
  const auto subject = text_in(claims, "sub", kSubjectMax);
  return subject && !subject->empty() ? success() : refused("sub", "missing");
}

Result<OidcPerson> person_in(const ForeignJson& claims, const OidcSettings& settings) {
  OidcPerson person;
  const auto subject = text_in(claims, "sub", kSubjectMax);
  if (!subject || subject->empty()) return failure(Errc::kInvalid, "sub", "missing");
  person.subject = *subject;
  const auto actor = text_in(claims, settings.actor_claim, kTextMax);
  if (!actor || actor->empty()) return failure(Errc::kInvalid, settings.actor_claim, "missing");
  person.actor = *actor;
  const auto name = text_in(claims, "name", kDisplayNameMax);
  person.display_name = name && !name->empty() && is_one_line(*name) ? *name : *actor;
  person.role = role_of(texts_in(claims, settings.role_claim), settings);
  return person;
}

}  // namespace daybook
