// SPDX-License-Identifier: Apache-2.0
// Which account of ours a person of the provider is. Inside a group, core thread only. The
// provider's `sub` is what binds: a login that is renamed there stays the account it was, and a
// login that was somebody else's is nobody's way in.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.hpp"
#include "sync-server/auth/policy.hpp"
#include "sync-server/oidc/id_token.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

struct OidcAdmission {
  ActorId actor;
  std::optional<Role> role;  // none: not let in, `refusal` says why
  Error refusal;
  std::optional<Uuid> organisation{};  // that the account is bound to here
  std::string_view change;             // "created", "bound", "role" or empty: what was written
  bool ends_sessions = false;          // those that were opened before are not good any more
};

// Creates the account, binds an existing one that has no password of its own, or brings the role up
// to date. Writes nothing for somebody who is not let in. An Error is the store's.
Result<OidcAdmission> admit_person(ServerStore& store, const std::string& issuer,
                                   const OidcPerson& person);

}  // namespace daybook
