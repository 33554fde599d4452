// SPDX-License-Identifier: Apache-2.0
// Photos that went with a phone: one case a visit, with the list, until they are here or somebody
// says why the paper does without.
#include "sync-server/conflicts/evidence_lost.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "sync-server/conflicts/desk.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct LostPhone {
  ServerWorld world;
  Pen li{world, "li"}, second{world, "li"};
  RecordRef visit = world.visit(), other = world.visit();

  LostPhone() {
    for (const auto& one : {visit, other}) world.office_create(one, {{"technician", text("li")}});
    li.sync();
    second.sync();
  }
  static Digest digest_of(const char* photo) { return sha256(view_of(photo)); }
  void promise(Pen& pen, const RecordRef& record, std::initializer_list<const char*> photos) {
    Body body = pen.blank();
    for (const char* photo : photos)
      body.attachments.push_back(
          {digest_of(photo), std::string_view(photo).size(), "image/jpeg", "evidence", record});
    pen.write(std::move(body));
    pen.sync();
  }
  void revoke(const Pen& pen, DeviceStatus status = DeviceStatus::kStolen) {
    world.within([&] {
      auto row = *must(world.store.find_device(pen.device));
      row.status = status;
      must(world.store.put_device(row));
      must(evidence_went_with(world.store, world.schema, row, world.clock.wall_ms()));
      return 0;
    });
  }
  void comes(const char* photo) {
    world.within([&] {
      ContentRow content;
      content.digest = digest_of(photo);
      must(world.store.put_content(content));
      must(evidence_came(world.store, content.digest, world.clock.wall_ms()));
      return 0;
    });
  }
  std::vector<ConflictCase> cases() { return world.open_cases(); }
  static bool names(const ConflictCase& conflict, const char* photo) {
    for (const auto& line : conflict.device_value->as_list()) {
      if (line.as_text().ends_with(to_hex(digest_of(photo).view()))) return true;
    }
    return false;
  }
};

}  // namespace

TEST_CASE("evidence lost: one case a visit names what went with the phone, and nothing else",
          "[conflicts]") {
  LostPhone phone;
  phone.promise(phone.li, phone.visit, {"front", "plate", "brought"});
  phone.promise(phone.li, phone.visit, {"back"});
  phone.promise(phone.li, phone.other, {"door"});
  phone.promise(phone.second, phone.visit, {"plate", "of the second"});
  phone.comes("brought");
  CHECK(phone.cases().empty());
  phone.revoke(phone.li);
  const auto cases = phone.cases();
  REQUIRE(cases.size() == 2);
  const auto& first = cases[0].record == phone.visit ? cases[0] : cases[1];
  const auto& other = cases[0].record == phone.visit ? cases[1] : cases[0];
  CHECK(first.kind == CaseKind::kEvidenceLost);
  CHECK(first.severity == Severity::kHigh);
  CHECK(first.device_actor == "li");
  CHECK(first.trail.size() == 2);
  CHECK(first.device_value->as_list().size() == 2);
  CHECK((LostPhone::names(first, "front") && LostPhone::names(first, "back")));
  CHECK(other.record == phone.other);
  CHECK(LostPhone::names(other, "door"));
  // Declared twice, it is the same case; the second phone's go there too.
  phone.revoke(phone.li);
  phone.revoke(phone.second, DeviceStatus::kLeaver);
  REQUIRE(phone.cases().size() == 2);
  const auto again = *must(phone.world.store.find_case(first.number));
  CHECK(again.device_value->as_list().size() == 4);
  CHECK(LostPhone::names(again, "plate"));
  CHECK(LostPhone::names(again, "of the second"));
}

TEST_CASE("evidence lost: what comes after all closes the case by itself", "[conflicts]") {
  LostPhone phone;
  phone.promise(phone.li, phone.visit, {"front", "plate"});
  phone.revoke(phone.li);
  REQUIRE(phone.cases().size() == 1);
  const auto number = phone.cases()[0].number;
  phone.comes("front");
  REQUIRE(phone.cases().size() == 1);
  CHECK_FALSE(LostPhone::names(phone.cases()[0], "front"));
  CHECK(LostPhone::names(phone.cases()[0], "plate"));
  phone.comes("something else");
  CHECK(phone.cases().size() == 1);
  phone.comes("plate");
  CHECK(phone.cases().empty());
  const auto closed = *must(phone.world.store.find_case(number));
  CHECK(closed.state == CaseState::kClosed);
  CHECK(closed.resolved_by == "daybook");
  CHECK(closed.choice == "arrived");
}

TEST_CASE("evidence lost: a person settles it with a reason, and only so", "[conflicts]") {
  LostPhone phone;
  phone.promise(phone.li, phone.visit, {"front"});
  phone.revoke(phone.li);
  REQUIRE(phone.cases().size() == 1);
  auto& world = phone.world;
  const auto settle = [&](const char* reason) {
    return world.within([&] {
      Desk desk(*world.office, world.core->ingest(), world.store, world.schema, world.clock);
      return desk.resolve({phone.cases()[0].number, "chen", "confirm", std::nullopt, reason});
    });
  };
  CHECK(settle("").error().field == "reason");
  const auto settled = must(settle("the old part lies in the warehouse"));
  CHECK(settled.state == CaseState::kDecided);  // his other phone is told, as of every decision
  CHECK(settled.resolved_by == "chen");
  CHECK(phone.cases().empty());
}

TEST_CASE("evidence lost: a phone that brought everything opens nothing", "[conflicts]") {
  LostPhone phone;
  phone.promise(phone.li, phone.visit, {"front"});
  phone.comes("front");
  phone.revoke(phone.li);
  CHECK(phone.cases().empty());
}
