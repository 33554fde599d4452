// SPDX-License-Identifier: Apache-2.0
// Signed and paid work: a decision is proposed, and becomes a change set when a second person
// approves.
#include "tests/unit/sync-server/conflicts/disputed.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Paid : Disputed {
  Paid() : Disputed("fee", number(100), number(120), number(90)) {}
  Value fee() { return world.value(visit, "fee"); }
  Result<ConflictCase> approve(const char* by, const std::string& choice = {}) {
    return at_desk([&](Desk& desk) { return desk.approve(act(by), choice); });
  }
};

}  // namespace

TEST_CASE("four eyes: a decision on paid work waits for a second person", "[conflicts]") {
  Paid paid;
  const auto head = paid.world.version();
  const auto proposed = must(paid.decide(paid.decision("device")));
  CHECK(proposed.state == CaseState::kOpen);
  REQUIRE(waiting_proposal(proposed) != nullptr);
  CHECK(waiting_proposal(proposed)->value == number(120));
  CHECK(paid.world.version() == head);  // nothing is in the book
  CHECK(paid.fee() == number(100));
  const auto own = paid.approve("support");
  CHECK(own.error().code == Errc::kForbidden);
  const auto settled = must(paid.approve("chen", "device"));
  CHECK(settled.state == CaseState::kDecided);
  CHECK(settled.resolved_by == "support");
  CHECK(settled.reason == "asked the customer");
  CHECK(paid.fee() == number(120));
  CHECK(must(paid.world.store.find_commit(settled.resolved))->actor == "support");
  CHECK(paid.history() == Lines{"opened", "proposed support", "approved chen", "resolved support"});
}

TEST_CASE("four eyes: a proposal is declined with a reason, and another is made", "[conflicts]") {
  Paid paid;
  must(paid.decide(paid.decision("device")));
  const auto second = paid.decide(paid.decision("office"));
  CHECK(second.error().code == Errc::kBusy);
  CHECK(paid.at_desk([&](Desk& d) { return d.decline(paid.act("chen")); }).error().field ==
        "reason");
  must(paid.at_desk([&](Desk& d) { return d.decline(paid.act("chen", "not signed")); }));
  CHECK(paid.approve("chen").error().detail == "nothing waits for a second person");
  must(paid.decide(paid.decision("office")));
  CHECK(paid.approve("chen", "device").error().code == Errc::kBusy);  // read something else
  must(paid.approve("chen", "office"));
  CHECK(paid.fee() == number(100));
}

TEST_CASE("four eyes: what the phone sent after the proposal was not approved", "[conflicts]") {
  Paid paid;
  must(paid.decide(paid.decision("device")));
  paid.li.edit(paid.visit, "fee", number(120), 1, number(999));
  paid.li.sync();
  REQUIRE(paid.now().device_value == number(999));
  CHECK(paid.approve("chen").error().code == Errc::kBusy);
  CHECK(paid.fee() == number(100));
}

TEST_CASE("four eyes: to undo takes two as well", "[conflicts]") {
  Paid paid;
  must(paid.decide(paid.decision("device")));
  must(paid.approve("chen"));
  const auto undo = paid.act("chen", "he paid 100");
  const auto proposed = must(paid.at_desk([&](Desk& d) { return d.undo(undo); }));
  CHECK(proposed.state == CaseState::kDecided);
  CHECK(paid.fee() == number(120));
  CHECK(must(paid.at_desk([&](Desk& d) { return d.undo(undo); })).events.size() ==
        proposed.events.size());
  CHECK(paid.approve("chen").error().code == Errc::kForbidden);
  const auto undone = must(paid.approve("wu", "undo"));
  CHECK(undone.state == CaseState::kOpen);
  CHECK(paid.fee() == number(100));
}

TEST_CASE("four eyes: an approval happens once under its id", "[conflicts]") {
  Paid paid;
  must(paid.decide(paid.decision("device")));
  const auto act = paid.act("chen");
  must(paid.at_desk([&](Desk& d) { return d.approve(act); }));
  const auto head = paid.world.version();
  CHECK(must(paid.at_desk([&](Desk& d) { return d.approve(act); })).state == CaseState::kDecided);
  CHECK(paid.world.version() == head);
}
