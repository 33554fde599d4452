// SPDX-License-Identifier: Apache-2.0
// Sessions, attempts, roles and passwords of people at headquarters.
#include "sync-server/auth/office_sessions.hpp"

#include <set>

#include "sync-server/auth/accounts.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_ports.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Sessions {
  ManualClock clock;
  SeededRng rng{3};
  OfficeSessions sessions{clock, rng};

  http::Request bearer(const std::string& token) const {
    http::Request request;
    request.headers.push_back({"authorization", "Bearer " + token});
    return request;
  }
  bool good(const std::string& token) {
    return sessions.authenticate(bearer(token), RouteKind::kApi).ok();
  }
};

}  // namespace

TEST_CASE("auth: waiting after failed logins doubles, and ends at a quarter of an hour") {
  Sessions s;
  for (int i = 0; i < 5; ++i) CHECK(s.sessions.begin_attempt("ada", "192.0.2.1").ok());
  std::int64_t last_wait = 0;
  for (int i = 0; i < 14; ++i) {
    const auto waiting = s.sessions.begin_attempt("ada", "192.0.2.1");
    REQUIRE_FALSE(waiting.ok());
    CHECK(waiting.error().code == Errc::kBusy);
    const auto wait = std::stoll(waiting.error().detail);
    CHECK(wait >= last_wait);
    CHECK(wait <= 900);
    last_wait = wait;
    s.clock.advance(wait * 1000);
    REQUIRE(s.sessions.begin_attempt("ada", "192.0.2.1").ok());
  }
  CHECK(last_wait == 900);
}

TEST_CASE("auth: the owner elsewhere is not locked out by a guesser for long") {
  Sessions s;
  for (int i = 0; i < 6; ++i) (void)s.sessions.begin_attempt("ada", "203.0.113.9");
  CHECK(s.sessions.begin_attempt("ada", "192.0.2.1").ok());
  // From everywhere at once: waits, but never more than half a minute.
  for (int i = 0; i < 100; ++i)
    (void)s.sessions.begin_attempt("ada", "198.51.100." + std::to_string(i));
  const auto waiting = s.sessions.begin_attempt("ada", "192.0.2.77");
  REQUIRE_FALSE(waiting.ok());
  CHECK(std::stoll(waiting.error().detail) <= 30);
}

TEST_CASE("auth: one place that tries many names is slowed down") {
  Sessions s;
  bool slowed = false;
  for (int i = 0; i < 100; ++i)
    slowed = !s.sessions.begin_attempt("name" + std::to_string(i), "192.0.2.1").ok() || slowed;
  CHECK(slowed);
}

TEST_CASE("auth: a success clears what typing errors added up") {
  Sessions s;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 4; ++i) CHECK(s.sessions.begin_attempt("ada", "192.0.2.1").ok());
    s.sessions.attempt_succeeded("ada", "192.0.2.1");
    s.clock.advance(1000);
  }
}

TEST_CASE("auth: tokens are long, different, and end with the account") {
  Sessions s;
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) tokens.insert(s.sessions.open({"ada", Role::kAdmin}).text);
  CHECK(tokens.size() == 100);
  CHECK(tokens.begin()->size() == 32);
  CHECK(s.good(*tokens.begin()));
  CHECK_FALSE(s.good(*tokens.begin() + "x"));
  CHECK_FALSE(s.good(""));
  s.sessions.forget("ada");
  CHECK_FALSE(s.good(*tokens.begin()));
  CHECK(s.sessions.size() == 0);
}

TEST_CASE("auth: a header of another scheme is no token and is not taken for anonymous") {
  Sessions s;
  http::Request request;
  request.headers.push_back({"authorization", "Basic YWRhOng="});
  CHECK_FALSE(s.sessions.authenticate(request, RouteKind::kApi).ok());
  CHECK(s.sessions.authenticate(http::Request{}, RouteKind::kApi)->role == Role::kAnonymous);
}

TEST_CASE("auth: routes are found by whole segments only") {
  CHECK(find_route("GET", "/api/records/visit").route->action == Action::kListRecords);
  const auto field = find_route("GET", "/api/records/visit/1/history/notes");
  REQUIRE(field.route != nullptr);
  CHECK(field.route->action == Action::kFieldHistory);
  CHECK(field.parts == std::vector<std::string_view>{"visit", "1", "notes"});
  for (const char* path :
       {"", "/api", "/api/records", "/api/records/", "/api/records//1", "/api/users/",
        "/api/cases/1/", "//", "api/users", "/visits/1/2", "/VISITS"}) {
    INFO(path);
    CHECK(find_route("GET", path).route == nullptr);
  }
  const auto wrong_method = find_route("PUT", "/api/users");
  CHECK(wrong_method.route == nullptr);
  CHECK(wrong_method.path_known);
}

TEST_CASE("auth: the role of nobody cannot be given to an account") {
  CHECK_FALSE(role_from("anonymous").has_value());
  CHECK_FALSE(role_from("").has_value());
  CHECK_FALSE(role_from("Admin").has_value());
  CHECK(role_from("admin") == Role::kAdmin);
}

TEST_CASE("auth: a password opens its own active account and nothing else") {
  SeededRng rng{5};
  const auto hash = hash_new_password("correct horse battery", rng);
  REQUIRE(hash.ok());
  UserRow user{"ada", "Ada", "admin", *hash, true};
  CHECK(password_opens("correct horse battery", user));
  CHECK_FALSE(password_opens("correct horse", user));
  CHECK_FALSE(password_opens("correct horse battery", std::nullopt));
  user.active = false;
  CHECK_FALSE(password_opens("correct horse battery", user));
  user = {"ada", "Ada", "admin", "", true};
  CHECK_FALSE(password_opens("", user));
  CHECK_FALSE(hash_new_password("too short", rng).ok());
}
