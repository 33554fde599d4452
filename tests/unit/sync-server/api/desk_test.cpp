// SPDX-License-Identifier: Apache-2.0
// The desk over HTTP: who may, what a second person is told, once for a key.
#include "tests/unit/sync-server/api/office_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// One field that both sides changed.
struct Desks {
  OfficeWorld office;
  RecordRef visit = office.world.visit();
  Pen li{office.world, "li"};
  SetId set;
  std::string support, admin;

  explicit Desks(const std::string& field = "category", Value base = text("a"),
                 Value there = text("b"), Value here = text("c")) {
    for (const char* name : {"support", "admin"}) office.add_account(name, name, "");
    support = office.token_of(Role::kSupport);
    admin = office.token_of(Role::kAdmin);
    const auto made =
        office.world.office_create(visit, {{"technician", text("li")}, {field, base}});
    office.world.office_edit(visit, field, std::move(there));
    set = li.edit(visit, field, base, made.commit, std::move(here));
    li.sync();
  }
  Told act(const std::string& who, const std::string& what, const std::string& body = "{}") {
    return office.send("POST", "/api/cases/1/" + what, who, body);
  }
  Json shown() { return office.send("GET", "/api/cases/1", support).json; }
};

}  // namespace

TEST_CASE("api desk: claimed by one, the other is told who has it") {
  Desks desks;
  CHECK(desks.act(desks.support, "claim").json["holder"] == "support");
  const auto second = desks.act(desks.admin, "claim");
  CHECK(second.status == 409);
  CHECK(second.json["error"]["detail"] == "held by support");
  CHECK(desks.act(desks.admin, "resolve", R"({"choice":"device","reason":"x"})").status == 409);
  CHECK(desks.act(desks.admin, "assign", R"({"to":"admin"})").json["holder"] == "admin");
  CHECK(desks.act(desks.admin, "assign").json["holder"].is_null());
  CHECK(desks.office.send("GET", "/api/cases?holder=me", desks.admin).json["cases"].empty());
}

TEST_CASE("api desk: dispatchers answer, viewers read, and neither settles") {
  Desks desks;
  const auto dispatcher = desks.office.token_of(Role::kDispatcher);
  const auto viewer = desks.office.token_of(Role::kViewer);
  CHECK(desks.act(desks.support, "ask", R"({"to":"li","text":"when?"})").status == 200);
  CHECK(desks.shown()["question"]["text"] == "when?");
  CHECK(desks.act(dispatcher, "answer", R"({"text":"at ten"})").status == 200);
  CHECK_FALSE(desks.shown().contains("question"));
  for (const char* what :
       {"claim", "assign", "ask", "resolve", "resolve-alike", "approve", "decline", "undo"}) {
    CHECK(desks.act(dispatcher, what).status == 403);
    CHECK(desks.act(viewer, what).status == 403);
  }
  CHECK(desks.office.send("GET", "/api/cases/1/alike", viewer).status == 200);
  CHECK(desks.office.send("GET", "/api/sets/" + to_string(desks.set) + "/seen", viewer).status ==
        403);
}

TEST_CASE("api desk: a case tells its sides with people and both clocks, and its history") {
  Desks desks;
  const auto shown = desks.shown();
  CHECK(shown["severity"] == "normal");
  CHECK(shown["overdue"] == false);
  CHECK(shown["device_by"]["by"] == "li");
  CHECK(shown["device_by"]["at"].contains("claimed_ms"));
  CHECK(shown["device_by"].contains("received_ms"));
  CHECK(shown["in_force_by"]["by"] == "dispatcher");
  CHECK(shown["history"][0]["what"] == "opened");
  desks.office.world.clock.advance(80LL * 3'600'000);
  desks.support = desks.office.token_of(Role::kSupport);  // the session ended long ago
  CHECK(desks.shown()["overdue"] == true);
}

TEST_CASE("api desk: a decision is undone, once for a key") {
  Desks desks;
  const auto settled = desks.act(desks.support, "resolve", R"({"choice":"device","reason":"x"})");
  CHECK(settled.json["state"] == "decided");
  CHECK(desks.shown()["waits_for"][0]["actor"] == "li");
  const std::string key = "01934567-89ab-7cde-8f01-23456789abcd";
  const auto undo = [&] {
    return desks.office.send_with_key("POST", "/api/cases/1/undo", desks.support,
                                      R"({"reason":"wrong visit"})", key);
  };
  CHECK(undo().json["state"] == "open");
  const auto head = desks.office.world.version();
  CHECK(undo().json["state"] == "open");
  CHECK(desks.office.world.version() == head);
  CHECK(desks.office.world.value(desks.visit, "category") == text("b"));
  CHECK(desks.act(desks.support, "undo").error_field() == "reason");
}

TEST_CASE("api desk: two people for paid work") {
  Desks desks("fee", number(1), number(2), number(3));
  CHECK(desks.shown()["takes_two_people"] == true);
  const auto proposed = desks.act(desks.support, "resolve", R"({"choice":"device","reason":"x"})");
  CHECK(proposed.json["state"] == "open");
  CHECK(proposed.json["proposal"]["value"] == 3);
  CHECK(desks.act(desks.support, "approve").status == 403);
  CHECK(desks.act(desks.admin, "approve", R"({"choice":"office"})").status == 409);
  CHECK(desks.act(desks.admin, "approve", R"({"choice":"device"})").json["state"] == "decided");
  CHECK(desks.office.world.value(desks.visit, "fee") == number(3));
}

TEST_CASE("api desk: alike cases in one act, and the story says why") {
  Desks desks;
  const auto told = desks.act(desks.support, "resolve-alike",
                              R"({"choice":"device","reason":"the phones are right"})");
  CHECK(told.json["settled"] == Json::array({1}));
  CHECK(told.json["left"].empty());
  const auto story = desks.office.send(
      "GET", "/api/records/visit/" + to_string(desks.visit.id) + "/history/category",
      desks.support);
  REQUIRE(story.status == 200);
  const auto& newest = story.json["history"][0];
  CHECK(newest["by"] == "support");
  CHECK(newest["rules_version"] == 1);
  CHECK(newest["fields"][0]["why"] == "the phones are right");
  CHECK(newest["fields"][0]["case"] == 1);
  const auto& sent = story.json["history"][1];
  CHECK(sent["fields"][0]["why"] == "both_changed");
  CHECK(sent["fields"][0]["old"] == "a");
}

TEST_CASE("api desk: what the phone showed") {
  Desks desks;
  const auto told =
      desks.office.send("GET", "/api/sets/" + to_string(desks.set) + "/seen", desks.support);
  REQUIRE(told.status == 200);
  CHECK(told.json["author"]["by"] == "li");
  CHECK(told.json["records"][0]["values"]["category"] == "a");
  CHECK(told.json["records"][0]["wrote"]["category"] == "c");
  CHECK(told.json["records"][0]["exact"] == true);
}

TEST_CASE("api desk: a set that cannot be read is shown as it came") {
  OfficeWorld office;
  Pen li(office.world, "li");
  li.write(li.blank());  // no change in it
  li.bodies.back() = Bytes{0xff, 0x00};
  li.newest.link =
      next_link(li.device, li.newest.incarnation, 1, li.links[0], hash_of_body(li.bodies.back()));
  li.links.back() = li.newest.link;
  li.sync();
  const auto support = office.token_of(Role::kSupport);
  const auto parked = office.send("GET", "/api/parked", support);
  REQUIRE(parked.json["parked"].size() == 1);
  CHECK(parked.json["parked"][0]["reason"] == "malformed");
  const auto set = parked.json["parked"][0]["set"].get<std::string>();
  const auto told = office.send("GET", "/api/sets/" + set, support);
  REQUIRE(told.status == 200);
  CHECK(told.json["raw"] == "ff00");
}
