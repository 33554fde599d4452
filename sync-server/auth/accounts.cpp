// SPDX-License-Identifier: Apache-2.0
#include "sync-server/auth/accounts.hpp"

#include "core/crypto/password_hash.hpp"
#include "core/model/limits.hpp"
#include "sync-server/auth/policy.hpp"

namespace daybook {
namespace {

constexpr std::size_t kPasswordSizeMin = 10;
constexpr std::size_t kDisplayNameSizeMax = 200;
constexpr std::size_t kSaltSize = 16;

// Matches no password; costs as much to find out as a real one.
constexpr std::string_view kNobodysHash =
    "scrypt$15$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

// A login appears in addresses, scopes and logs: no blanks, no control characters, nothing that has
// a meaning there.
Result<void> check_actor(const ActorId& actor) {
  if (actor.empty()) return failure(Errc::kInvalid, "actor", "missing");
  if (actor.size() > kNameSizeMax)
    return failure(Errc::kTooLarge, "actor", std::to_string(kNameSizeMax) + " bytes");
  for (const char c : actor) {
    const auto byte = static_cast<unsigned char>(c);
    const bool taken = std::string_view("/?#%:<>\"'\\&").find(c) != std::string_view::npos;
    if (byte <= 0x20 || byte == 0x7f || taken)
      return failure(Errc::kInvalid, "actor", "a character that a login cannot have");
  }
  return success();
}

Result<void> lay_over(UserRow& row, const AccountWish& wish) {
  if (wish.role) {
    if (!role_from(*wish.role))
      return failure(Errc::kInvalid, "role", "admin, dispatcher, support, viewer or technician");
    row.role = *wish.role;
  }
  if (wish.display_name) {
    if (wish.display_name->size() > kDisplayNameSizeMax) {
      return failure(Errc::kTooLarge, "display_name",
                     std::to_string(kDisplayNameSizeMax) + " bytes");
    }
    row.display_name = *wish.display_name;
  }
  if (wish.password_hash) row.password_hash = *wish.password_hash;
  if (wish.active) row.active = *wish.active;
  if (wish.organisation) row.organisation = *wish.organisation;
  if (row.organisation && row.role == name_of(Role::kAdmin)) {
    return failure(Errc::kInvalid, wish.organisation ? "organisation" : "role",
                   "an administrator keeps the whole house and belongs to no organisation");
  }
  return success();
}

}  // namespace

Result<UserRow> create_account(ServerStore& store, const AccountWish& wish) {
  DAYBOOK_TRY(check_actor(wish.actor));
  if (!wish.role) return failure(Errc::kInvalid, "role", "missing");
  DAYBOOK_ASSIGN(const auto held, store.find_user(wish.actor));
  if (held) return failure(Errc::kAlreadyExists, "actor", wish.actor);
  UserRow row;
  row.actor = wish.actor;
  row.display_name = wish.actor;
  DAYBOOK_TRY(lay_over(row, wish));
  DAYBOOK_TRY(store.put_user(row));
  return row;
}

Result<UserRow> change_account(ServerStore& store, const AccountWish& wish) {
  DAYBOOK_ASSIGN(auto held, store.find_user(wish.actor));
  if (!held) return failure(Errc::kNotFound, "actor", wish.actor);
  DAYBOOK_TRY(lay_over(*held, wish));
  DAYBOOK_TRY(store.put_user(*held));
  return *held;
}

Result<std::string> hash_new_password(std::string_view password, Rng& rng) {
  if (password.size() < kPasswordSizeMin) {
    return failure(Errc::kInvalid, "password",
                   "at least " + std::to_string(kPasswordSizeMin) + " characters");
  }
  Bytes salt(kSaltSize);
  rng.fill(salt);
  return hash_password(password, salt);
}

bool password_opens(std::string_view password, const std::optional<UserRow>& user) {
  const bool may_enter = user && user->active && !user->password_hash.empty();
  const bool same =
      password_matches(password, may_enter ? std::string_view(user->password_hash) : kNobodysHash);
  return may_enter && same;
}

}  // namespace daybook
