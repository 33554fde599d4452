// SPDX-License-Identifier: Apache-2.0
#include "sync-server/oidc/answers.hpp"

#include "sync-server/api/replies.hpp"
#include "sync-server/views/pages.hpp"

namespace daybook {
namespace {

constexpr std::string_view kAgain = "/oidc/start";

PageNotice notice_of(const Error& why) {
  const auto& field = why.field;
  if (field == "state") {
    return {"登录已失效",
            "This login is not under way any more",
            "登录须在同一浏览器中十分钟内完成，且只能完成一次。",
            "A login must come back in the same browser, within ten minutes, and once.",
            kAgain,
            "重新登录",
            "Log in again"};
  }
  if (field == "role") {
    return {"没有访问权限", "You have no role here",
            "您的账户在公司的身份系统中没有对应的角色，请联系管理员。",
            "None of your groups at your organisation has a role here. Ask an administrator."};
  }
  if (field == "account" || field == "actor") {
    return {"无法使用此账户", "This account cannot be used",
            "账户已停用，或该用户名属于本服务器上的另一账户，请联系管理员。",
            "It is not active, or the login is another account's on this server. Ask an "
            "administrator."};
  }
  if (field == "provider") {
    return {"登录未完成",
            "The login was not completed",
            "公司的身份系统没有批准此次登录。",
            "Your organisation's login did not approve it.",
            kAgain,
            "重新登录",
            "Log in again"};
  }
  if (why.code == Errc::kBusy) {
    return {"请稍后再试", "Try again in a moment", "服务器现在很忙。", "The server is busy now."};
  }
  if (why.code == Errc::kOffline || why.code == Errc::kTimedOut || why.code == Errc::kCut ||
      why.code == Errc::kUntrusted) {
    return {"无法连接身份系统", "The organisation's login does not answer",
            "请稍后再试；若持续如此，请联系管理员查看服务器日志。",
            "Try again in a moment; if it stays so, an administrator finds the reason in the "
            "server's log."};
  }
  return {"登录失败",
          "The login failed",
          "服务器不接受身份系统的答复，请联系管理员查看服务器日志。",
          "What your organisation's login answered was not accepted. An administrator finds the "
          "reason in the server's log.",
          kAgain,
          "重新登录",
          "Log in again"};
}

int status_of(const Error& why) {
  switch (why.code) {
    case Errc::kOffline:
    case Errc::kTimedOut:
    case Errc::kCut:
    case Errc::kUntrusted: return 503;
    case Errc::kWrongSignature:
    case Errc::kNotFound: return 403;
    default: return http_status_of(why);
  }
}

}  // namespace

http::Response go_to(const std::string& url) {
  auto response =
      page_reply(notice_page({"正在转到登录页", "On the way to the login", "", ""}), 303);
  response.headers.push_back({"Location", url});
  return response;
}

http::Response offer_to_program(const OfficeUser& user, std::uint16_t port,
                                const OfficeToken& code) {
  const auto link = "http://127.0.0.1:" + std::to_string(port) + "/?code=" + code.text;
  const auto zh = "本机上的一个程序请求以 " + user.actor +
                  " 的身份登录。只有在您刚刚运行 daybook login 时才继续。";
  const auto en = "A program on this machine asks to be logged in as " + user.actor +
                  ". Go on only if you have just run daybook login.";
  return page_reply(
      notice_page({"程序登录", "Log a program in", zh, en, link, "继续", "Go on to the program"}));
}

http::Response pages_opened(const OfficeToken& session) {
  auto response = page_reply(opened_page());
  response.headers.push_back({"Set-Cookie", page_cookie(session)});
  return response;
}

http::Response refusal_page(const Error& why) {
  return page_reply(notice_page(notice_of(why)), status_of(why));
}

}  // namespace daybook
