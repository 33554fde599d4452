// SPDX-License-Identifier: Apache-2.0
#include "sync-server/api/password_login.hpp"

#include "sync-server/api/call.hpp"
#include "sync-server/api/replies.hpp"

namespace daybook {
namespace {

constexpr std::size_t kTextMax = 1024;

http::Response refusal() {
  return error_reply(failure(Errc::kUnauthorized, "login", "name or password is wrong"));
}

}  // namespace

void PasswordLogin::begin(const Call& call, Reply reply) {
  const JsonObject body(call.body);
  const auto wanted = body.allow_only({"user", "password"});
  if (!wanted.ok()) return reply(error_reply(wanted.error()));
  const auto actor = body.text("user", kTextMax);
  const auto password = body.text("password", kTextMax);
  if (!actor.ok()) return reply(error_reply(actor.error()));
  if (!password.ok()) return reply(error_reply(password.error()));
  const auto allowed = sessions_.begin_attempt(*actor, call.peer);
  if (!allowed.ok()) return reply(error_reply(allowed.error()));
  auto self = shared_from_this();
  auto fail = [reply](const Error& why) { reply(error_reply(why)); };
  auto look_up = [self, actor = *actor, password = *password, peer = call.peer,
                  reply](ServerCore& core) -> Result<AfterCommit> {
    DAYBOOK_ASSIGN(const auto user, core.store().find_user(actor));
    return AfterCommit([self, actor, password, peer, user, reply] {
      self->post_([self, actor, password, peer, user, reply] {
        self->check_password(actor, peer, password, user, reply);
      });
    });
  };
  if (!submit_({look_up, fail})) fail(failure(Errc::kBusy));
}

void PasswordLogin::check_password(const ActorId& actor, const std::string& peer,
                                   const std::string& password, const std::optional<UserRow>& user,
                                   const Reply& reply) {
  auto self = shared_from_this();
  const bool taken = run_aside_([self, actor, peer, password, user, reply] {
    if (!password_opens(password, user)) return reply(refusal());
    self->open_session(*user, peer, reply);
  });
  if (!taken) reply(error_reply(failure(Errc::kBusy)));
}

void PasswordLogin::open_session(const UserRow& checked, const std::string& peer,
                                 const Reply& reply) {
  auto self = shared_from_this();
  auto fail = [reply](const Error& why) { reply(error_reply(why)); };
  auto open = [self, checked, peer, reply](ServerCore& core) -> Result<AfterCommit> {
    DAYBOOK_ASSIGN(const auto user, core.store().find_user(checked.actor));
    const auto role = user ? role_from(user->role) : std::nullopt;
    if (!user || !user->active || user->password_hash != checked.password_hash || !role)
      return AfterCommit([reply] { reply(refusal()); });
    self->sessions_.attempt_succeeded(checked.actor, peer);
    OfficeUser person{checked.actor, *role};
    person.organisation = user->organisation;
    const auto token = self->sessions_.open(person);
    return AfterCommit([reply, token, person] { reply(login_reply(person, token)); });
  };
  if (!submit_({open, fail})) fail(failure(Errc::kBusy));
}

}  // namespace daybook
