// SPDX-License-Identifier: Apache-2.0
// Repair and discard of parked sets, with what builds upon them.
#include "tests/unit/sync-server/conflicts/disputed.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// A set that names a customer who does not exist; one that builds upon its category; one upon that.
struct Broken {
  ServerWorld world;
  Pen li{world, "li"};
  RecordRef visit = world.visit();
  SetId bad, second, third, apart;
  RecordRef other = world.visit();

  Broken() {
    const auto made =
        world.office_create(visit, {{"technician", text("li")}, {"category", text("a")}});
    world.office_create(other, {{"technician", text("li")}, {"category", text("a")}});
    li.sync();
    Body body = li.blank();
    Change change;
    change.record = visit;
    change.kind = Change::Kind::kEdit;
    const Base base{must(world.store.head()).epoch, made.commit};
    change.edits.push_back({"category", text("a"), base, text("b")});
    change.edits.push_back({"customer", std::nullopt, base, id_value(world.rng.draw<Uuid>())});
    body.changes.push_back(std::move(change));
    bad = li.write(std::move(body));
    second = li.edit(visit, "category", text("b"), made.commit, text("c"));
    third = li.edit(visit, "category", text("c"), made.commit, text("d"));
    apart = li.edit(other, "category", text("a"), made.commit + 1, text("z"));
    li.sync();
    REQUIRE(verdict(bad) == Verdict::kParked);
    REQUIRE(verdict(second) == Verdict::kParked);
    REQUIRE(verdict(third) == Verdict::kParked);
    REQUIRE(verdict(apart) == Verdict::kAccepted);
  }
  Verdict verdict(const SetId& set) { return must(world.store.find_last_verdict(set))->verdict; }
  std::string reason(const SetId& set) {
    Receipt receipt;
    must(decode_outcome(must(world.store.find_last_verdict(set))->outcome, receipt));
    return receipt.reason;
  }
  Decision decision(const char* choice) {
    return {world.open_cases().at(0).number, "support", choice, std::nullopt, "typed wrong", {}};
  }
  Result<ConflictCase> decide(const Decision& decision) {
    return world.within([&] { return world.desk->resolve(decision); });
  }
  Result<ConflictCase> repair(const char* category) {
    auto repaired = decision("repair");
    repaired.repair = {{visit, false, {{"category", text(category)}}, 0}};
    return decide(repaired);
  }
};

}  // namespace

TEST_CASE("repair: a set of support stands for the parked one, and who built upon it goes on",
          "[conflicts]") {
  Broken broken;
  const auto settled = must(broken.repair("b"));
  CHECK(settled.choice == "repair");
  CHECK(broken.verdict(broken.bad) == Verdict::kDiscarded);
  CHECK(broken.reason(broken.bad) == "repaired");
  // Equal to what was asked for: the later sets saw their own work.
  CHECK(broken.verdict(broken.second) == Verdict::kAccepted);
  CHECK(broken.verdict(broken.third) == Verdict::kAccepted);
  CHECK(broken.world.value(broken.visit, "category") == text("d"));
  CHECK(broken.world.open_cases().empty());
}

TEST_CASE("repair: exact only where equal", "[conflicts]") {
  Broken broken;
  must(broken.repair("something else"));
  CHECK(broken.verdict(broken.second) == Verdict::kConflicted);  // it never saw that
  CHECK(broken.world.value(broken.visit, "category") == text("something else"));
  CHECK(broken.world.open_cases().size() == 1);
}

TEST_CASE("repair: names the set that it replaces, in the book and on the phone", "[conflicts]") {
  Broken broken;
  must(broken.repair("b"));
  const auto last = must(broken.world.store.find_last_verdict(broken.bad));
  const auto commit = must(broken.world.store.find_commit(last->version - 1));
  const auto body = must(decode_body(commit->body));
  CHECK(body.replaces == broken.bad);
  CHECK(body.actor == "support");
  broken.li.sync();
  CHECK(broken.li.receipts.size() >= 7);
  bool told = false;
  for (const auto& receipt : broken.li.receipts)
    told = told || (receipt.set == broken.bad && receipt.reason == "repaired");
  CHECK(told);
}

TEST_CASE("repair: needs to say what the set should have said", "[conflicts]") {
  Broken broken;
  CHECK(broken.decide(broken.decision("repair")).error().field == "changes");
  CHECK(broken.verdict(broken.bad) == Verdict::kParked);
}

TEST_CASE("discard: alone, those that build upon it are judged anew", "[conflicts]") {
  Broken broken;
  must(broken.decide(broken.decision("discard")));
  CHECK(broken.verdict(broken.bad) == Verdict::kDiscarded);
  CHECK(broken.verdict(broken.second) != Verdict::kParked);
  CHECK(broken.verdict(broken.second) != Verdict::kDiscarded);
}

TEST_CASE("discard: with all that build upon it, and with nothing else", "[conflicts]") {
  Broken broken;
  const auto settled = must(broken.decide(broken.decision("discard_all")));
  for (const auto& set : {broken.bad, broken.second, broken.third}) {
    CHECK(broken.verdict(set) == Verdict::kDiscarded);
    CHECK(broken.reason(set) == "discarded");
    CHECK_FALSE(must(broken.world.store.find_set(set))->body.empty());  // and nothing is lost
  }
  CHECK(broken.verdict(broken.apart) == Verdict::kAccepted);
  CHECK(broken.world.value(broken.visit, "category") == text("a"));
  CHECK(must(broken.world.store.list_parked(10)).empty());
  CHECK(settled.resolved == broken.world.version());
}

TEST_CASE("discard: taken back, they wait again in their order, and a release applies them all",
          "[conflicts]") {
  for (const char* choice : {"discard_all", "discard"}) {
    Broken broken;
    const auto number = broken.world.open_cases().at(0).number;
    must(broken.decide(broken.decision(choice)));
    must(broken.world.within([&] {
      return broken.world.desk->undo({number, "support", "", "it was right", {}});
    }));
    CHECK(broken.verdict(broken.bad) == Verdict::kParked);
    CHECK(broken.reason(broken.bad) == "unknown_reference");
    CHECK(must(broken.world.store.find_case(number))->state == CaseState::kOpen);
    if (std::string(choice) == "discard") continue;  // the others were judged without it
    CHECK(broken.verdict(broken.second) == Verdict::kParked);
    CHECK(broken.verdict(broken.third) == Verdict::kParked);
    // The customer that the first of them names comes to be known.
    auto repaired = broken.decision("repair");
    repaired.number = number;
    repaired.repair = {{broken.visit, false, {{"category", text("b")}}, 0}};
    must(broken.decide(repaired));
    CHECK(broken.verdict(broken.second) == Verdict::kAccepted);
    CHECK(broken.verdict(broken.third) == Verdict::kAccepted);
    CHECK(broken.world.value(broken.visit, "category") == text("d"));
  }
}

TEST_CASE("discard: what followed in the book does not come along when it is taken back",
          "[conflicts]") {
  Broken broken;
  const auto number = broken.world.open_cases().at(0).number;
  must(broken.decide(broken.decision("discard_all")));
  broken.world.office_edit(broken.other, "category", text("later"));
  must(broken.world.within([&] {
    return broken.world.desk->undo({number, "support", "", "it was right", {}});
  }));
  CHECK(must(broken.world.store.list_parked(10)).size() == 3);
  CHECK(broken.world.value(broken.other, "category") == text("later"));
}
