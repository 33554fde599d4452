// SPDX-License-Identifier: Apache-2.0
// What people do once they are in: accounts, phones, records, history, cases.
#include "sync-server/views/html.hpp"
#include "tests/unit/sync-server/api/office_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

class SilentStream final : public http::LiveStream {
 public:
  void write(std::string_view) override {}
  void close() override { closed_ = true; }
  bool closed() const override { return closed_; }
  bool idle() const override { return true; }

 private:
  bool closed_ = false;
};

constexpr const char* kVisitId = "0190a5f2-7c1e-7abc-8def-001122334455";

std::string visit_path() { return std::string("/api/records/visit/") + kVisitId; }

// A visit of Zhang's, made through the API.
Told make_visit(OfficeWorld& office, const std::string& token) {
  return office.send(
      "POST", "/api/records/visit", token,
      std::string(R"({"id":")") + kVisitId +
          R"(","set":{"technician":"zhang","address":"长安街 1","notes":"first","meter":5}})");
}

}  // namespace

TEST_CASE("api: accounts are made, listed and changed, and never show a hash") {
  OfficeWorld office;
  const auto admin = office.token_of(Role::kAdmin);
  const auto made =
      office.send("POST", "/api/users", admin,
                  R"({"actor":"li","role":"support","password":"a long enough one"})");
  REQUIRE(made.status == 201);
  CHECK(made.json["has_password"] == true);
  CHECK(made.text.find("scrypt") == std::string::npos);
  CHECK(office.send("POST", "/api/users", admin, R"({"actor":"li","role":"support"})").status ==
        409);
  CHECK(office.send("POST", "/api/users", admin, R"({"actor":"wu","role":"king"})").error_field() ==
        "role");
  CHECK(office.send("POST", "/api/users", admin, R"({"actor":"a b","role":"viewer"})")
            .error_field() == "actor");
  CHECK(
      office
          .send("POST", "/api/users", admin, R"({"actor":"wu","role":"viewer","password":"short"})")
          .error_field() == "password");
  CHECK(office.send("POST", "/api/users", admin, R"({"actor":"wu","role":"technician"})")
            .json["has_password"] == false);
  CHECK(office.send("POST", "/api/users/li", admin, R"({"role":"viewer"})").json["role"] ==
        "viewer");
  CHECK(office.send("POST", "/api/users/nobody", admin, R"({"role":"viewer"})").status == 404);
  const auto list = office.send("GET", "/api/users", admin);
  CHECK(list.json["users"].size() == 2);
  CHECK(list.text.find("scrypt") == std::string::npos);
}

TEST_CASE("api: an enrolment code carries address, pin and code, for a known person only") {
  OfficeWorld office;
  office.add_account("zhang", "technician", "");
  const auto admin = office.token_of(Role::kAdmin);
  const auto made = office.send("POST", "/api/enrolments", admin, R"({"actor":"zhang"})");
  REQUIRE(made.status == 201);
  CHECK(made.json["code"].get<std::string>().find("daybook://enrol?u=") == 0);
  CHECK(office.send("POST", "/api/enrolments", admin, R"({"actor":"nobody"})").status == 404);
  CHECK(office.send("POST", "/api/enrolments", admin, "{}").error_field() == "actor");
}

TEST_CASE("api: a revoked phone loses token and stream at once") {
  for (const std::string kind : {"stolen", "leaver"}) {
    OfficeWorld office;
    Pen pen(office.world, "zhang");
    const auto row = must(office.world.store.find_device(pen.device));
    office.devices.open(*row);
    const auto stream = std::make_shared<SilentStream>();
    const auto line = std::make_shared<DeviceLine>(
        [](wire::SyncRequest, const DeviceLine::Succeed&, const DeviceLine::Fail&) {},
        [](const std::function<void()>& work) { work(); });
    line->speak_through(stream);
    office.hub.add(pen.device, {"shared"}, line);
    const auto support = office.token_of(Role::kSupport);
    const auto path = "/api/devices/" + to_string(pen.device) + "/revoke";
    CHECK(office.send("POST", path, support, R"({"kind":"lost"})").error_field() == "kind");
    CHECK_FALSE(stream->closed());
    const auto told = office.send("POST", path, support, R"({"kind":")" + kind + R"("})");
    REQUIRE(told.status == 200);
    CHECK(told.json["status"] == kind);
    CHECK(stream->closed());
    CHECK(must(office.world.store.find_device(pen.device))->status != DeviceStatus::kActive);
  }
}

TEST_CASE("api: phones show what they last announced as unsent") {
  OfficeWorld office;
  Pen pen(office.world, "zhang");
  // Written and not sent: the phone is ahead of what the server holds.
  pen.create(office.world.visit(), {{"technician", text("zhang")}});
  auto request = pen.request();
  request.unsent = {3, 4096, 1, 1'789'000'000'000};
  pen.send(request);
  const auto told = office.send("GET", "/api/devices", office.token_of(Role::kDispatcher));
  REQUIRE(told.status == 200);
  const auto& contact = told.json["devices"][0]["contact"];
  CHECK(contact["unsent_sets"] == 3);
  CHECK(contact["unsent_attachments"] == 1);
  CHECK(contact["oldest_unsent_ms"] == 1'789'000'000'000);
}

TEST_CASE("api: a record is made, shown with who wrote each field, and listed in pages") {
  OfficeWorld office;
  const auto token = office.token_of(Role::kDispatcher);
  const auto made = make_visit(office, token);
  REQUIRE(made.status == 201);
  CHECK(made.json["receipt"]["verdict"] == "accepted");
  const auto shown = office.send("GET", visit_path(), token);
  CHECK(shown.json["values"]["address"] == "长安街 1");
  CHECK(shown.json["fields"]["address"]["by"] == "dispatcher");
  CHECK(shown.json["fields"]["address"]["from"] == "office");
  for (int i = 0; i < 4; ++i)
    CHECK(office.send("POST", "/api/records/part", token, R"({"set":{"name":"bolt"}})").status ==
          201);
  std::set<std::string> seen;
  std::string after;
  do {
    const auto page = office.send(
        "GET", "/api/records/part?limit=3" + (after.empty() ? "" : "&after=" + after), token);
    REQUIRE(page.status == 200);
    for (const auto& record : page.json["records"]) seen.insert(record["id"].get<std::string>());
    after = page.json["next"].is_null() ? "" : page.json["next"].get<std::string>();
  } while (!after.empty());
  CHECK(seen.size() == 4);
  CHECK(office.send("GET", "/api/records/nothing", token).status == 404);
  CHECK(office.send("GET", "/api/records/visit/not-an-id", token).error_field() == "id");
  CHECK(office.send("GET", "/api/records/part?limit=0", token).error_field() == "limit");
}

TEST_CASE("api: an edit says what was seen, and one key acts once") {
  OfficeWorld office;
  const auto token = office.token_of(Role::kDispatcher);
  const auto made = make_visit(office, token);
  const auto version = made.json["record"]["version"].get<std::int64_t>();
  const std::string body =
      R"({"seen":)" + std::to_string(version) + R"(,"set":{"address":"second street"}})";
  const std::string key = "0190a5f2-7c1e-7abc-8def-0011223344aa";
  const auto first = office.send_with_key("PATCH", visit_path(), token, body, key);
  REQUIRE(first.status == 200);
  CHECK(first.json["record"]["values"]["address"] == "second street");
  const auto head = office.world.version();
  const auto again = office.send_with_key("PATCH", visit_path(), token, body, key);
  CHECK(again.status == 200);
  CHECK(again.json["receipt"] == first.json["receipt"]);
  CHECK(office.world.version() == head);
  const std::string other =
      R"({"seen":)" + std::to_string(version) + R"(,"set":{"address":"third"}})";
  CHECK(office.send_with_key("PATCH", visit_path(), token, other, key).status == 409);
  CHECK(office.send("PATCH", visit_path(), token, R"({"seen":99999,"set":{"address":"x"}})")
            .error_field() == "seen");
  CHECK(office.send("PATCH", visit_path(), token, R"({"set":{"address":"x"}})").error_field() ==
        "seen");
  CHECK(office.send("PATCH", visit_path(), token, R"({"seen":1,"set":{"adress":"x"}})")
            .error_field() == "set.adress");
  CHECK(office.send("PATCH", visit_path(), token, R"({"seen":1,"set":{"meter":1.5}})")
            .error_field() == "set.meter");
  CHECK(office.send("PATCH", visit_path(), token, R"({"seen":1,"set":{}})").error_field() == "set");
}

TEST_CASE("api: the history of a field tells who, when, what was seen and what came of it") {
  OfficeWorld office;
  const auto token = office.token_of(Role::kDispatcher);
  make_visit(office, token);
  Pen pen(office.world, "zhang");
  const RecordRef visit{"visit", *uuid_from(kVisitId)};
  const auto base = office.world.version();
  office.world.office_edit(visit, "notes", text("office words"));
  pen.edit(visit, "notes", text("first"), base, text("first, and the phone's"));
  REQUIRE(pen.sync().push == wire::PushStatus::kStored);
  const auto told = office.send("GET", visit_path() + "/history/notes", token);
  REQUIRE(told.status == 200);
  REQUIRE(told.json["history"].size() == 3);
  const auto& newest = told.json["history"][0];
  CHECK(newest["by"] == "zhang");
  CHECK(newest["from"] == "device");
  CHECK(newest["device"] == to_string(pen.device));
  CHECK(newest["at"]["measured"].is_boolean());
  CHECK(newest["received_ms"].is_number_integer());
  CHECK(newest["fields"][0]["old"] == "first");
  CHECK(newest["fields"][0]["new"] == "first, and the phone's");
  CHECK(newest["fields"][0]["outcome"] == "merged");
  CHECK(newest["fields"][0]["rule"] == "keep_both");
  const auto whole = office.send("GET", visit_path() + "/history", token);
  CHECK(whole.json["history"].size() == 3);
  CHECK(office.send("GET", visit_path() + "/history/nothing", token).status == 400);
  const auto set = office.send("GET", "/api/sets/" + newest["set"].get<std::string>(), token);
  REQUIRE(set.status == 200);
  CHECK(set.json["receipts"][0]["verdict"] == "merged");
  CHECK(set.json["body"]["changes"][0]["edits"][0]["field"] == "notes");
}

TEST_CASE("api: a case shows three sides and is settled once, with a reason") {
  OfficeWorld office;
  const auto dispatcher = office.token_of(Role::kDispatcher);
  const auto support = office.token_of(Role::kSupport);
  make_visit(office, dispatcher);
  const RecordRef visit{"visit", *uuid_from(kVisitId)};
  Pen pen(office.world, "zhang");
  office.world.office_edit(visit, "category", text("paid"));
  const auto base = office.world.version();
  office.world.office_edit(visit, "category", text("contract"));
  pen.edit(visit, "category", text("paid"), base, text("free"));
  pen.sync();
  const auto list = office.send("GET", "/api/cases?state=open", support);
  REQUIRE(list.json["cases"].size() == 1);
  const auto number = std::to_string(list.json["cases"][0]["number"].get<int>());
  const auto shown = office.send("GET", "/api/cases/" + number, support);
  CHECK(shown.json["base"] == "paid");
  CHECK(shown.json["office"] == "contract");
  CHECK(shown.json["device"] == "free");
  CHECK(shown.json["in_force"] == "contract");
  CHECK(shown.json["choices"].size() == 5);
  const auto path = "/api/cases/" + number + "/resolve";
  CHECK(office.send("POST", path, dispatcher, R"({"choice":"device","reason":"x"})").status == 403);
  CHECK(office.send("POST", path, support, R"({"choice":"device"})").error_field() == "reason");
  CHECK(office.send("POST", path, support, R"({"choice":"value","reason":"x"})").error_field() ==
        "value");
  CHECK(office.send("POST", path, support, R"({"choice":"nonsense","reason":"x"})").error_field() ==
        "choice");
  const auto settled =
      office.send("POST", path, support, R"({"choice":"device","reason":"the customer says so"})");
  REQUIRE(settled.status == 200);
  CHECK(settled.json["state"] == "decided");
  CHECK(office.world.value(visit, "category") == text("free"));
  CHECK(office.send("POST", path, support, R"({"choice":"office","reason":"no"})").status == 409);
  CHECK(office.send("GET", "/api/cases?state=open", support).json["cases"].empty());
  CHECK(office.send("GET", "/api/cases/999", support).status == 404);
  CHECK(office.send("GET", "/api/cases?state=odd", support).error_field() == "state");
}

TEST_CASE("api: parked sets are listed with their reason") {
  OfficeWorld office;
  Pen pen(office.world, "zhang");
  const RecordRef nowhere{"visit", office.world.rng.draw<Uuid>()};
  pen.edit(nowhere, "cause", std::nullopt, 0, text("fuse"));
  pen.sync();
  const auto told = office.send("GET", "/api/parked", office.token_of(Role::kSupport));
  REQUIRE(told.status == 200);
  REQUIRE(told.json["parked"].size() == 1);
  CHECK(told.json["parked"][0]["by"] == "zhang");
  CHECK_FALSE(told.json["parked"][0]["reason"].get<std::string>().empty());
}

TEST_CASE("api: a backup is registered when its copy is proved, and forgotten when people say so") {
  OfficeWorld office;
  const auto admin = office.token_of(Role::kAdmin);
  const auto taken = office.send("POST", "/api/backups", admin, "{}");
  REQUIRE(taken.status == 201);
  const auto id = taken.json["id"].get<std::string>();
  CHECK(must(office.world.store.list_backups()).size() == 1);
  CHECK(office.send("GET", "/api/backups", admin).json["backups"][0]["id"] == id);
  CHECK(office.send("DELETE", "/api/backups/" + id, admin).status == 200);
  CHECK(must(office.world.store.list_backups()).empty());
  CHECK(office.send("DELETE", "/api/backups/" + id, admin).status == 404);
}

TEST_CASE("api: the status names head, epoch and counts") {
  OfficeWorld office;
  make_visit(office, office.token_of(Role::kDispatcher));
  const auto told = office.send("GET", "/api/status", office.token_of(Role::kTechnician));
  REQUIRE(told.status == 200);
  CHECK(told.json["version"] == 1);
  CHECK(told.json["records"]["visit"] == 1);
  CHECK(told.json["careful"] == false);
}

TEST_CASE("api: a page of a visit that is not there is a page that says so") {
  OfficeWorld office;
  const auto link = office.sessions.make_open_link({"ada", Role::kViewer});
  const auto cookie = must(office.sessions.use_open_link(link.text)).text;
  const auto told = office.page(std::string("/visits/") + kVisitId, cookie);
  CHECK(told.status == 404);
  CHECK(told.text.find("<!doctype html>") == 0);
  CHECK(office.send("GET", "/visits").status == 401);
  CHECK(office.send("GET", "/daybook.css").status == 200);
}
