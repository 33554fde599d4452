// SPDX-License-Identifier: Apache-2.0
#include "sync-server/oidc/config.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sync-server/net/out_url.hpp"

namespace daybook {
namespace {

constexpr std::size_t kTextMax = 1024;
constexpr std::size_t kRolesMax = 256;

bool is_visible(const std::string& text) {
  return !text.empty() && text.size() <= kTextMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

Result<void> take_text(std::string& into, const std::string& key, const nlohmann::json& value) {
  if (!value.is_string()) return failure(Errc::kWrongType, key, "expected text");
  into = value.get<std::string>();
  return success();
}

Result<void> take_word(std::string& into, const std::string& key, const nlohmann::json& value) {
  DAYBOOK_TRY(take_text(into, key, value));
  if (!is_visible(into)) return failure(Errc::kInvalid, key, "expected one word of ASCII");
  return success();
}

Result<void> take_issuer(std::string& into, const std::string& key, const nlohmann::json& value) {
  DAYBOOK_TRY(take_text(into, key, value));
  const auto url = read_out_url(into);
  if (!url.ok()) return failure(Errc::kInvalid, key, url.error().detail);
  if (url->target.find('?') != std::string::npos)
    return failure(Errc::kInvalid, key, "an issuer has no query");
  return success();
}

Result<void> take_scope(std::string& into, const std::string& key, const nlohmann::json& value) {
  DAYBOOK_TRY(take_text(into, key, value));
  const std::string words = " " + into + " ";
  const bool sound = into.size() <= kTextMax && std::all_of(into.begin(), into.end(), [](char c) {
                       return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
                     });
  if (!sound || words.find(" openid ") == std::string::npos)
    return failure(Errc::kInvalid, key, "expected words with openid among them");
  return success();
}

Result<void> take_roles(OidcSettings& settings, const std::string& key,
                        const nlohmann::json& value) {
  constexpr const char* kExpected =
      "expected {\"group\": \"admin, dispatcher, support, viewer or technician\"}";
  if (!value.is_object() || value.size() > kRolesMax)
    return failure(Errc::kWrongType, key, kExpected);
  for (const auto& [group, name] : value.items()) {
    const auto role = name.is_string() ? role_from(name.get<std::string>()) : std::nullopt;
    if (!role || group.empty()) return failure(Errc::kInvalid, key + "." + group, kExpected);
    settings.roles.emplace_back(group, *role);
  }
  return success();
}

Result<std::string> read_secret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  if (!file || !std::getline(file, line)) {
    return failure(Errc::kNotFound, "oidc_client_secret_file", path + " cannot be read");
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  if (!is_visible(line))
    return failure(Errc::kInvalid, "oidc_client_secret_file", "its first line is no secret");
  return line;
}

}  // namespace

bool is_oidc_key(const std::string& key) { return key.rfind("oidc_", 0) == 0; }

Result<void> take_oidc_key(OidcConfig& config, const std::string& key,
                           const nlohmann::json& value) {
  config.mentioned = true;
  auto& settings = config.settings;
  if (key == "oidc_issuer") return take_issuer(settings.issuer, key, value);
  if (key == "oidc_client_id") return take_word(settings.client_id, key, value);
  if (key == "oidc_client_secret_file") return take_text(config.secret_file, key, value);
  if (key == "oidc_ca_file") return take_text(config.ca_file, key, value);
  if (key == "oidc_scope") return take_scope(settings.scope, key, value);
  if (key == "oidc_role_claim") return take_word(settings.role_claim, key, value);
  if (key == "oidc_actor_claim") return take_word(settings.actor_claim, key, value);
  if (key == "oidc_roles") return take_roles(settings, key, value);
  return failure(Errc::kInvalid, key, "is not a setting of daybookd");
}

Result<void> check_oidc(const OidcConfig& config, const std::string& public_url) {
  if (!config.mentioned) return success();
  if (!config.enabled())
    return failure(Errc::kInvalid, "oidc_issuer", "missing, but other oidc_ keys are set");
  if (config.settings.client_id.empty())
    return failure(Errc::kInvalid, "oidc_client_id", "missing");
  // The provider sends browsers to an address that it was told beforehand.
  if (public_url.empty())
    return failure(Errc::kInvalid, "public_url", "oidc_issuer needs it: it is part of the login");
  return success();
}

Result<OidcSettings> load_oidc(const OidcConfig& config, const std::string& public_url) {
  OidcSettings settings = config.settings;
  settings.redirect_uri = public_url + "/oidc/callback";
  if (!config.secret_file.empty()) {
    DAYBOOK_ASSIGN(settings.client_secret, read_secret(config.secret_file));
  }
  if (!config.ca_file.empty() && !std::ifstream(config.ca_file))
    return failure(Errc::kNotFound, "oidc_ca_file", config.ca_file + " cannot be read");
  return settings;
}

}  // namespace daybook
