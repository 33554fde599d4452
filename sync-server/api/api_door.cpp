// SPDX-License-Identifier: Apache-2.0
// From request to task and back: the route, who asks, the body, then the core thread or an answer
// at once.
#include "sync-server/api/api_door.hpp"

#include <utility>

#include "core/base/hex.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/openapi.hpp"
#include "sync-server/api/password_login.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/views/pages.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t kDiskFreeMin = 64ULL << 20;  // less, and the next group may find no room
constexpr std::size_t kTextMax = 1024;
constexpr std::size_t kPromisesLookedAt = 10'000;  // to one content
constexpr int kStagesMax = 4;  // questions before an act is done on what the last one said

using Reply = std::function<void(http::Response)>;

bool is_page(const http::Request& request) {
  return request.path.compare(0, 4, "/api") != 0 && request.path != "/healthz" &&
         request.path != "/readyz" && request.path != "/metrics";
}

// What is wrong with a request before its body is known; the user behind it when nothing is.
Result<OfficeUser> admit(OfficeSessions& sessions, const http::Request& head,
                         const RouteMatch& match, std::uint64_t content_length) {
  if (match.route == nullptr) {
    if (match.path_known) return failure(Errc::kNotSupported, "method", head.method.substr(0, 16));
    return failure(Errc::kNotFound, "path");
  }
  const Route& route = *match.route;
  DAYBOOK_ASSIGN(const auto user, sessions.authenticate(head, route.kind));
  if (!may(user.role, route)) {
    if (user.role == Role::kAnonymous) return failure(Errc::kUnauthorized, "session", "no token");
    return failure(Errc::kForbidden, "role", std::string(name_of(user.role)));
  }
  if (!may(user.role, user.scopes, route))
    return failure(Errc::kForbidden, "token", "needs " + std::string(name_of(route.scope)));
  if (user.organisation && reach_of(route.action) == Reach::kHouse)
    return failure(Errc::kForbidden, "organisation", "this is about the whole house");
  if (content_length > route.body_max)
    return failure(Errc::kTooLarge, "body", std::to_string(route.body_max) + " bytes");
  return user;
}

Result<Call> read_call(const http::Request& request, const RouteMatch& match,
                       const OfficeUser& user) {
  Call call;
  call.action = match.route->action;
  call.parts.assign(match.parts.begin(), match.parts.end());
  call.query = request.query;
  call.user = user;
  call.peer = request.peer;
  if (const auto* key = request.find_header("idempotency-key"); key != nullptr) {
    DAYBOOK_ASSIGN(call.key, id_in(*key, "idempotency-key"));
  }
  if (const auto* last = request.find_header("last-event-id"); last != nullptr)
    call.last_event = *last;
  if (match.route->body_max > 0) {
    DAYBOOK_ASSIGN(call.body, read_json(text_of(request.body)));
  }
  return call;
}

Result<void> check_content(const Call& call, ReadDesk& desk) {
  const auto bytes = from_hex(call.parts.front());
  const auto content = bytes ? Digest::from(*bytes) : std::nullopt;
  if (!content) return {};  // refused by whoever reads it
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.book, desk.schema));
  DAYBOOK_ASSIGN(const auto promises, desk.book.promises_of(*content, kPromisesLookedAt));
  for (const auto& promise : promises) {
    DAYBOOK_ASSIGN(const bool his, territory.holds(promise.record));
    if (his) return {};
  }
  return failure(Errc::kNotFound, "content", to_hex(content->view()));
}

}  // namespace

// Lives as long as any task of it is under way.
class ApiDoor::Inside : public std::enable_shared_from_this<ApiDoor::Inside> {
 public:
  Inside(Parts parts, Submit submit, Post post, RunAside run_aside)
      : parts_(std::move(parts)),
        submit_(std::move(submit)),
        post_(std::move(post)),
        run_aside_(std::move(run_aside)),
        login_(std::make_shared<PasswordLogin>(parts_.sessions, submit_, post_, run_aside_)) {}

  OfficeSessions& sessions() { return parts_.sessions; }
  http::Response refusal(const http::Request& request, const Error& error) const {
    const bool can_sign_in = static_cast<bool>(parts_.oidc_start);
    return is_page(request) ? error_page(error, can_sign_in) : error_reply(error);
  }
  void answer(const http::Request& request, Call call, http::ReplySink sink);

 private:
  void hash_then_ask(Call call, Reply reply);
  void copy_then_ask(Call call, Reply reply);
  void ask_core(Call call, bool page, const Reply& reply);
  void ask_reader(const ReadRoute& route, Call call, const Reply& reply);
  void ask_staged(const StagedRoute& route, Call call, const Reply& reply, int turns);
  void give_attachment(const Call& call, const http::Request& request, const Reply& reply);
  void operate(const Call& call, const Reply& reply);
  http::Response readiness() const;
  http::Response open_link(const OfficeUser& user);
  http::Response use_open_link(const std::string& code);
  static void visit(const Parts::Page& page, const http::Request& request, const Reply& reply);

  Parts parts_;
  Submit submit_;
  Post post_;
  RunAside run_aside_;
  std::shared_ptr<PasswordLogin> login_;
};

void ApiDoor::Inside::answer(const http::Request& request, Call call, http::ReplySink sink) {
  Reply reply = std::move(sink.reply);
  switch (call.action) {
    case Action::kHealth: return reply(json_reply({{"alive", true}}));
    case Action::kReady: return reply(readiness());
    case Action::kLogin: return login_->begin(call, std::move(reply));
    case Action::kLogout:
      parts_.sessions.close(request);
      return reply(json_reply({{"logged_out", true}}));
    case Action::kMakeOpenLink: return reply(open_link(call.user));
    case Action::kStyle: return reply(style_reply());
    case Action::kUseOpenLink: return reply(use_open_link(call.parts.front()));
    case Action::kStart: return reply(start_page(static_cast<bool>(parts_.oidc_start)));
    case Action::kUseLoginCode: return reply(use_login_code(call, parts_.sessions));
    case Action::kOidcStart: return visit(parts_.oidc_start, request, reply);
    case Action::kOidcCallback: return visit(parts_.oidc_callback, request, reply);
    case Action::kTakeBackup: return copy_then_ask(std::move(call), std::move(reply));
    case Action::kOpenApi: return reply(openapi_reply());
    case Action::kShowLogLevel:
    case Action::kSetLogLevel:
    case Action::kReload: return operate(call, reply);
    case Action::kReadAttachment: return give_attachment(call, request, reply);
    case Action::kVisitForm:
    case Action::kRecordPaper:
    case Action::kVisitFormPage: return parts_.print_paper(call, std::move(reply));
    case Action::kFeedLive:
      sink.reply = std::move(reply);
      return parts_.open_feed(call, std::move(sink));
    case Action::kCreateUser:
    case Action::kChangeUser: return hash_then_ask(std::move(call), std::move(reply));
    default: break;
  }
  for (const auto& more : parts_.more) {
    const auto read = more.read ? more.read(call.action) : ReadRoute{};
    if (read.handler != nullptr) return ask_reader(read, std::move(call), reply);
    const auto staged = more.staged ? more.staged(call.action) : StagedRoute{};
    if (staged.handler != nullptr) return ask_staged(staged, std::move(call), reply, kStagesMax);
  }
  ask_core(std::move(call), is_page(request), reply);
}

// A content is his who may see one of the records that name it.
void ApiDoor::Inside::give_attachment(const Call& call, const http::Request& request,
                                      const Reply& reply) {
  if (!call.user.organisation) return parts_.give_attachment(call, request, reply);
  auto self = shared_from_this();
  auto run = [self, call, request, reply](ReadDesk& desk) {
    const auto his = check_content(call, desk);
    if (!his.ok()) return reply(error_reply(his.error()));
    self->post_(
        [self, call, request, reply] { self->parts_.give_attachment(call, request, reply); });
  };
  if (!parts_.submit_read({std::move(run), {}})) reply(error_reply(failure(Errc::kBusy)));
}

void ApiDoor::Inside::operate(const Call& call, const Reply& reply) {
  const auto& operations = parts_.operations;
  if (call.action == Action::kReload) {
    const auto taken = operations.reload();
    if (!taken.ok()) return reply(error_reply(taken.error()));
    return reply(json_reply({{"reloaded", *taken}}));
  }
  if (call.action == Action::kSetLogLevel) {
    const JsonObject body(call.body);
    const auto known = body.allow_only({"level"});
    if (!known.ok()) return reply(error_reply(known.error()));
    const auto level = body.text("level", kTextMax);
    if (!level.ok()) return reply(error_reply(level.error()));
    const auto set = operations.set_log_level(*level);
    if (!set.ok()) return reply(error_reply(set.error()));
  }
  reply(json_reply({{"level", operations.log_level()}}));
}

void ApiDoor::Inside::ask_reader(const ReadRoute& route, Call call, const Reply& reply) {
  auto run = [handler = route.handler, call = std::move(call), reply](ReadDesk& desk) {
    auto answer = handler(call, desk);
    reply(answer.ok() ? *std::move(answer) : error_reply(answer.error()));
  };
  if (!parts_.submit_read({std::move(run), route.needs})) reply(error_reply(failure(Errc::kBusy)));
}

// The reading thread asks, the core does; in between others may have written.
void ApiDoor::Inside::ask_staged(const StagedRoute& route, Call call, const Reply& reply,
                                 int turns) {
  auto self = shared_from_this();
  auto run = [self, route, call = std::move(call), reply, turns](ReadDesk& reading) {
    auto staged = route.handler(call, reading);
    if (!staged.ok()) return reply(error_reply(staged.error()));
    if (!staged->work) return reply(std::move(staged->answer));
    auto work = [self, route, call, reply, turns, act = std::move(staged->work),
                 stood_at = staged->stood_at](ServerCore& core) -> Result<AfterCommit> {
      DAYBOOK_ASSIGN(const auto head, core.store().head());
      if (head.version != stood_at && turns > 1) {
        return AfterCommit(
            [self, route, call, reply, turns] { self->ask_staged(route, call, reply, turns - 1); });
      }
      CoreDesk desk{core, self->parts_, self->post_, {}};
      auto answer = act(desk);
      if (!answer.ok() && is_of_the_store(answer.error())) return std::move(answer).error();
      auto response = answer.ok() ? *std::move(answer) : error_reply(answer.error());
      return AfterCommit([reply, response = std::move(response)] { reply(response); });
    };
    const auto tell = [reply](const Error& why) { reply(error_reply(why)); };
    if (!self->submit_(CoreTask{std::move(work), tell})) tell(failure(Errc::kBusy));
  };
  if (!parts_.submit_read({std::move(run), route.needs})) reply(error_reply(failure(Errc::kBusy)));
}

http::Response ApiDoor::Inside::readiness() const {
  const Readiness now = parts_.readiness();
  std::string why;
  if (!now.last_group_ok) why = now.why.empty() ? "the last group could not be written" : now.why;
  if (why.empty() && now.disk_free_bytes < kDiskFreeMin)
    why = "less than " + std::to_string(kDiskFreeMin >> 20) + " MiB of disk left";
  Json json = {{"ready", why.empty()}, {"careful", now.careful}, {"version", now.head.version}};
  if (!why.empty()) json["why"] = why;
  return json_reply(json, why.empty() ? 200 : 503);
}

http::Response ApiDoor::Inside::open_link(const OfficeUser& user) {
  const auto link = parts_.sessions.make_open_link(user);
  return json_reply(
      {{"url", parts_.address.url + "/open/" + link.text}, {"expires_ms", link.expires_ms}}, 201);
}

http::Response ApiDoor::Inside::use_open_link(const std::string& code) {
  const auto token = parts_.sessions.use_open_link(code);
  if (!token.ok()) return error_page(token.error());
  http::Response response = page_reply(opened_page());
  response.headers.push_back({"Set-Cookie", page_cookie(*token)});
  return response;
}

void ApiDoor::Inside::visit(const Parts::Page& page, const http::Request& request,
                            const Reply& reply) {
  if (!page) return reply(error_page(failure(Errc::kNotFound, "path")));
  page(request, reply);
}

void ApiDoor::Inside::hash_then_ask(Call call, Reply reply) {
  const auto password = JsonObject(call.body).find_text("password", kTextMax);
  if (!password.ok()) return reply(error_reply(password.error()));
  if (!*password) return ask_core(std::move(call), false, reply);
  if ((*password)->empty()) {
    // Takes the password away: the account cannot log in any more.
    call.password_hash = "";
    return ask_core(std::move(call), false, reply);
  }
  auto self = shared_from_this();
  const bool taken =
      run_aside_([self, call = std::move(call), password = **password, reply]() mutable {
        auto hash = hash_new_password(password, self->parts_.rng);
        if (!hash.ok()) return reply(error_reply(hash.error()));
        call.password_hash = *std::move(hash);
        self->ask_core(std::move(call), false, reply);
      });
  if (!taken) reply(error_reply(failure(Errc::kBusy)));
}

// Registered only after the copy was proved: from then on phones may forget what it holds.
void ApiDoor::Inside::copy_then_ask(Call call, Reply reply) {
  auto self = shared_from_this();
  const bool taken = run_aside_([self, call = std::move(call), reply]() mutable {
    auto copied = self->parts_.copy_store();
    if (!copied.ok()) return reply(error_reply(copied.error()));
    call.backup = *std::move(copied);
    self->ask_core(std::move(call), false, reply);
  });
  if (!taken) reply(error_reply(failure(Errc::kBusy)));
}

void ApiDoor::Inside::ask_core(Call call, bool page, const Reply& reply) {
  auto self = shared_from_this();
  auto handler = handler_of(call.action);
  const bool ends_group = call.action == Action::kPublishRules;
  for (const auto& more : parts_.more) {
    if (handler == nullptr && more.core != nullptr) handler = more.core(call.action);
  }
  auto tell = [page, reply](const Error& why) { reply(page ? error_page(why) : error_reply(why)); };
  if (handler == nullptr) return tell(failure(Errc::kInternal, "route", "has no handler"));
  auto work = [self, handler, call = std::move(call), reply,
               tell](ServerCore& core) -> Result<AfterCommit> {
    CoreDesk desk{core, self->parts_, self->post_, {}};
    auto answer = handler(call, desk);
    if (!answer.ok()) {
      if (is_of_the_store(answer.error())) return std::move(answer).error();
      return AfterCommit([tell, why = answer.error()] { tell(why); });
    }
    return AfterCommit(
        [reply, response = *std::move(answer), after = std::move(desk.after_commit)] {
          if (after) after();
          reply(response);
        });
  };
  CoreTask task{std::move(work), tell};
  task.ends_group = ends_group;
  if (!submit_(std::move(task))) tell(failure(Errc::kBusy));
}

ApiDoor::ApiDoor(Parts parts, Submit submit, Post post, RunAside run_aside)
    : inside_(std::make_shared<Inside>(std::move(parts), std::move(submit), std::move(post),
                                       std::move(run_aside))) {}

ApiDoor::~ApiDoor() = default;

bool ApiDoor::owns(const http::Request& request) { return request.path.compare(0, 4, "/v1/") != 0; }

std::optional<http::Response> ApiDoor::on_head(const http::Request& head,
                                               std::uint64_t content_length) {
  const auto match = find_route(head.method, head.path);
  const auto user = admit(inside_->sessions(), head, match, content_length);
  if (!user.ok()) return inside_->refusal(head, user.error());
  return std::nullopt;
}

void ApiDoor::on_request(http::Request request, http::ReplySink sink) {
  const auto match = find_route(request.method, request.path);
  const auto user = admit(inside_->sessions(), request, match, request.body.size());
  if (!user.ok()) return sink.reply(inside_->refusal(request, user.error()));
  auto call = read_call(request, match, *user);
  if (!call.ok()) return sink.reply(inside_->refusal(request, call.error()));
  inside_->answer(request, *std::move(call), std::move(sink));
}

}  // namespace daybook
