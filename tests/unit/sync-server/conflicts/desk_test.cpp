// SPDX-License-Identifier: Apache-2.0
// Decisions of support: each is a set of its own through the one write door, with its reason, made
// once, and only on what the person had before his eyes.
#include "tests/unit/sync-server/conflicts/disputed.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// A set that cannot be applied, and one that builds upon it.
struct Parked {
  ServerWorld world;
  Pen li{world, "li"};
  RecordRef hidden = world.visit(), event{"visit_event", world.rng.draw<Uuid>()};
  SetId bad, dependent;

  Parked() {
    // Not in li's scopes, so that for him it does not exist.
    world.office_create(hidden, {{"technician", text("wang")}, {"cause", text("a")}});
    bad = li.edit(hidden, "cause", text("a"), 1, text("b"));
    Body body = li.blank();
    body.depends = {bad};
    Change change;
    change.record = hidden;
    change.kind = Change::Kind::kEdit;
    change.edits.push_back({"cause", text("b"), {must(world.store.head()).epoch, 1}, text("c")});
    body.changes.push_back(std::move(change));
    dependent = li.write(std::move(body));
    li.sync();
  }
  Verdict verdict(const SetId& set) { return must(world.store.find_last_verdict(set))->verdict; }
  std::uint64_t case_of(const SetId& set) {
    for (const auto& conflict : world.open_cases()) {
      if (!conflict.trail.empty() && conflict.trail.front() == set) return conflict.number;
    }
    return 0;
  }
};

}  // namespace

TEST_CASE("desk: each side, the base and a value of its own can be chosen", "[conflicts]") {
  for (const auto& [choice, wanted] : {std::pair{"base", "base"},
                                       {"office", "office"},
                                       {"device", "device"},
                                       {"value", "a third"}}) {
    Disputed disputed;
    auto decision = disputed.decision(choice);
    if (std::string(choice) == "value") decision.value = text("a third");
    const auto settled = must(disputed.decide(decision));
    CHECK(disputed.world.value(disputed.visit, "category") == text(wanted));
    CHECK(settled.state == CaseState::kDecided);
    CHECK(settled.choice == choice);
    CHECK(settled.reason == "asked the customer");
    CHECK(disputed.world.open_cases().empty());
  }
}

TEST_CASE("desk: both texts can be kept", "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("both")));
  const auto kept = disputed.world.value(disputed.visit, "category").as_text();
  CHECK(kept.find("office") != std::string::npos);
  CHECK(kept.find("device") != std::string::npos);
}

TEST_CASE("desk: a decision is a commit of its own, and the technician gets it", "[conflicts]") {
  Disputed disputed;
  const auto before = disputed.world.version();
  const auto settled = must(disputed.decide(disputed.decision("device")));
  CHECK(settled.resolved == before + 1);
  const auto row = *must(disputed.world.store.find_commit(before + 1));
  CHECK(row.actor == "support");
  const auto page = *disputed.li.sync().page;
  REQUIRE(page.entries.size() == 1);
  CHECK(page.entries[0].row_version == before + 1);
}

TEST_CASE("desk: a decision needs a reason, a case and a choice that fits", "[conflicts]") {
  Disputed disputed;
  CHECK(disputed.decide(disputed.decision("office", "")).error().field == "reason");
  CHECK(disputed.decide(disputed.decision("release")).error().field == "choice");
  CHECK(disputed.decide(disputed.decision("value")).error().field == "choice");
  auto unknown = disputed.decision("office");
  unknown.number = 99;
  CHECK(disputed.decide(unknown).error().code == Errc::kNotFound);
  CHECK(disputed.world.open_cases().size() == 1);
}

TEST_CASE("desk: a case is settled once, and who did it is told", "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("office")));
  const auto second = disputed.decide(disputed.decision("device"));
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().code == Errc::kAlreadyExists);
  CHECK(second.error().detail == "settled by support (office)");
}

TEST_CASE("desk: a value that came in since is looked at first", "[conflicts]") {
  Disputed disputed;
  disputed.world.office_edit(disputed.visit, "category", text("newer"));
  CHECK(disputed.decide(disputed.decision("device")).error().code == Errc::kBusy);
  CHECK(disputed.world.value(disputed.visit, "category") == text("newer"));
}

TEST_CASE("desk: a parked set that is discarded lets the next be judged, and nothing is lost",
          "[conflicts]") {
  Parked parked;
  REQUIRE(parked.verdict(parked.bad) == Verdict::kParked);
  REQUIRE(parked.verdict(parked.dependent) == Verdict::kParked);
  parked.world.resolve(parked.case_of(parked.bad), "discard");
  CHECK(parked.verdict(parked.bad) == Verdict::kDiscarded);
  CHECK_FALSE(must(parked.world.store.find_set(parked.bad))->body.empty());
  // It is judged anew by itself, and waits for its own reason now.
  CHECK(parked.verdict(parked.dependent) == Verdict::kParked);
  Receipt receipt;
  must(decode_outcome(must(parked.world.store.find_last_verdict(parked.dependent))->outcome,
                      receipt));
  CHECK(receipt.reason == "unknown_record");
}

TEST_CASE("desk: a parked set that still cannot be applied stays parked and says why",
          "[conflicts]") {
  Parked parked;
  const auto number = parked.case_of(parked.bad);
  must(parked.world.store.begin());
  const auto released =
      parked.world.desk->resolve({number, "support", "release", std::nullopt, "try again", {}});
  parked.world.store.rollback();
  REQUIRE_FALSE(released.ok());
  CHECK(released.error().code == Errc::kBusy);
  CHECK(parked.verdict(parked.bad) == Verdict::kParked);
}

TEST_CASE("desk: once the reason is gone, a release applies it and those that build upon it",
          "[conflicts]") {
  Parked parked;
  parked.world.office_edit(parked.hidden, "technician", text("li"));
  parked.world.resolve(parked.case_of(parked.bad), "release");
  CHECK(parked.verdict(parked.bad) != Verdict::kParked);
  CHECK(parked.verdict(parked.dependent) != Verdict::kParked);
  CHECK(parked.world.value(parked.hidden, "cause") == text("c"));
  CHECK(parked.world.open_cases().empty());
}
