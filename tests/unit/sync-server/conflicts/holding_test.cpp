// SPDX-License-Identifier: Apache-2.0
// Who has a case in hand, and what was asked about it: one wins, the other is told who.
#include "tests/unit/sync-server/conflicts/disputed.hpp"

using namespace daybook;
using namespace daybook::test;

TEST_CASE("desk: of two who claim a case one has it, and the other is told who", "[conflicts]") {
  Disputed disputed;
  const auto mine = must(disputed.at_desk([&](Desk& d) { return d.claim(disputed.act("chen")); }));
  CHECK(mine.holder == "chen");
  const auto second = disputed.at_desk([&](Desk& d) { return d.claim(disputed.act("wu")); });
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().code == Errc::kBusy);
  CHECK(second.error().detail == "held by chen");
  CHECK(disputed.now().holder == "chen");
  CHECK(disputed.history() == Lines{"opened", "claimed chen"});
}

TEST_CASE("desk: nobody decides, asks or undoes on a case that somebody else has", "[conflicts]") {
  Disputed disputed;
  must(disputed.at_desk([&](Desk& d) { return d.claim(disputed.act("chen")); }));
  CHECK(disputed.decide(disputed.decision("device")).error().detail == "held by chen");
  const auto asked =
      disputed.at_desk([&](Desk& d) { return d.ask(disputed.act("wu", "when?", "chen")); });
  CHECK(asked.error().detail == "held by chen");
  CHECK(disputed.world.value(disputed.visit, "category") == text("office"));
  auto own = disputed.decision("device");
  own.by = "chen";
  must(disputed.decide(own));
  const auto undone = disputed.at_desk([&](Desk& d) { return d.undo(disputed.act("wu", "no")); });
  CHECK(undone.error().detail == "held by chen");
}

TEST_CASE("desk: a case is handed over, and given back", "[conflicts]") {
  Disputed disputed;
  must(disputed.at_desk([&](Desk& d) { return d.claim(disputed.act("chen")); }));
  must(disputed.at_desk([&](Desk& d) { return d.assign(disputed.act("support", "", "wu")); }));
  CHECK(disputed.now().holder == "wu");
  CHECK(disputed.now().events.back().to == "wu");
  must(disputed.at_desk([&](Desk& d) { return d.assign(disputed.act("wu")); }));
  CHECK(disputed.now().holder.empty());
  const auto nobody =
      disputed.at_desk([&](Desk& d) { return d.assign(disputed.act("wu", "", "stranger")); });
  CHECK(nobody.error().field == "to");
  CHECK(disputed.history() == Lines{"opened", "claimed chen", "assigned support", "assigned wu"});
}

TEST_CASE("desk: a question waits for its answer, and both stay with the case", "[conflicts]") {
  Disputed disputed;
  CHECK(disputed.at_desk([&](Desk& d) { return d.answer(disputed.act("li", "ten")); })
            .error()
            .detail == "nothing was asked");
  must(disputed.at_desk([&](Desk& d) { return d.ask(disputed.act("chen", "几点？", "li")); }));
  auto asked = disputed.now();
  REQUIRE(open_question(asked) != nullptr);
  CHECK(open_question(asked)->to == "li");
  CHECK(open_question(asked)->text == "几点？");
  must(disputed.at_desk([&](Desk& d) { return d.answer(disputed.act("wu", "十点")); }));
  asked = disputed.now();
  CHECK(open_question(asked) == nullptr);
  CHECK(disputed.history() == Lines{"opened", "asked chen", "answered wu"});
  CHECK(disputed.at_desk([&](Desk& d) { return d.ask(disputed.act("chen", "", "li")); })
            .error()
            .field == "text");
}

TEST_CASE("desk: each act happens once under its id, and an id is good for one act",
          "[conflicts]") {
  Disputed disputed;
  const auto claim = disputed.act("chen");
  const auto ask = disputed.act("chen", "when?", "li");
  for (int i = 0; i < 2; ++i) {
    must(disputed.at_desk([&](Desk& d) { return d.claim(claim); }));
    must(disputed.at_desk([&](Desk& d) { return d.ask(ask); }));
  }
  CHECK(disputed.history() == Lines{"opened", "claimed chen", "asked chen"});
  auto other = ask;
  other.text = "where?";
  CHECK(disputed.at_desk([&](Desk& d) { return d.ask(other); }).error().code ==
        Errc::kAlreadyExists);
  auto decision = disputed.decision("device");
  decision.by = "chen";
  decision.act = disputed.new_act();
  const auto before = disputed.world.version();
  must(disputed.decide(decision));
  must(disputed.decide(decision));
  CHECK(disputed.world.version() == before + 2);  // and the word to the phone
  decision.choice = "office";
  CHECK(disputed.decide(decision).error().field == "id");
}

TEST_CASE("desk: what is settled is neither claimed nor asked about", "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("office")));
  for (const auto& tried :
       {disputed.at_desk([&](Desk& d) { return d.claim(disputed.act("chen")); }),
        disputed.at_desk([&](Desk& d) { return d.assign(disputed.act("chen", "", "wu")); }),
        disputed.at_desk([&](Desk& d) { return d.ask(disputed.act("chen", "when?", "li")); })}) {
    REQUIRE_FALSE(tried.ok());
    CHECK(tried.error().detail == "settled by support (office)");
  }
}
