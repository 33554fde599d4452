// SPDX-License-Identifier: Apache-2.0
// The part of daybookd's configuration that names the company's identity provider. Keys are read
// one by one and judged together at the end. Plain values.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/base/result.hpp"
#include "sync-server/oidc/settings.hpp"

namespace daybook {

struct OidcConfig {
  OidcSettings settings;    // without secret and redirect address: see load_oidc
  std::string secret_file;  // empty: a public client
  std::string ca_file;      // empty: the system's authorities
  bool mentioned = false;   // some key of it was given

  bool operator==(const OidcConfig&) const = default;
  bool enabled() const { return !settings.issuer.empty(); }
};

bool is_oidc_key(const std::string& key);
// Errors name the key.
Result<void> take_oidc_key(OidcConfig& config, const std::string& key, const nlohmann::json& value);
// What belongs together is there.
Result<void> check_oidc(const OidcConfig& config, const std::string& public_url);
// The settings with the secret from its file and the address that the provider sends browsers back
// to. REQUIRES: enabled(); paths are absolute.
Result<OidcSettings> load_oidc(const OidcConfig& config, const std::string& public_url);

}  // namespace daybook
