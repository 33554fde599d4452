// SPDX-License-Identifier: Apache-2.0
// Programs at an account: long-lived tokens that may do what both the account's role and the
// token's scopes allow. Kept in the store by their hash; here in memory, because every request
// asks. Any thread (one mutex).
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/ports/rng.hpp"
#include "sync-server/auth/policy.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// What all tokens begin with, so that one that was committed by mistake is found by a search.
inline constexpr std::string_view kServiceTokenPrefix = "daybook_";

struct NewServiceToken {
  TokenRow row;
  std::string text;  // told once
};

// Errors name the field: an unknown or empty scope, a label that is empty, a life that is longer
// than two years or over, kNotFound for an account that is not there or not active.
Result<NewServiceToken> make_service_token(ServerStore& store, TokenRow wish, std::int64_t now_ms,
                                           Rng& rng);

class ServiceTokens {
 public:
  // From the store, at the start and after every change of a token or an account.
  Result<void> load(ServerStore& store);

  struct Program {
    Uuid token;
    ActorId actor;
    Role role = Role::kAnonymous;
    ScopeSet scopes = 0;
    std::optional<Uuid> organisation{};  // that its account is bound to
  };
  // kUnauthorized when it is none of ours, expired, or its account may do nothing any more.
  Result<Program> find(std::string_view text, std::int64_t now_ms);
  // Is this token still good, at an account that still has this role and place?
  bool holds(const Uuid& token, Role role, const std::optional<Uuid>& organisation,
             std::int64_t now_ms);

 private:
  struct Held {
    Program program;
    std::int64_t expires_ms = 0;
  };
  std::mutex mutex_;
  std::map<Digest, Held> tokens_;  // by hash of the text
};

}  // namespace daybook
