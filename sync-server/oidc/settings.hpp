// SPDX-License-Identifier: Apache-2.0
// What an operator says about the company's identity provider. Filled by app from the
// configuration. Plain values.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sync-server/auth/policy.hpp"

namespace daybook {

struct OidcSettings {
  std::string issuer;  // exactly as the provider writes it; empty: no provider, local accounts only
  std::string client_id;
  std::string client_secret;  // empty: a public client, PKCE alone
  std::string scope = "openid profile";
  std::string role_claim = "groups";
  std::string actor_claim = "preferred_username";
  // Which value of the role claim gives which role. Whoever has none of them does not get in.
  std::vector<std::pair<std::string, Role>> roles;
  std::string redirect_uri;  // https://host:port/oidc/callback

  bool operator==(const OidcSettings&) const = default;
};

}  // namespace daybook
