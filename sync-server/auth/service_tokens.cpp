// SPDX-License-Identifier: Apache-2.0
#include "sync-server/auth/service_tokens.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

constexpr std::size_t kSecretSize = 32;
constexpr std::size_t kTokensMax = 1'000;
constexpr std::size_t kLabelSizeMax = 200;
constexpr std::int64_t kLifeMsMax = 2LL * 366 * 24 * 60 * 60 * 1000;

Digest hash_of(std::string_view text) { return sha256(view_of(text)); }

}  // namespace

Result<NewServiceToken> make_service_token(ServerStore& store, TokenRow wish, std::int64_t now_ms,
                                           Rng& rng) {
  if (wish.label.empty() || wish.label.size() > kLabelSizeMax)
    return failure(Errc::kInvalid, "label", "1 to " + std::to_string(kLabelSizeMax) + " bytes");
  if (wish.scopes.empty()) return failure(Errc::kInvalid, "scopes", "at least one");
  for (const auto& scope : wish.scopes) {
    if (!scope_from(scope)) return failure(Errc::kInvalid, "scopes", scope + " is not a scope");
  }
  if (wish.expires_ms <= now_ms || wish.expires_ms > now_ms + kLifeMsMax)
    return failure(Errc::kInvalid, "days", "1 to 732");
  DAYBOOK_ASSIGN(const auto user, store.find_user(wish.actor));
  if (!user || !user->active) return failure(Errc::kNotFound, "actor", wish.actor);
  DAYBOOK_ASSIGN(const auto held, store.list_tokens());
  if (held.size() >= kTokensMax)
    return failure(Errc::kTooLarge, "tokens", "at most " + std::to_string(kTokensMax));
  Bytes secret(kSecretSize);
  rng.fill(secret);
  NewServiceToken made;
  made.text = std::string(kServiceTokenPrefix) + to_base64url(secret);
  made.row = std::move(wish);
  made.row.token = rng.draw<Uuid>();
  made.row.text_hash = hash_of(made.text);
  made.row.created_ms = now_ms;
  DAYBOOK_TRY(store.put_token(made.row));
  return made;
}

Result<void> ServiceTokens::load(ServerStore& store) {
  DAYBOOK_ASSIGN(const auto rows, store.list_tokens());
  std::map<Digest, Held> fresh;
  for (const auto& row : rows) {
    DAYBOOK_ASSIGN(const auto user, store.find_user(row.actor));
    const auto role = user && user->active ? role_from(user->role) : std::nullopt;
    if (!role) continue;
    ScopeSet scopes = bit(Scope::kAlways);
    for (const auto& name : row.scopes) {
      if (const auto scope = scope_from(name)) scopes = static_cast<ScopeSet>(scopes | bit(*scope));
    }
    fresh[row.text_hash] = {{row.token, row.actor, *role, scopes, user->organisation},
                            row.expires_ms};
  }
  const std::scoped_lock lock(mutex_);
  tokens_ = std::move(fresh);
  return {};
}

Result<ServiceTokens::Program> ServiceTokens::find(std::string_view text, std::int64_t now_ms) {
  const std::scoped_lock lock(mutex_);
  const auto held = tokens_.find(hash_of(text));
  if (held == tokens_.end() || held->second.expires_ms <= now_ms)
    return failure(Errc::kUnauthorized, "session", "no such token, or expired");
  return held->second.program;
}

bool ServiceTokens::holds(const Uuid& token, Role role, const std::optional<Uuid>& organisation,
                          std::int64_t now_ms) {
  const std::scoped_lock lock(mutex_);
  return std::any_of(tokens_.begin(), tokens_.end(), [&](const auto& held) {
    return held.second.program.token == token && held.second.program.role == role &&
           held.second.program.organisation == organisation && held.second.expires_ms > now_ms;
  });
}

}  // namespace daybook
