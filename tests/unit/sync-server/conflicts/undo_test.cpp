// SPDX-License-Identifier: Apache-2.0
// Undo. Law: undo(resolve(case)) is the case again, but for its longer history; the value that
// stood before stands again, as a change set of its own.
#include "tests/unit/sync-server/conflicts/disputed.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

ConflictCase without_history(ConflictCase conflict) {
  conflict.events.clear();
  return conflict;
}

}  // namespace

TEST_CASE("desk: undo puts back what stood before and opens the case again with its values",
          "[conflicts]") {
  for (const char* choice : {"base", "office", "device", "both", "value"}) {
    Disputed disputed;
    const auto before = disputed.now();
    const auto stood = disputed.world.value(disputed.visit, "category");
    auto decision = disputed.decision(choice);
    decision.value = text("a third");
    must(disputed.decide(decision));
    must(disputed.at_desk([&](Desk& d) { return d.undo(disputed.act("chen", "wrong visit")); }));
    CHECK(without_history(disputed.now()) == without_history(before));
    CHECK(disputed.world.value(disputed.visit, "category") == stood);
    CHECK(disputed.history() == Lines{"opened", "resolved support", "undone chen"});
    CHECK(disputed.world.open_cases().size() == 1);
    // And it can be decided anew.
    must(disputed.decide(disputed.decision("device")));
    CHECK(disputed.world.value(disputed.visit, "category") == text("device"));
  }
}

TEST_CASE("desk: undo is a commit of its own, with its reason, and reaches the phone",
          "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("device")));
  disputed.li.sync();
  const auto head = disputed.world.version();
  const auto undone =
      must(disputed.at_desk([&](Desk& d) { return d.undo(disputed.act("chen", "wrong visit")); }));
  CHECK(disputed.world.version() == head + 2);  // and the word to the phone
  CHECK(undone.events.back().commit == head + 1);
  CHECK(undone.events.back().text == "wrong visit");
  const auto page = *disputed.li.sync().page;
  REQUIRE(page.entries.size() == 1);
  CHECK(page.entries[0].row_version == head + 1);
}

TEST_CASE("desk: undo needs a reason and a decision, and happens once", "[conflicts]") {
  Disputed disputed;
  const auto undo = disputed.act("chen", "wrong visit");
  CHECK(disputed.at_desk([&](Desk& d) { return d.undo(undo); }).error().detail ==
        "it is open: nothing was decided");
  must(disputed.decide(disputed.decision("device")));
  CHECK(disputed.at_desk([&](Desk& d) { return d.undo(disputed.act("chen")); }).error().field ==
        "reason");
  must(disputed.at_desk([&](Desk& d) { return d.undo(undo); }));
  const auto head = disputed.world.version();
  must(disputed.at_desk([&](Desk& d) { return d.undo(undo); }));
  CHECK(disputed.world.version() == head);
}

TEST_CASE("desk: what somebody wrote after the decision is not undone with it", "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("device")));
  disputed.world.office_edit(disputed.visit, "category", text("newer"));
  const auto undone =
      disputed.at_desk([&](Desk& d) { return d.undo(disputed.act("chen", "wrong")); });
  CHECK(undone.error().code == Errc::kBusy);
  CHECK(disputed.world.value(disputed.visit, "category") == text("newer"));
  CHECK(disputed.now().state == CaseState::kDecided);
}

TEST_CASE("desk: nor when the same value was written again by somebody else", "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("device")));
  disputed.world.office_edit(disputed.visit, "category", text("newer"));
  disputed.world.office_edit(disputed.visit, "category", text("device"));
  CHECK(disputed.at_desk([&](Desk& d) { return d.undo(disputed.act("chen", "wrong")); })
            .error()
            .code == Errc::kBusy);
}

TEST_CASE("desk: a case that a later set opened about the same is decided, not doubled",
          "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("office")));
  disputed.world.office_edit(disputed.visit, "category", text("office 2"));
  disputed.li.edit(disputed.visit, "category", text("device"), 1, text("device 2"));
  disputed.li.sync();
  REQUIRE(disputed.world.open_cases().size() == 1);
  REQUIRE(disputed.world.open_cases()[0].number != disputed.conflict.number);
  const auto undone =
      disputed.at_desk([&](Desk& d) { return d.undo(disputed.act("chen", "wrong")); });
  CHECK(undone.error().code == Errc::kBusy);
  CHECK(disputed.world.open_cases().size() == 1);
}

TEST_CASE("desk: a case about a phone is opened again without a trace in the book", "[conflicts]") {
  ServerWorld world;
  Pen li{world, "li"};
  ConflictCase conflict;
  conflict.number = 1;
  conflict.kind = CaseKind::kDeviceForked;
  conflict.device = li.device;
  world.within([&] { return must(world.store.put_case(conflict)), 0; });
  const auto settled = world.resolve(1, "confirm");
  CHECK(settled.state == CaseState::kClosed);  // there is nothing to get
  const auto head = world.version();
  const auto undone = world.within([&] {
    return must(world.desk->undo({1, "chen", "", "it is a clone", {}}));
  });
  CHECK(undone.state == CaseState::kOpen);
  CHECK(world.version() == head);
}
