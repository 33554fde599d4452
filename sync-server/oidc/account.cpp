// SPDX-License-Identifier: Apache-2.0
#include "sync-server/oidc/account.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "sync-server/auth/accounts.hpp"

namespace daybook {
namespace {

std::string subject_setting(const std::string& issuer, const std::string& subject) {
  return "oidc_subject:" + to_hex(sha256(view_of(issuer + '\n' + subject)).view());
}
std::string account_setting(const ActorId& actor) { return "oidc_account:" + actor; }

OidcAdmission refused(OidcAdmission admission, Errc code, const char* field, const char* why) {
  admission.role.reset();
  admission.change = {};
  admission.refusal = failure(code, field, why);
  return admission;
}

// A login that nobody from the provider has yet. Being bound to an account with a password would
// hand a local administrator's place to whoever calls themselves that at the provider.
std::optional<Error> why_not_bound(const std::optional<UserRow>& user, bool bound_before) {
  if (bound_before)
    return failure(Errc::kForbidden, "account", "it is somebody else's at the provider");
  if (user && !user->password_hash.empty())
    return failure(Errc::kForbidden, "account", "it has a password of its own here");
  return std::nullopt;
}

Result<void> bind_account(ServerStore& store, const std::string& subject, const ActorId& actor) {
  DAYBOOK_TRY(store.put_setting(subject, view_of(actor)));
  return store.put_setting(account_setting(actor), view_of(subject));
}

}  // namespace

Result<OidcAdmission> admit_person(ServerStore& store, const std::string& issuer,
                                   const OidcPerson& person) {
  const auto subject = subject_setting(issuer, person.subject);
  DAYBOOK_ASSIGN(const auto known, store.find_setting(subject));
  OidcAdmission admission;
  admission.actor = known ? ActorId(text_of(*known)) : person.actor;
  DAYBOOK_ASSIGN(const auto user, store.find_user(admission.actor));
  if (!person.role) {
    admission.ends_sessions = known.has_value();
    return refused(std::move(admission), Errc::kForbidden, "role", "none of the groups has one");
  }
  if (!known) {
    DAYBOOK_ASSIGN(const auto owner, store.find_setting(account_setting(admission.actor)));
    if (auto why = why_not_bound(user, owner.has_value())) {
      admission.refusal = *std::move(why);
      return admission;
    }
  }
  if (user && !user->active) {
    admission.ends_sessions = known.has_value();
    return refused(std::move(admission), Errc::kForbidden, "account", "it is not active");
  }
  const std::string role(name_of(*person.role));
  if (user && user->organisation) {
    admission.organisation = user->organisation;
    if (*person.role == Role::kAdmin) {
      admission.ends_sessions = known.has_value();
      return refused(std::move(admission), Errc::kForbidden, "role",
                     "an administrator belongs to no organisation");
    }
  }
  if (!user) {
    const auto made =
        create_account(store, {admission.actor, person.display_name, role, std::nullopt, true});
    // A name that cannot be a login here is the provider's fault, not the store's.
    if (!made.ok() && made.error().field == "actor")
      return refused(std::move(admission), made.error().code, "actor", "not a login we can have");
    DAYBOOK_TRY(made);
    admission.change = "created";
  } else if (user->role != role) {
    AccountWish wish;
    wish.actor = admission.actor;
    wish.role = role;
    DAYBOOK_TRY(change_account(store, wish));
    admission.change = "role";
    admission.ends_sessions = true;
  }
  if (!known) {
    DAYBOOK_TRY(bind_account(store, subject, admission.actor));
    if (admission.change.empty() || admission.change == "role") admission.change = "bound";
  }
  admission.role = person.role;
  return admission;
}

}  // namespace daybook
