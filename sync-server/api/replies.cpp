// SPDX-License-Identifier: Apache-2.0
#include "sync-server/api/replies.hpp"

#include "sync-server/api/json_out.hpp"
#include "sync-server/views/pages.hpp"

namespace daybook {
namespace {

constexpr const char* kPageSecurity =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
    "'none'";

void add_common(http::Response& response) {
  response.headers.push_back({"Cache-Control", "no-store"});
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  response.headers.push_back({"Referrer-Policy", "no-referrer"});
}

bool is_login(const Error& error) { return error.field == "login"; }

// What the caller can do about it. English; the command line has its own sentences in both
// languages.
std::string what_to_do(const Error& error) {
  switch (error.code) {
    case Errc::kUnauthorized:
      return is_login(error) ? "Check name and password; the account may also be inactive."
                             : "Log in again and repeat the request.";
    case Errc::kForbidden:
      return error.field == "organisation"
                 ? "Your account is bound to an organisation and works on what belongs to it; ask "
                   "head office."
                 : "Ask an administrator for a role or a token that may do this.";
    case Errc::kNotFound:
    case Errc::kUnknownRecord: return "Check the id; list what there is and try again.";
    case Errc::kUnknownCollection:
    case Errc::kUnknownField:
      return "Check the name against the schema in force (GET /api/status names it).";
    case Errc::kAlreadyExists: return "Look at what is there; nothing was changed.";
    case Errc::kTooLarge: return "Send less at once, within the limit named here.";
    case Errc::kBusy:
      if (is_login(error)) return "Wait the number of seconds named in detail, then try again.";
      return error.field.empty() ? "Nothing was changed; try again in a moment."
                                 : "Look at the record again, then decide anew.";
    case Errc::kDiskFull:
      return "Nothing was changed. Make room on the server's disk; phones keep their work "
             "meanwhile.";
    case Errc::kIo:
    case Errc::kCorrupt:
    case Errc::kInternal:
      return "Nothing was changed. Look into the server's log and at GET /readyz.";
    case Errc::kTimedOut: return "This takes too long; ask for less at once.";
    case Errc::kMissing:
      return "Nothing was changed. See what is missing, or send despite_warnings.";
    case Errc::kNotSupported:
      return error.field == "method"
                 ? "Use a method that this path has."
                 : "Ask whoever keeps the server to install what is named here.";
    default: return "Correct the field named here and send the request again; nothing was changed.";
  }
}

}  // namespace

bool is_of_the_store(const Error& error) {
  return error.code == Errc::kIo || error.code == Errc::kDiskFull || error.code == Errc::kCorrupt ||
         error.code == Errc::kInternal;
}

int http_status_of(const Error& error) {
  switch (error.code) {
    case Errc::kUnauthorized: return 401;
    case Errc::kForbidden:
    case Errc::kRevoked: return 403;
    case Errc::kNotFound:
    case Errc::kUnknownCollection:
    case Errc::kUnknownRecord: return 404;
    case Errc::kNotSupported: return error.field == "method" ? 405 : 501;
    case Errc::kAlreadyExists: return 409;
    case Errc::kTooLarge: return 413;
    case Errc::kBusy: return is_login(error) ? 429 : error.field.empty() ? 503 : 409;
    case Errc::kMissing: return 422;
    case Errc::kDiskFull: return 507;
    case Errc::kIo:
    case Errc::kCorrupt:
    case Errc::kInternal: return 500;
    default: return 400;
  }
}

http::Response json_reply(const Json& json, int status) {
  http::Response response;
  response.status = status;
  response.body = bytes_of(json);
  add_common(response);
  return response;
}

Json error_json(const Error& error) {
  return {{"error",
           {{"code", name_of(error.code)},
            {"field", error.field},
            {"detail", error.detail},
            {"what_to_do", what_to_do(error)}}}};
}

http::Response error_reply(const Error& error) {
  const int status = http_status_of(error);
  http::Response response = json_reply(error_json(error), status);
  if (status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
  if (status == 429) response.headers.push_back({"Retry-After", error.detail});
  return response;
}

http::Response page_reply(std::string html, int status) {
  http::Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body = copy_of(view_of(html));
  add_common(response);
  response.headers.push_back({"Content-Security-Policy", kPageSecurity});
  return response;
}

http::Response pdf_reply(Bytes pdf, const std::string& file_name) {
  http::Response response;
  response.content_type = "application/pdf";
  response.body = std::move(pdf);
  add_common(response);
  response.headers.push_back({"Content-Disposition", "inline; filename=\"" + file_name + "\""});
  // Viewers that run what a document brings are not to reach anything from here.
  response.headers.push_back(
      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'self'"});
  return response;
}

http::Response style_reply() {
  http::Response response;
  response.content_type = "text/css; charset=utf-8";
  response.body = copy_of(view_of(style_sheet()));
  add_common(response);
  return response;
}

http::Response error_page(const Error& error, bool can_sign_in) {
  const int status = http_status_of(error);
  if (status == 401 && can_sign_in) {
    return page_reply(notice_page({"请登录", "Log in to see this", "会话不存在或已结束。",
                                   "There is no session, or it has ended.", "/oidc/start",
                                   "用公司账户登录", "Log in with your organisation's account"}),
                      status);
  }
  if (status == 401) {
    return page_reply(notice_page({"请使用一次性链接", "Open this with a one-time link",
                                   "请让总部同事用 daybook open-link 生成一个新链接。",
                                   "Ask headquarters for a new link (daybook open-link)."}),
                      status);
  }
  if (status == 403) {
    return page_reply(notice_page({"链接无效", "This link is not good",
                                   "链接只能使用一次，十分钟内有效。请索取新链接。",
                                   "A link works once and for ten minutes. Ask for a new one."}),
                      status);
  }
  if (status == 404) {
    return page_reply(notice_page({"没有此页", "There is no such page", "请从服务单列表重新查找。",
                                   "Look for it in the list of visits."}),
                      status);
  }
  return page_reply(notice_page({"暂时无法显示", "This cannot be shown now", "请稍后再试。",
                                 "Try again in a moment."}),
                    status);
}

}  // namespace daybook
