// SPDX-License-Identifier: Apache-2.0
// A decided case is closed once every device concerned has the decision, and not before.
#include "sync-server/conflicts/closing.hpp"

#include "tests/unit/sync-server/conflicts/disputed.hpp"

using namespace daybook;
using namespace daybook::test;

TEST_CASE("closing: a case closes when the phone has acknowledged the decision", "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("device")));
  CHECK(disputed.now().state == CaseState::kDecided);
  disputed.li.sync();  // the page is on its way; whether it arrived, the next contact tells
  CHECK(disputed.now().state == CaseState::kDecided);
  disputed.world.clock.advance(5'000);
  disputed.li.sync();
  CHECK(disputed.now().state == CaseState::kClosed);
  CHECK(disputed.history() == Lines{"opened", "resolved support", "closed"});
  CHECK(disputed.now().events.back().at_ms == disputed.world.clock.wall_ms());
  CHECK(must(disputed.world.store.case_waits_for(disputed.conflict.number)).empty());
}

TEST_CASE("closing: every phone in whose scopes the record is has to have it", "[conflicts]") {
  Disputed disputed;
  Pen second(disputed.world, "li");  // the same technician's other phone
  Pen stranger(disputed.world, "wang");
  must(disputed.decide(disputed.decision("device")));
  CHECK(must(disputed.world.store.case_waits_for(disputed.conflict.number)).size() == 2);
  for (int i = 0; i < 2; ++i) disputed.li.sync();
  CHECK(disputed.now().state == CaseState::kDecided);
  stranger.sync();
  for (int i = 0; i < 2; ++i) second.sync();
  CHECK(disputed.now().state == CaseState::kClosed);
}

TEST_CASE("closing: the phone that the case is about has to have it, reassigned or not",
          "[conflicts]") {
  Disputed disputed;
  disputed.world.office_edit(disputed.visit, "technician", text("wang"));
  must(disputed.decide(disputed.decision("device")));
  CHECK(disputed.now().state == CaseState::kDecided);
  for (int i = 0; i < 2; ++i) disputed.li.sync();
  CHECK(disputed.now().state == CaseState::kClosed);
}

TEST_CASE("closing: a phone whose rights are gone is not waited for", "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("device")));
  disputed.world.within([&] {
    auto device = *must(disputed.world.store.find_device(disputed.li.device));
    device.status = DeviceStatus::kStolen;
    must(disputed.world.store.put_device(device));
    must(device_is_gone(disputed.world.store, device.device, 0));
    return 0;
  });
  CHECK(disputed.now().state == CaseState::kClosed);
  // Nor for a case that is decided afterwards.
  must(disputed.at_desk([&](Desk& d) { return d.undo(disputed.act("chen", "wrong")); }));
  must(disputed.decide(disputed.decision("base")));
  CHECK(disputed.now().state == CaseState::kClosed);
}

TEST_CASE("closing: an undone decision is waited for by nobody", "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("device")));
  must(disputed.at_desk([&](Desk& d) { return d.undo(disputed.act("chen", "wrong")); }));
  CHECK(must(disputed.world.store.case_waits_for(disputed.conflict.number)).empty());
  for (int i = 0; i < 2; ++i) disputed.li.sync();
  CHECK(disputed.now().state == CaseState::kOpen);
}

TEST_CASE("closing: a closed case is undone too, and waits for its phones again", "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("device")));
  for (int i = 0; i < 2; ++i) disputed.li.sync();
  REQUIRE(disputed.now().state == CaseState::kClosed);
  must(disputed.at_desk([&](Desk& d) { return d.undo(disputed.act("chen", "wrong")); }));
  must(disputed.decide(disputed.decision("base")));
  CHECK(disputed.now().state == CaseState::kDecided);
  for (int i = 0; i < 2; ++i) disputed.li.sync();
  CHECK(disputed.now().state == CaseState::kClosed);
}

TEST_CASE("closing: deadlines put the overdue first", "[conflicts]") {
  Disputed disputed;
  CHECK(disputed.conflict.severity == Severity::kNormal);
  CHECK(disputed.conflict.due_ms == disputed.conflict.opened_ms + 72 * 3'600'000);
  CHECK(disputed.conflict.rules_version == disputed.world.schema.version);
  const auto base = disputed.world.office_edit(disputed.visit, "fee", number(1)).commit;
  disputed.world.office_edit(disputed.visit, "fee", number(2));
  disputed.li.edit(disputed.visit, "fee", number(1), base, number(3));
  disputed.li.sync();
  const auto cases =
      must(disputed.world.store.find_cases({CaseState::kOpen, {}, {}, {}, {}}, {}, 9));
  REQUIRE(cases.size() == 2);
  CHECK(cases[0].field == "fee");  // high: 24 hours
  CHECK(cases[1].field == "category");
}
