// SPDX-License-Identifier: Apache-2.0
// The rule desk by HTTP: a case becomes a candidate, is tried on the history, published, and judges
// what comes after.
#include "tests/unit/sync-server/api/office_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// A case that the office keeps settling for the device.
struct Dispute {
  OfficeWorld office;
  Pen li{office.world, "li"};
  RecordRef visit = office.world.visit();
  std::string admin = office.token_of(Role::kAdmin);

  Dispute() {
    dispute("paid");
    REQUIRE(office.world.open_cases().size() == 1);
  }
  // Both change the category without seeing each other.
  void dispute(const char* device) {
    const RecordRef other = office.world.visit();
    const auto made =
        office.world.office_create(other, {{"technician", text("li")}, {"category", text("free")}});
    office.world.office_edit(other, "category", text("contract"));
    li.edit(other, "category", text("free"), made.commit, text(device));
    li.sync();
    visit = other;
  }
  Told propose(const std::string& choice) {
    return office.send("GET", "/api/cases/1/rule?choice=" + choice, admin);
  }
  Told publish(const std::string& source, std::uint64_t replaces, const std::string& reason) {
    const Json body = {{"source", source}, {"reason", reason}, {"replaces", replaces}};
    return office.send("POST", "/api/rule-sets", admin, body.dump());
  }
};

}  // namespace

TEST_CASE("rule desk: a case becomes a rule, tried on the history and then published", "[rules]") {
  Dispute dispute;
  const auto proposed = dispute.propose("device");
  REQUIRE(proposed.status == 200);
  CHECK(proposed.json["proposed"] == "three_way(technician)");
  const std::string source = proposed.json["source"];

  const auto begun = dispute.office.send("POST", "/api/rehearsals", dispute.admin,
                                         Json{{"source", source}}.dump());
  REQUIRE(begun.status == 201);
  CHECK(begun.json["stands_against"].is_null());
  CHECK(begun.json["changes"].size() == 1);
  const auto told = dispute.office.send(
      "POST", "/api/rehearsals/" + begun.json["rehearsal"].get<std::string>(), dispute.admin, "{}");
  REQUIRE(told.status == 200);
  CHECK(told.json["finished"] == true);
  CHECK(told.json["total"]["cases_less"] == 1);
  CHECK(told.json["differences"][0]["field"] == "category");

  const auto published = dispute.publish(source, 1, "we always believe the man on the spot");
  REQUIRE(published.status == 201);
  CHECK(published.json["version"] == 2);
  dispute.dispute("paid");
  CHECK(dispute.office.world.open_cases().size() == 1);
  CHECK(dispute.office.world.value(dispute.visit, "category") == text("paid"));
  const auto sets = dispute.office.send("GET", "/api/rule-sets", dispute.admin);
  CHECK(sets.json["rule_sets"][0]["version"] == 2);
  CHECK(sets.json["rule_sets"][0]["in_force"] == true);
  const auto facts = dispute.office.send("GET", "/api/records/rule_set", dispute.admin);
  REQUIRE(facts.status == 200);
  CHECK(facts.json["records"][0]["values"]["reason"] == "we always believe the man on the spot");
}

TEST_CASE("rule desk: who did not see the set in force does not replace it", "[rules]") {
  Dispute dispute;
  const std::string first = dispute.propose("device").json["source"];
  const std::string second = dispute.propose("office").json["source"];
  CHECK(dispute.publish(first, 1, "one").status == 201);
  const auto late = dispute.publish(second, 1, "the other");
  CHECK(late.error() == "busy");
  CHECK(late.error_field() == "replaces");
  CHECK(dispute.publish(second, 2, "the other").error_field() == "version");
  CHECK(dispute.publish(first, 2, "again").error() == "already_exists");
}

TEST_CASE("rule desk: errors name the place, and only administrators publish", "[rules]") {
  Dispute dispute;
  const std::string source = dispute.propose("device").json["source"];
  CHECK(dispute.publish(source, 1, "").error_field() == "reason");
  CHECK(dispute.publish("{\n  \"daybook_schema\": 2}", 1, "x").error_field() == "source:2");
  const auto support = dispute.office.token_of(Role::kSupport);
  const Json body = {{"source", source}, {"reason", "x"}, {"replaces", 1}};
  CHECK(dispute.office.send("POST", "/api/rule-sets", support, body.dump()).status == 403);
  CHECK(dispute.office.send("POST", "/api/rehearsals", support, Json{{"source", source}}.dump())
            .status == 201);
  CHECK(dispute.office
            .send("POST", "/api/records/rule_set", dispute.admin,
                  R"({"set":{"version":9,"reason":"x"}})")
            .status == 403);
}
