// SPDX-License-Identifier: Apache-2.0
// POST /api/acts/{act}: asked, refused with what is missing, done once.
#include "core/base/hex.hpp"
#include "core/clock/uuid7.hpp"
#include "tests/unit/sync-server/api/office_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

constexpr const char* kKey = "0190aaaa-0000-7000-8000-000000000001";

// The small schema with two views and three acts, published.
struct Desks {
  Desks() {
    std::string source = office.world.core->schema().source;
    source.replace(source.find("\"version\": 1"), 12, "\"version\": 2");
    source.resize(source.rfind('}'));
    source +=
        R"(, "views": {"open_visits": {"sql": "select id, technician, priority from visit where cause is null"}},
"acts": {
"assign": {"by": "office", "about": "visit", "takes": {"to": {"type": "text", "required": true}},
  "requires": [
    {"holds": "(select count(*) from open_visits where technician = :to) < 2",
     "say": {"zh": "他已有两单", "en": "He has two already"}},
    {"holds": "(select priority from open_visits where id = :about) > 0", "warn": true,
     "say": {"zh": "未定优先级", "en": "No priority"}}],
  "creates": [{"collection": "part", "as": "box", "when": ":to = 'li'", "set": {"name": ":me || ' for ' || :to"}}],
  "sets": {"technician": ":to"}},
"leave": {"about": "visit", "sets": {"cause": "'left'"}}}})";
    const Json body = {{"source", source}, {"reason", "acts"}, {"replaces", 1}};
    const auto published =
        office.send("POST", "/api/rule-sets", office.token_of(Role::kAdmin), body.dump());
    INFO(published.text);
    REQUIRE(published.status == 201);
    visit = make({{"priority", 1}});
  }
  std::string make(const Json& set) {
    const std::string id = to_string(make_uuid7(office.world.clock.wall_ms(), office.world.rng));
    const auto made =
        office.send("POST", "/api/records/visit", token, Json{{"id", id}, {"set", set}}.dump());
    REQUIRE(made.status == 201);
    return id;
  }
  Told act(const std::string& name, const Json& body, const std::string& key = {}) {
    return key.empty() ? office.send("POST", "/api/acts/" + name, token, body.dump())
                       : office.send_with_key("POST", "/api/acts/" + name, token, body.dump(), key);
  }
  std::string technician() {
    return office.send("GET", "/api/records/visit/" + visit, token)
        .json.value("/values/technician"_json_pointer, std::string("nobody"));
  }
  OfficeWorld office;
  std::string token = office.token_of(Role::kDispatcher);
  std::string visit;
};

}  // namespace

TEST_CASE("api acts: done is one set, with the records that it made by name") {
  Desks desks;
  const auto done = desks.act("assign", {{"about", desks.visit}, {"arguments", {{"to", "li"}}}});
  INFO(done.text);
  CHECK(done.status == 201);
  CHECK(done.json["receipt"]["verdict"] == "accepted");
  REQUIRE(done.json["records"].contains("box"));
  const auto box = desks.office.send(
      "GET", "/api/records/part/" + done.json["records"]["box"].get<std::string>(), desks.token);
  CHECK_THAT(box.text, contains(" for li"));
  CHECK(desks.technician() == "li");
}

TEST_CASE("api acts: what is missing is told in both languages, and nothing is written") {
  Desks desks;
  desks.make({{"technician", "li"}});
  desks.make({{"technician", "li"}});
  const auto version = desks.office.world.version();
  const auto refused = desks.act("assign", {{"about", desks.visit}, {"arguments", {{"to", "li"}}}});
  CHECK(refused.status == 422);
  CHECK(refused.error() == "missing");
  REQUIRE(refused.json["missing"].size() == 1);
  CHECK(refused.json["missing"][0]["zh"] == "他已有两单");
  CHECK(refused.json["missing"][0]["en"] == "He has two already");
  CHECK(desks.office.world.version() == version);
  CHECK(desks.technician() == "nobody");
}

TEST_CASE("api acts: a warning stops who does not insist, and a check never writes") {
  Desks desks;
  const std::string bare = desks.make({{"address", "x"}});
  Json body = {{"about", bare}, {"arguments", {{"to", "wang"}}}};
  const auto stopped = desks.act("assign", body);
  CHECK(stopped.status == 422);
  CHECK(stopped.json["missing"].empty());
  CHECK(stopped.json["warnings"].size() == 1);
  body["check"] = true;
  body["despite_warnings"] = true;
  const auto version = desks.office.world.version();
  const auto checked = desks.act("assign", body);
  CHECK(checked.status == 200);
  CHECK(checked.json["may"] == true);
  CHECK(desks.office.world.version() == version);
  body.erase("check");
  const auto done = desks.act("assign", body);
  CHECK(done.status == 201);
  CHECK(done.json["records"].empty());
  CHECK(done.json["warnings"].size() == 1);
}

TEST_CASE("api acts: under one key it is done once, and answered alike") {
  Desks desks;
  const Json body = {{"about", desks.visit}, {"arguments", {{"to", "li"}}}};
  const auto first = desks.act("assign", body, kKey);
  CHECK(first.status == 201);
  const auto version = desks.office.world.version();
  const auto second = desks.act("assign", body, kKey);
  CHECK(second.status == 201);
  CHECK(second.json["records"] == first.json["records"]);
  CHECK(second.json["receipt"] == first.json["receipt"]);
  CHECK(desks.office.world.version() == version);
}

TEST_CASE("api acts: what cannot be asked is refused by its name") {
  Desks desks;
  const auto said = [&](const std::string& name, const Json& body) {
    const auto told = desks.act(name, body);
    return std::to_string(told.status) + " " + told.error() + " at " + told.error_field();
  };
  CHECK(said("dance", Json::object()) == "404 not_found at act");
  CHECK(said("leave", {{"about", desks.visit}}) == "403 forbidden at act");
  CHECK(said("assign", {{"about", desks.visit}}) == "400 invalid at arguments.to");
  CHECK(said("assign", {{"arguments", {{"to", "li"}}}}) == "400 invalid at about");
  CHECK(said("assign", {{"about", "7"}, {"arguments", {{"to", "li"}}}}) == "400 invalid at about");
  CHECK(said("assign", {{"about", desks.visit}, {"arguments", {{"to", 1}}}}) ==
        "400 wrong_type at arguments.to");
  CHECK(said("assign", {{"about", desks.visit}, {"arguments", {{"from", "li"}}}}) ==
        "400 unknown_field at arguments.from");
  CHECK(said("assign", {{"abuot", desks.visit}}).find("400 ") == 0);
  CHECK(said("assign", {{"about", kKey}, {"arguments", {{"to", "li"}}}}) ==
        "404 unknown_record at about");
  const auto viewer =
      desks.office.send("POST", "/api/acts/assign", desks.office.token_of(Role::kViewer), "{}");
  CHECK(viewer.status == 403);
}

TEST_CASE("api acts: SQL that does not work is not published") {
  OfficeWorld office;
  std::string source = office.world.core->schema().source;
  source.replace(source.find("\"version\": 1"), 12, "\"version\": 2");
  source.resize(source.rfind('}'));
  source += R"(, "views": {"v": {"sql": "select colour from visit"}}})";
  const auto refused =
      office.send("POST", "/api/rule-sets", office.token_of(Role::kAdmin),
                  Json{{"source", source}, {"reason", "x"}, {"replaces", 1}}.dump());
  CHECK(refused.status == 400);
  CHECK(refused.error_field() == "views.v");
}
