// SPDX-License-Identifier: Apache-2.0
// What somebody who is bound to an organisation writes: only what was his and stays his.
#include "tests/unit/sync-server/api/bound_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

std::string path_of(const RecordRef& record) {
  return "/api/records/" + record.collection + "/" + to_string(record.id);
}

std::string set_body(BoundWorld& office, const std::string& set) {
  return R"({"seen":)" + std::to_string(office.world.version()) + R"(,"set":)" + set + "}";
}

Told edit(BoundWorld& office, const Branch& by, const RecordRef& record, const std::string& set) {
  return office.as(by, Role::kDispatcher, "PATCH", path_of(record), set_body(office, set));
}

Told create(BoundWorld& office, const Branch& by, const std::string& collection,
            const std::string& set) {
  return office.as(by, Role::kDispatcher, "POST", "/api/records/" + collection,
                   R"({"set":)" + set + "}");
}

std::string quoted(const Uuid& id) { return "\"" + to_string(id) + "\""; }

}  // namespace

TEST_CASE("bound: he edits his own, and a sister's record is not there for him") {
  BoundWorld office;
  CHECK(edit(office, office.north, office.north.visit, R"({"category":"paid"})").status == 200);
  const auto sisters = edit(office, office.north, office.south.visit, R"({"category":"paid"})");
  const auto nobodys = edit(office, office.north, {"visit", office.world.rng.draw<Uuid>()},
                            R"({"category":"paid"})");
  CHECK(sisters.status == 404);
  CHECK(sisters.text == nobodys.text);
  CHECK(office.world.value(office.south.visit, "category") != text("paid"));
}

TEST_CASE("bound: what he writes has to be his afterwards, or nothing is written") {
  BoundWorld office;
  const Version before = office.world.version();
  const auto away =
      edit(office, office.north, office.north.visit, R"({"technician":"tech.south"})");
  CHECK(away.status == 403);
  CHECK(away.error_field() == "organisation");
  CHECK(office.world.value(office.north.visit, "technician") == text("tech.north"));
  CHECK(create(office, office.north, "visit", R"({"technician":"tech.south"})").status == 403);
  CHECK(create(office, office.north, "visit", R"({"notes":"nobody's"})").status == 403);
  CHECK(office.world.version() == before);
  CHECK(create(office, office.north, "visit", R"({"technician":"tech.north"})").status == 201);
}

TEST_CASE("bound: a set of several records is his whole or not at all") {
  BoundWorld office;
  const auto change = [&](const Branch& branch) {
    return R"({"collection":"visit","id":)" + quoted(branch.visit.id) + R"(,"seen":)" +
           std::to_string(office.world.version()) + R"(,"set":{"notes":"x"}})";
  };
  const auto body = [&](const std::string& changes) {
    return R"({"id":)" + quoted(office.world.rng.draw<Uuid>()) + R"(,"changes":[)" + changes + "]}";
  };
  const auto post = [&](const std::string& changes) {
    return office.as(office.north, Role::kDispatcher, "POST", "/api/sets", body(changes));
  };
  CHECK(post(change(office.north) + "," + change(office.south)).status == 404);
  CHECK(office.world.value(office.north.visit, "notes") == text("notes north"));
  CHECK(post(change(office.north)).status == 201);
}

TEST_CASE("bound: a reference to a sister's record is one to a record that does not exist") {
  BoundWorld office;
  const auto refer = [&](const Uuid& customer) {
    return create(office, office.north, "visit",
                  R"({"technician":"tech.north","customer":)" + quoted(customer) + "}");
  };
  const auto sisters = refer(office.south.customer.id);
  const auto nobodys = refer(office.world.rng.draw<Uuid>());
  CHECK(sisters.status == 400);
  CHECK(sisters.text == nobodys.text);
  // Head office's answer for one that does not exist is the same.
  const auto whole =
      office.send("POST", "/api/records/visit", office.token_of(Role::kDispatcher),
                  R"({"set":{"customer":)" + quoted(office.world.rng.draw<Uuid>()) + "}}");
  CHECK(whole.text == nobodys.text);
  // Not one that brings it into sight alone: it would tell that it exists.
  CHECK(edit(office, office.north, office.north.visit,
             R"({"earlier":)" + quoted(office.south.visit.id) + "}")
            .status == 400);
  CHECK(refer(office.north.customer.id).status == 201);
}

TEST_CASE("bound: a fact about a sister's visit is refused, one about his own is written") {
  BoundWorld office;
  const auto happened = [&](const Branch& branch) {
    return create(office, office.north, "visit_event",
                  R"({"kind":"noted","visit":)" + quoted(branch.visit.id) + "}")
        .status;
  };
  CHECK(happened(office.south) == 400);
  CHECK(happened(office.north) == 201);
}

TEST_CASE("bound: what he creates belongs to his organisation unless it says which below it") {
  BoundWorld office;
  const auto made = create(office, office.north, "customer", R"({"name":"Pier"})");
  REQUIRE(made.status == 201);
  CHECK(made.json["record"]["values"]["organisation"] == to_string(office.north.id));
  const auto below =
      create(office, office.north, "customer",
             R"({"name":"Pier","organisation":)" + quoted(office.north.outlet) + "}");
  REQUIRE(below.status == 201);
  CHECK(below.json["record"]["values"]["organisation"] == to_string(office.north.outlet));
  for (const auto& other : {office.south.id, office.south.outlet, office.head}) {
    CHECK(create(office, office.north, "customer",
                 R"({"name":"Pier","organisation":)" + quoted(other) + "}")
              .status == 400);
  }
  // Sent again under its key it is the same act.
  const std::string id = to_string(office.world.rng.draw<Uuid>());
  const std::string key = to_string(office.world.rng.draw<Uuid>());
  const auto send = [&] {
    return office.send_with_key("POST", "/api/records/customer",
                                office.token_of(Role::kDispatcher, office.north.id),
                                R"({"id":")" + id + R"(","set":{"name":"Quay"}})", key);
  };
  const auto first = send();
  REQUIRE(first.status == 201);
  CHECK(send().json["receipt"]["version"] == first.json["receipt"]["version"]);
}

TEST_CASE("bound: the tree, its people and what all hold are kept by head office") {
  BoundWorld office;
  const auto refused = [](const Told& told) {
    return told.status == 403 && told.error_field() == "organisation";
  };
  CHECK(refused(create(office, office.north, "organisation", R"({"code":"mine"})")));
  CHECK(refused(create(office, office.north, "person", R"({"login":"tech.south"})")));
  CHECK(refused(edit(office, office.north, office.north.person,
                     R"({"outlet":)" + quoted(office.north.id) + "}")));
  CHECK(refused(edit(office, office.north, {"organisation", office.north.outlet},
                     R"({"above":)" + quoted(office.north.id) + "}")));
  CHECK(refused(create(office, office.north, "part", R"({"name":"Other"})")));
  CHECK(refused(edit(office, office.north, {"part", office.part}, R"({"name":"Other"})")));
  CHECK(edit(office, office.north, office.north.person, R"({"name":"New name"})").status == 200);
}

TEST_CASE("bound: an act of the rules is done to his own only, and looks at no other") {
  BoundWorld office;
  const auto act = [&](const RecordRef& about, const std::string& arguments) {
    return office.as(office.north, Role::kDispatcher, "POST", "/api/acts/note_down",
                     R"({"about":)" + quoted(about.id) + R"(,"arguments":{)" + arguments + "}}");
  };
  CHECK(act(office.north.visit, R"("text":"done")").status == 201);
  const RecordRef nobody{"visit", office.world.rng.draw<Uuid>()};
  // What is not his is told before the act says what it lacks.
  for (const std::string arguments : {R"("text":"done")", R"("text":"")"}) {
    const auto sisters = act(office.south.visit, arguments);
    CHECK(sisters.status == 404);
    CHECK(sisters.error() == act(nobody, arguments).error());
  }
  CHECK(act(office.north.visit, R"("text":"x","other":)" + quoted(office.south.visit.id)).status ==
        404);
  CHECK(act(office.north.visit, R"("text":"x","other":)" + quoted(office.north.visit.id)).status ==
        201);
}

TEST_CASE("bound: he settles his own cases, and every act on a sister's says there is none") {
  BoundWorld office;
  const std::map<std::string, std::string> acts = {
      {"resolve", R"({"choice":"office","reason":"asked"})"},
      {"resolve-alike", R"({"choice":"office","reason":"asked"})"},
      {"claim", "{}"},
      {"assign", R"({"to":""})"},
      {"ask", R"({"to":"tech.north","text":"why?"})"},
      {"answer", R"({"text":"so"})"},
      {"approve", "{}"},
      {"decline", R"({"reason":"no"})"},
      {"undo", R"({"reason":"no"})"}};
  const auto nobody = office.as(office.north, Role::kSupport, "GET", "/api/cases/9001");
  for (const auto& [name, body] : acts) {
    const auto told =
        office.as(office.north, Role::kSupport, "POST",
                  "/api/cases/" + std::to_string(office.south.dispute) + "/" + name, body);
    INFO(name << ": " << told.text);
    CHECK(told.status == 404);
    CHECK(told.error_field() == nobody.error_field());
  }
  const auto own = [&](const std::string& act, const std::string& body) {
    return office.as(office.north, Role::kSupport, "POST",
                     "/api/cases/" + std::to_string(office.north.dispute) + "/" + act, body);
  };
  // Nobody of the sister's is asked or handed a case.
  for (const std::string to : {"clerk.south", "tech.south", "nobody"}) {
    CHECK(own("ask", R"({"to":")" + to + R"(","text":"why?"})").status == 404);
    CHECK(own("assign", R"({"to":")" + to + R"("})").status == 404);
  }
  CHECK(own("ask", R"({"to":"tech.north","text":"why?"})").status == 200);
  CHECK(own("resolve", R"({"choice":"device","reason":"asked"})").status == 200);
}

TEST_CASE("bound: cases alike are settled within the organisation, and the sister's stay open") {
  BoundWorld office;
  const auto number = std::to_string(office.north.dispute);
  const auto alike =
      office.as(office.north, Role::kSupport, "GET", "/api/cases/" + number + "/alike");
  CHECK(alike.json["cases"].size() == 1);
  const auto settled =
      office.as(office.north, Role::kSupport, "POST", "/api/cases/" + number + "/resolve-alike",
                R"({"choice":"office","reason":"asked"})");
  CHECK(settled.json["settled"] == Json::array({office.north.dispute}));
  CHECK(settled.json["left"].empty());
  CHECK(must(office.world.store.find_case(office.south.dispute))->state == CaseState::kOpen);
}

TEST_CASE("bound: a parked set is repaired by head office, and discarded by whose it is") {
  BoundWorld office;
  const auto decide = [&](const Branch& branch, const std::string& body) {
    return office
        .as(office.north, Role::kSupport, "POST",
            "/api/cases/" + std::to_string(branch.trouble) + "/resolve", body)
        .status;
  };
  CHECK(decide(office.south, R"({"choice":"discard","reason":"test"})") == 404);
  CHECK(decide(office.north,
               R"({"choice":"repair","reason":"test","changes":[{"collection":"visit","id":)" +
                   quoted(office.north.visit.id) + R"(,"seen":1,"set":{"notes":"x"}}]})") == 403);
  CHECK(decide(office.north, R"({"choice":"discard","reason":"test"})") == 200);
}

TEST_CASE("bound: phones are enrolled and revoked within the organisation") {
  BoundWorld office;
  const auto enrol = [&](const std::string& actor) {
    return office
        .as(office.north, Role::kSupport, "POST", "/api/enrolments",
            R"({"actor":")" + actor + R"("})")
        .status;
  };
  office.put_account("boss", "admin", std::nullopt);
  CHECK(enrol("tech.north") == 201);
  for (const char* other : {"tech.south", "clerk.south", "boss", "nobody"})
    CHECK(enrol(other) == 404);
  const auto revoke = [&](const Branch& branch) {
    return office
        .as(office.north, Role::kSupport, "POST",
            "/api/devices/" + to_string(branch.phone->device) + "/revoke", R"({"kind":"leaver"})")
        .status;
  };
  CHECK(revoke(office.south) == 404);
  CHECK(revoke(office.north) == 200);
}

TEST_CASE("bound: an administrator binds accounts by id or code, never himself or another one") {
  BoundWorld office;
  const auto admin = office.token_of(Role::kAdmin);
  const auto make = [&](const std::string& actor, const std::string& role,
                        const std::string& organisation) {
    return office.send("POST", "/api/users", admin,
                       R"({"actor":")" + actor + R"(","role":")" + role +
                           R"(","password":"correct horse battery","organisation":)" +
                           organisation + "}");
  };
  const auto by_code = make("ada", "dispatcher", "\"north\"");
  CHECK(by_code.status == 201);
  CHECK(by_code.json["organisation"] == to_string(office.north.id));
  CHECK(make("bob", "viewer", quoted(office.north.outlet)).json["organisation"] ==
        to_string(office.north.outlet));
  CHECK(make("eve", "viewer", "\"nowhere\"").status == 404);
  CHECK(make("eve", "viewer", quoted(office.world.rng.draw<Uuid>())).status == 404);
  CHECK(make("eve", "admin", "\"north\"").status == 400);
  CHECK(office.send("POST", "/api/users/ada", admin, R"({"role":"admin"})").status == 400);

  const auto log_in = [&] {
    return office.send("POST", "/api/login", "",
                       R"({"user":"ada","password":"correct horse battery"})");
  };
  const auto in = log_in();
  CHECK(in.json["organisation"] == to_string(office.north.id));
  const std::string token = in.json["token"];
  CHECK(office.send("GET", "/api/records/visit", token).json["total"] == 1);
  // A change of place ends the session, like one of role.
  CHECK(office.send("POST", "/api/users/ada", admin, R"({"organisation":"south"})").status == 200);
  CHECK(office.send("GET", "/api/records/visit", token).status == 401);
  CHECK(office.send("POST", "/api/users/ada", admin, R"({"organisation":""})").status == 200);
  CHECK(office.send("GET", "/api/records/visit", log_in().json["token"]).json["total"] == 2);
  // Who is bound sees the accounts of his own place.
  const auto users = office.as(office.north, Role::kDispatcher, "GET", "/api/users");
  std::set<std::string> names;
  for (const auto& user : users.json["users"]) names.insert(user["actor"]);
  CHECK(names == std::set<std::string>{"bob", "clerk.north", "tech.north"});
}
