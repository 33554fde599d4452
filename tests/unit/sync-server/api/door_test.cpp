// SPDX-License-Identifier: Apache-2.0
// Who comes through which door, and how a session begins and ends.
#include "core/crypto/sha256.hpp"
#include "tests/unit/sync-server/api/office_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

std::string filled(std::string_view pattern) {
  std::string path;
  bool inside = false;
  for (const char c : pattern) {
    if (c == '{') {
      inside = true;
      path += "0190a5f2-7c1e-7abc-8def-001122334455";
    }
    if (!inside) path += c;
    if (c == '}') inside = false;
  }
  return path;
}

constexpr std::array kRoles = {Role::kAnonymous, Role::kViewer,     Role::kTechnician,
                               Role::kSupport,   Role::kDispatcher, Role::kAdmin};

}  // namespace

TEST_CASE("api: every route lets in the roles of the table and nobody else") {
  OfficeWorld office;
  std::size_t asked = 0;
  for (const auto& route : routes()) {
    for (const Role role : kRoles) {
      auto request = office.request(std::string(route.method), filled(route.pattern));
      if (role != Role::kAnonymous && route.kind == RouteKind::kPage) {
        const auto link = office.sessions.make_open_link({std::string(name_of(role)), role});
        const auto cookie = must(office.sessions.use_open_link(link.text));
        request.headers.push_back({"cookie", std::string(kPageCookie) + "=" + cookie.text});
      } else if (role != Role::kAnonymous) {
        request.headers.push_back({"authorization", "Bearer " + office.token_of(role)});
      }
      const auto refused = office.door.on_head(request, 0);
      INFO(route.method << " " << route.pattern << " as " << name_of(role));
      ++asked;
      if (may(role, route)) {
        CHECK_FALSE(refused.has_value());
      } else {
        REQUIRE(refused.has_value());
        CHECK(refused->status == (role == Role::kAnonymous ? 401 : 403));
      }
    }
  }
  CHECK(asked == routes().size() * kRoles.size());
}

TEST_CASE("api: only a handful of routes is open, and none of them changes a record") {
  std::set<std::string> open;
  for (const auto& route : routes()) {
    if (may(Role::kAnonymous, route)) open.insert(std::string(route.pattern));
  }
  CHECK(open == std::set<std::string>{"/healthz", "/readyz", "/api/login", "/api/login/oidc",
                                      "/api/openapi.json", "/", "/daybook.css", "/open/{code}",
                                      "/oidc/start", "/oidc/callback"});
}

TEST_CASE("api: a viewer changes nothing and a technician sees no records") {
  for (const auto& route : routes()) {
    const bool harmless = route.method == "GET" || route.pattern == "/api/login" ||
                          route.pattern == "/api/login/oidc" || route.pattern == "/api/logout" ||
                          route.pattern == "/api/open-links";
    if (!harmless) CHECK_FALSE(may(Role::kViewer, route));
    if (route.pattern.find("records") != std::string_view::npos)
      CHECK_FALSE(may(Role::kTechnician, route));
  }
}

TEST_CASE(
    "api: unknown paths, wrong methods and too large bodies are refused before the body is read") {
  OfficeWorld office;
  const auto admin = office.token_of(Role::kAdmin);
  CHECK(office.door.on_head(office.request("GET", "/api/nothing", admin), 0)->status == 404);
  CHECK(office.door.on_head(office.request("GET", "/api/records/visit/x/y", admin), 0)->status ==
        404);
  CHECK(office.door.on_head(office.request("GET", "/api/status/", admin), 0)->status == 404);
  CHECK(office.door.on_head(office.request("DELETE", "/api/users", admin), 0)->status == 405);
  CHECK(office.door.on_head(office.request("POST", "/api/users", admin), 64 * 1024 + 1)->status ==
        413);
  CHECK_FALSE(office.door.on_head(office.request("POST", "/api/records/visit", admin), 1024 * 1024)
                  .has_value());
  CHECK(office.door.on_head(office.request("POST", "/api/records/visit", admin), 1024 * 1024 + 1)
            ->status == 413);
  CHECK(office.door.on_head(office.request("GET", "/api/status", admin), 1)->status == 413);
  CHECK_FALSE(ApiDoor::owns(office.request("POST", "/v1/sync")));
}

TEST_CASE("api: a person logs in, works and logs out") {
  OfficeWorld office;
  office.add_account("ada", "dispatcher", "correct horse battery");
  const auto in =
      office.send("POST", "/api/login", "", R"({"user":"ada","password":"correct horse battery"})");
  REQUIRE(in.status == 200);
  CHECK(in.json["role"] == "dispatcher");
  const std::string token = in.json["token"];
  CHECK(office.send("GET", "/api/status", token).status == 200);
  CHECK(office.send("POST", "/api/logout", token).status == 200);
  const auto after = office.send("GET", "/api/status", token);
  CHECK(after.status == 401);
  CHECK(after.error() == "unauthorized");
  CHECK_FALSE(after.json["error"]["what_to_do"].get<std::string>().empty());
}

TEST_CASE("api: a wrong password, an unknown name and an account without one are told alike") {
  OfficeWorld office;
  office.add_account("ada", "admin", "correct horse battery");
  office.add_account("zhang", "technician", "");
  const auto wrong =
      office.send("POST", "/api/login", "", R"({"user":"ada","password":"wrong horse battery"})");
  const auto unknown =
      office.send("POST", "/api/login", "", R"({"user":"eve","password":"correct horse battery"})");
  const auto without = office.send("POST", "/api/login", "", R"({"user":"zhang","password":"x"})");
  CHECK(wrong.status == 401);
  CHECK(unknown.text == wrong.text);
  CHECK(without.text == wrong.text);
}

TEST_CASE("api: after five wrong passwords even the right one has to wait") {
  OfficeWorld office;
  office.add_account("ada", "admin", "correct horse battery");
  for (int i = 0; i < 5; ++i)
    CHECK(office.send("POST", "/api/login", "", R"({"user":"ada","password":"no"})").status == 401);
  const auto early =
      office.send("POST", "/api/login", "", R"({"user":"ada","password":"correct horse battery"})");
  CHECK(early.status == 429);
  CHECK(early.find_header("Retry-After") != nullptr);
  office.world.clock.advance(1'001);
  CHECK(
      office.send("POST", "/api/login", "", R"({"user":"ada","password":"correct horse battery"})")
          .status == 200);
}

TEST_CASE("api: an account that is closed ends its sessions at once") {
  OfficeWorld office;
  office.add_account("ada", "dispatcher", "correct horse battery");
  const auto admin = office.token_of(Role::kAdmin);
  const auto in =
      office.send("POST", "/api/login", "", R"({"user":"ada","password":"correct horse battery"})");
  const std::string token = in.json["token"];
  REQUIRE(office.send("POST", "/api/users/ada", admin, R"({"active":false})").status == 200);
  CHECK(office.send("GET", "/api/status", token).status == 401);
  office.world.clock.advance(60'000);
  CHECK(
      office.send("POST", "/api/login", "", R"({"user":"ada","password":"correct horse battery"})")
          .status == 401);
}

TEST_CASE("api: an administrator cannot shut himself out") {
  OfficeWorld office;
  office.add_account("admin", "admin", "");
  const auto admin = office.token_of(Role::kAdmin);
  CHECK(office.send("POST", "/api/users/admin", admin, R"({"active":false})").status == 400);
  CHECK(office.send("POST", "/api/users/admin", admin, R"({"role":"viewer"})").status == 400);
}

TEST_CASE("api: a token for the pages is none for the API, and the other way round") {
  OfficeWorld office;
  const auto admin = office.token_of(Role::kAdmin);
  const auto link = office.sessions.make_open_link({"admin", Role::kAdmin});
  const auto cookie = must(office.sessions.use_open_link(link.text)).text;
  CHECK(office.send("GET", "/api/status", cookie).status == 401);
  CHECK(office.page("/visits", admin).status == 401);
  CHECK(office.page("/visits", cookie).status == 200);
}

TEST_CASE(
    "api: a link opens the pages once, for ten minutes, with a cookie that scripts and strangers "
    "never see") {
  OfficeWorld office;
  const auto viewer = office.token_of(Role::kViewer);
  const auto made = office.send("POST", "/api/open-links", viewer);
  REQUIRE(made.status == 201);
  const std::string url = made.json["url"];
  const std::string path = url.substr(std::string("https://127.0.0.1:8443").size());
  const auto opened = office.send("GET", path);
  REQUIRE(opened.status == 200);
  const auto* cookie = opened.find_header("Set-Cookie");
  REQUIRE(cookie != nullptr);
  CHECK(cookie->find("__Host-daybook=") == 0);
  CHECK(cookie->find("; Path=/; HttpOnly; Secure; SameSite=Strict") != std::string::npos);
  const auto token = cookie->substr(15, cookie->find(';') - 15);
  const auto page = office.page("/visits", token);
  CHECK(page.status == 200);
  CHECK(page.find_header("Content-Security-Policy")->find("default-src 'none'") == 0);
  CHECK(office.send("GET", path).status == 403);
  const std::string second = office.send("POST", "/api/open-links", viewer).json["url"];
  office.world.clock.advance(10 * 60 * 1000 + 1);
  CHECK(office.send("GET", second.substr(std::string("https://127.0.0.1:8443").size())).status ==
        403);
}

TEST_CASE("api: a program's login code is good once, with what it kept to itself, for a minute") {
  OfficeWorld office;
  const auto challenge = sha256(view_of("kept"));
  const auto code = [&] {
    return office.sessions.make_login_code({"ada", Role::kViewer}, challenge).text;
  };
  const auto use = [&](const std::string& text, const std::string& verifier) {
    return office.send("POST", "/api/login/oidc", "",
                       R"({"code":")" + text + R"(","verifier":")" + verifier + R"("})");
  };
  const auto first = code();
  const auto good = use(first, "kept");
  REQUIRE(good.status == 200);
  CHECK(good.json["actor"] == "ada");
  CHECK(office.send("GET", "/api/status", good.json["token"].get<std::string>()).status == 200);
  const auto used = use(first, "kept");
  CHECK(used.status == 401);
  // One wrong try ends a code, and all that is wrong looks alike.
  const auto second = code();
  CHECK(use(second, "guessed").text == used.text);
  CHECK(use(second, "kept").text == used.text);
  const auto late = code();
  office.world.clock.advance(60'001);
  CHECK(use(late, "kept").text == used.text);
  const auto closed = code();
  office.sessions.forget("ada");
  CHECK(use(closed, "kept").text == used.text);
  CHECK(office.send("POST", "/api/login/oidc", "", R"({"code":"x"})").status == 400);
}

TEST_CASE("api: without an identity provider there is no way to one") {
  OfficeWorld office;
  CHECK(office.send("GET", "/oidc/start").status == 404);
  CHECK(office.send("GET", "/oidc/callback?code=x&state=y").status == 404);
  CHECK(office.send("GET", "/").text.find("/oidc/start") == std::string::npos);
}

TEST_CASE("api: sessions end after an idle hour and after ten hours of work") {
  OfficeWorld office;
  const auto idle = office.token_of(Role::kViewer);
  office.world.clock.advance(61 * 60 * 1000);
  CHECK(office.send("GET", "/api/status", idle).status == 401);
  const auto busy = office.token_of(Role::kViewer);
  for (int i = 0; i < 20; ++i) {
    office.world.clock.advance(30 * 60 * 1000);
    CHECK(office.send("GET", "/api/status", busy).status == 200);
  }
  office.world.clock.advance(1000);
  CHECK(office.send("GET", "/api/status", busy).status == 401);
}

TEST_CASE("api: a supervisor learns that the server lives and whether it can write") {
  OfficeWorld office;
  CHECK(office.send("GET", "/healthz").status == 200);
  CHECK(office.send("GET", "/readyz").status == 200);
  office.readiness.disk_free_bytes = 1000;
  CHECK(office.send("GET", "/readyz").status == 503);
  office.readiness = {false, "disk_full at commit", 1ULL << 40, false, {}};
  const auto not_ready = office.send("GET", "/readyz");
  CHECK(not_ready.status == 503);
  CHECK(not_ready.json["why"] == "disk_full at commit");
}

TEST_CASE("api: a full queue is told as such and nothing happens") {
  OfficeWorld office;
  office.queue_full = true;
  const auto told = office.send("GET", "/api/status", office.token_of(Role::kAdmin));
  CHECK(told.status == 503);
  CHECK(told.error() == "busy");
}

TEST_CASE("api: every route is answered in one place") {
  // By the loop itself; everything else has one handler.
  const std::set<Action> loops = {
      Action::kHealth,         Action::kReady,     Action::kLogin,        Action::kLogout,
      Action::kMakeOpenLink,   Action::kStart,     Action::kStyle,        Action::kUseOpenLink,
      Action::kOpenApi,        Action::kFeedLive,  Action::kReload,       Action::kShowLogLevel,
      Action::kSetLogLevel,    Action::kOidcStart, Action::kUseLoginCode, Action::kOidcCallback,
      Action::kReadAttachment, Action::kVisitForm, Action::kRecordPaper,  Action::kVisitFormPage};
  for (const auto& route : routes()) {
    INFO(route.method << " " << route.pattern);
    const int places = (loops.contains(route.action) ? 1 : 0) +
                       (handler_of(route.action) != nullptr ? 1 : 0) +
                       (machines_core(route.action) != nullptr ? 1 : 0) +
                       (machines_read(route.action).handler != nullptr ? 1 : 0) +
                       (rules_core(route.action) != nullptr ? 1 : 0) +
                       (rules_read(route.action).handler != nullptr ? 1 : 0) +
                       (acts_staged(route.action).handler != nullptr ? 1 : 0);
    CHECK(places == 1);
  }
}
