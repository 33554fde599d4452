// SPDX-License-Identifier: Apache-2.0
// What an ID token must say before anybody is believed, and who it speaks of. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "sync-server/oidc/foreign_json.hpp"
#include "sync-server/oidc/settings.hpp"

namespace daybook {

struct ExpectedToken {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  std::int64_t now_s = 0;
};

// Issuer, audience, times and nonce. REQUIRES: the signature was verified. Errors name the claim.
Result<void> check_claims(const ForeignJson& claims, const ExpectedToken& expected);

// A person as the provider knows them.
struct OidcPerson {
  std::string subject;  // the provider's own, never reused
  std::string actor;    // the login they would have here
  std::string display_name;
  std::optional<Role> role;  // none: nothing maps
};
// kInvalid at `sub` or at the actor claim when it is missing.
Result<OidcPerson> person_in(const ForeignJson& claims, const OidcSettings& settings);

}  // namespace daybook
