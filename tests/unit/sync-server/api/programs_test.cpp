// SPDX-License-Identifier: Apache-2.0
// Programs with tokens: they may do what both their account and their scopes allow, and no more.
#include "tests/unit/sync-server/api/office_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Program {
  std::string id, token;
};

Program make_program(OfficeWorld& office, const std::string& actor, const std::string& scopes) {
  const auto made =
      office.send("POST", "/api/tokens", office.token_of(Role::kAdmin),
                  R"({"actor":")" + actor + R"(","label":"test","scopes":[)" + scopes + "]}");
  REQUIRE(made.status == 201);
  return {made.json["id"], made.json["token"]};
}

}  // namespace

TEST_CASE("programs: every route is open to a token only with its scope and its account's role") {
  OfficeWorld office;
  office.add_account("full", "admin", "");
  office.add_account("narrow", "viewer", "");
  for (const auto scope : grantable_scopes()) {
    const std::string quoted = "\"" + std::string(name_of(scope)) + "\"";
    const auto full = make_program(office, "full", quoted);
    const auto narrow = make_program(office, "narrow", quoted);
    for (const auto& route : routes()) {
      if (route.kind != RouteKind::kApi) continue;
      std::string path(route.pattern);
      for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
        path.replace(at, path.find('}') - at + 1, "1");
      INFO(name_of(scope) << " at " << route.method << " " << path);
      const bool fits = route.scope == scope || route.scope == Scope::kAlways;
      const auto as_full =
          office.door.on_head(office.request(std::string(route.method), path, full.token), 0);
      CHECK(as_full.has_value() != (fits && may(Role::kAdmin, route)));
      const auto as_narrow =
          office.door.on_head(office.request(std::string(route.method), path, narrow.token), 0);
      CHECK(as_narrow.has_value() != (fits && may(Role::kViewer, route)));
    }
  }
}

TEST_CASE("programs: no token makes accounts or tokens, whatever it says") {
  for (const auto& route : routes()) {
    const bool makes = (route.pattern.find("/api/tokens") == 0) ||
                       (route.pattern.find("/api/users") == 0 && route.method != "GET");
    if (makes) CHECK(route.scope == Scope::kNobodysToken);
  }
}

TEST_CASE(
    "programs: a token ends with its account, with its time and when an administrator says so") {
  OfficeWorld office;
  office.add_account("erp", "dispatcher", "");
  const auto admin = office.token_of(Role::kAdmin);
  const auto program = make_program(office, "erp", R"("records.read")");
  const auto status_of = [&] { return office.send("GET", "/api/status", program.token).status; };
  CHECK(status_of() == 200);
  CHECK(office.send("POST", "/api/users/erp", admin, R"({"active":false})").status == 200);
  CHECK(status_of() == 401);
  CHECK(office.send("POST", "/api/users/erp", admin, R"({"active":true})").status == 200);
  CHECK(status_of() == 200);
  const auto other = make_program(office, "erp", R"("feed")");
  CHECK(office.send("DELETE", "/api/tokens/" + program.id, admin).status == 200);
  CHECK(status_of() == 401);
  CHECK(office.send("GET", "/api/status", other.token).status == 200);
  office.world.clock.advance(366LL * 24 * 60 * 60 * 1000);
  CHECK(office.send("GET", "/api/status", other.token).status == 401);
}

TEST_CASE("programs: wrong wishes are refused by the name of what is wrong") {
  OfficeWorld office;
  office.add_account("erp", "dispatcher", "");
  const auto admin = office.token_of(Role::kAdmin);
  const auto field_of = [&](const std::string& body) {
    return office.send("POST", "/api/tokens", admin, body).error_field();
  };
  CHECK(field_of(R"({"actor":"erp","label":"x","scopes":["everything"]})") == "scopes");
  CHECK(field_of(R"({"actor":"erp","label":"x","scopes":[]})") == "scopes");
  CHECK(field_of(R"({"actor":"erp","label":"x","scopes":[1]})") == "scopes");
  CHECK(field_of(R"({"actor":"nobody","label":"x","scopes":["feed"]})") == "actor");
  CHECK(field_of(R"({"actor":"erp","label":"x","scopes":["feed"],"days":0})") == "days");
  CHECK(field_of(R"({"actor":"erp","label":"x","scopes":["feed"],"days":9000})") == "days");
  CHECK(field_of(R"({"actor":"erp","scopes":["feed"]})") == "label");
}

TEST_CASE("programs: a set of an office system acts once for its id") {
  OfficeWorld office;
  office.add_account("erp", "dispatcher", "");
  const auto program = make_program(office, "erp", R"("records.write","records.read")");
  const std::string set =
      R"({"id":"0190a5f2-7c1e-7abc-8def-000000000001","changes":[
        {"collection":"customer","id":"0190a5f2-7c1e-7abc-8def-000000000002","create":true,"set":{"name":"Lee"}},
        {"collection":"visit","id":"0190a5f2-7c1e-7abc-8def-000000000003","create":true,
         "set":{"technician":"wang","customer":"0190a5f2-7c1e-7abc-8def-000000000002"}}]})";
  const auto first = office.send("POST", "/api/sets", program.token, set);
  CHECK(first.status == 201);
  const auto second = office.send("POST", "/api/sets", program.token, set);
  CHECK(second.status == 201);
  CHECK(first.text == second.text);
  CHECK(must(office.world.store.head()).version == 1);
  const std::string other = R"({"id":"0190a5f2-7c1e-7abc-8def-000000000001","changes":[
        {"collection":"customer","id":"0190a5f2-7c1e-7abc-8def-000000000002","create":true,"set":{"name":"Li"}}]})";
  CHECK(office.send("POST", "/api/sets", program.token, other).error() == "already_exists");
  // All of it or nothing.
  const std::string half = R"({"id":"0190a5f2-7c1e-7abc-8def-000000000009","changes":[
        {"collection":"customer","id":"0190a5f2-7c1e-7abc-8def-00000000000a","create":true,"set":{"name":"Li"}},
        {"collection":"visit","id":"0190a5f2-7c1e-7abc-8def-00000000000b","seen":0,"set":{"address":"x"}}]})";
  CHECK(office.send("POST", "/api/sets", program.token, half).status == 404);
  CHECK(must(office.world.store.head()).version == 1);
  const auto field_of = [&](const std::string& changes) {
    return office
        .send("POST", "/api/sets", program.token,
              R"({"id":"0190a5f2-7c1e-7abc-8def-0000000000ff","changes":)" + changes + "}")
        .error_field();
  };
  CHECK(field_of("[]") == "changes");
  CHECK(field_of(R"([{"collection":"visit","id":"x","seen":1,"set":{"priority":1}}])") ==
        "changes[0].id");
  CHECK(
      field_of(
          R"([{"collection":"visit","id":"0190a5f2-7c1e-7abc-8def-000000000003","set":{"priority":1}}])") ==
      "changes[0].seen");
  CHECK(
      field_of(
          R"([{"collection":"visit","id":"0190a5f2-7c1e-7abc-8def-000000000003","seen":1,"set":{}}])") ==
      "changes[0].set");
  CHECK(field_of(R"([5])") == "changes[0]");
}

TEST_CASE("programs: log level and reload are an administrator's") {
  OfficeWorld office;
  const auto admin = office.token_of(Role::kAdmin);
  CHECK(office.send("GET", "/api/log-level", admin).json["level"] == "info");
  CHECK(office.send("PUT", "/api/log-level", admin, R"({"level":"loud"})").error_field() ==
        "log_level");
  CHECK(office.send("PUT", "/api/log-level", admin, R"({"level":"debug"})").json["level"] ==
        "debug");
  CHECK(office.send("POST", "/api/reload", admin).json["reloaded"][0] == "all");
}
