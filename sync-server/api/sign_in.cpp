// SPDX-License-Identifier: Apache-2.0
// How a session begins, apart from passwords: what a login answers, the code that a browser brought
// from the identity provider, and the page that leads there.
#include "core/base/hex.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/views/pages.hpp"

namespace daybook {
namespace {

constexpr std::size_t kTextMax = 1024;

}  // namespace

http::Response start_page(bool can_sign_in) {
  if (!can_sign_in) {
    return page_reply(
        notice_page({"Daybook", "", "此服务器正在运行。请用一次性链接查看服务单。",
                     "This server is running. Visits are shown through a one-time link."}));
  }
  return page_reply(
      notice_page({"Daybook", "", "此服务器正在运行。", "This server is running.", "/oidc/start",
                   "用公司账户登录", "Log in with your organisation's account"}));
}

http::Response login_reply(const OfficeUser& user, const OfficeToken& token) {
  Json json = {{"token", token.text},
               {"expires_ms", token.expires_ms},
               {"actor", user.actor},
               {"role", name_of(user.role)}};
  json["organisation"] = user.organisation ? Json(to_string(*user.organisation)) : Json(nullptr);
  return json_reply(json);
}

// The browser brought the code, the program that asked for it has the verifier.
http::Response use_login_code(const Call& call, OfficeSessions& sessions) {
  const JsonObject body(call.body);
  const auto wanted = body.allow_only({"code", "verifier"});
  if (!wanted.ok()) return error_reply(wanted.error());
  const auto code = body.text("code", kTextMax);
  const auto verifier = body.text("verifier", kTextMax);
  if (!code.ok()) return error_reply(code.error());
  if (!verifier.ok()) return error_reply(verifier.error());
  const auto allowed = sessions.begin_attempt_from(call.peer);
  if (!allowed.ok()) return error_reply(allowed.error());
  const auto opened = sessions.use_login_code(*code, *verifier);
  if (!opened.ok()) return error_reply(opened.error());
  sessions.attempt_succeeded_from(call.peer);
  return login_reply(opened->user, opened->token);
}

}  // namespace daybook
