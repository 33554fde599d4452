// SPDX-License-Identifier: Apache-2.0
// Accounts of people at headquarters and in the field: who there is, in which role, and whether
// with a password. The functions on the store are for the core thread, inside a group; those on
// passwords take 0.1 s and belong on a worker thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/ports/rng.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// What an administrator asks for; what is left out stays as it is (or empty in a new account).
struct AccountWish {
  ActorId actor;
  std::optional<std::string> display_name;
  std::optional<std::string> role;
  std::optional<std::string> password_hash;  // empty text: takes the password away
  std::optional<bool> active;
  // A record of the tree that the caller has looked up; an empty inner one: head office.
  std::optional<std::optional<Uuid>> organisation{};
};

// An administrator keeps the whole house: never bound to an organisation.
// Errors name the field: a name that cannot be a login, an unknown role, kAlreadyExists, kNotFound.
Result<UserRow> create_account(ServerStore& store, const AccountWish& wish);
Result<UserRow> change_account(ServerStore& store, const AccountWish& wish);

// kInvalid for one that is too short to be a secret.
Result<std::string> hash_new_password(std::string_view password, Rng& rng);
// Takes as long for an account that does not exist, is not active or has no password as for a wrong
// password.
bool password_opens(std::string_view password, const std::optional<UserRow>& user);

}  // namespace daybook
