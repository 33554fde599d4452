// SPDX-License-Identifier: Apache-2.0
// When the overlay of a set lifts, and when it does not.
#include "core/base/planted_bug.hpp"
#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct World {
  Phone phone;
  ScriptedOffice office;
  RecordRef visit = {"visit", {}};

  World() {
    visit.id.raw.fill(0x33);
    show(3, {{"notes", words("a")}});
  }
  wire::Page with(Version version, Fields fields, bool complete = true) {
    auto page = office.page(version, complete);
    page.entries.push_back(office.entry(visit, version, std::move(fields)));
    return page;
  }
  void show(Version version, Fields fields) { pull(with(version, std::move(fields))); }
  void pull(wire::Page page) {
    office.queue(std::move(page));
    phone.core->sync_now();
    office.sync(phone);
  }
};

}  // namespace

TEST_CASE("receipts: the overlay lifts in the transaction that brings the receipt and the result",
          "[session]") {
  World world;
  const auto set = world.phone.edit(world.visit, "notes", words("b"));
  world.office.sync(world.phone);
  CHECK(world.phone.state(world.visit) == "pending");
  auto page = world.with(7, {{"notes", words("x | b")}});
  page.receipts.push_back(world.office.receipt(set, 7, Verdict::kMerged));
  world.pull(page);
  CHECK(world.phone.state(world.visit).empty());
  CHECK(world.phone.value(world.visit, "notes") == words("x | b"));
  const auto receipts = want(world.phone.core->receipts_of(set.set));
  REQUIRE(receipts.size() == 1);
  CHECK(receipts[0].verdict == Verdict::kMerged);
  CHECK(want(world.phone.core->find_set(set.set))->state == SetState::kSettled);
  CHECK(world.phone.status().stored == 0);
  bool told = false;
  for (const auto& event : world.phone.core->take_events()) {
    told = told || (event.kind == ClientEvent::Kind::kReceipt && event.receipt->set == set.set);
  }
  CHECK(told);
}

TEST_CASE("receipts: a further word of the office settles nothing and is kept", "[session]") {
  World world;
  const auto set = world.phone.edit(world.visit, "notes", words("b"));
  world.office.sync(world.phone);
  const auto hear = [&](Version version, Verdict verdict) {
    auto page = world.with(version, {{"notes", words("x")}});
    page.receipts.push_back(world.office.receipt(set, version, verdict));
    world.pull(page);
  };
  hear(7, Verdict::kParked);
  hear(8, Verdict::kFurther);
  CHECK(want(world.phone.core->find_set(set.set))->state == SetState::kParked);
  hear(9, Verdict::kAccepted);
  hear(10, Verdict::kFurther);
  CHECK(want(world.phone.core->find_set(set.set))->state == SetState::kSettled);
  const auto receipts = want(world.phone.core->receipts_of(set.set));
  REQUIRE(receipts.size() == 4);
  CHECK(receipts[3].verdict == Verdict::kFurther);
}

TEST_CASE("receipts: a receipt in an incomplete page lifts nothing yet", "[session]") {
  World world;
  const auto set = world.phone.edit(world.visit, "notes", words("b"));
  world.office.sync(world.phone);
  auto early = world.office.page(7, false);
  early.receipts.push_back(world.office.receipt(set, 7));
  world.office.queue(early);
  world.phone.core->sync_now();
  world.phone.hear(world.office.reply_to(world.phone.ask()));
  CHECK(world.phone.state(world.visit) == "pending");
  CHECK(world.phone.value(world.visit, "notes") == words("b"));
  world.pull(world.with(9, {{"notes", words("b")}}));
  CHECK(world.phone.state(world.visit).empty());
}

TEST_CASE("receipts: during a first fill receipts wait for the complete state", "[session]") {
  Phone phone;
  ScriptedOffice office;
  const auto visit = phone.visit();
  const auto set = phone.create(visit, {{"notes", words("own")}});
  auto early = office.page(4, false);
  early.receipts.push_back(office.receipt(set, 4));
  office.queue(early);
  phone.hear(office.reply_to(phone.ask()));
  CHECK(phone.state(visit) == "pending");
  auto late = office.page(5);
  late.entries.push_back(office.entry(visit, 4, {{"notes", words("own")}}));
  office.queue(late);
  office.sync(phone);
  CHECK(phone.state(visit).empty());
}

TEST_CASE("receipts: later own work stays on top of the result of the earlier", "[session]") {
  World world;
  const auto first = world.phone.edit(world.visit, "notes", words("b"));
  world.office.sync(world.phone);
  world.phone.edit(world.visit, "notes", words("c"));
  auto page = world.with(7, {{"notes", words("x | b")}, {"address", words("there")}});
  page.receipts.push_back(world.office.receipt(first, 7, Verdict::kMerged));
  world.pull(page);
  CHECK(world.phone.value(world.visit, "notes") == words("c"));
  CHECK(world.phone.value(world.visit, "address") == words("there"));
  CHECK(world.phone.state(world.visit) == "pending");
  // Nobody here has seen "x | b": the base is still the one of the first set.
  const Body third = world.phone.body_of(world.phone.edit(world.visit, "notes", words("d")));
  CHECK(third.changes[0].edits[0].base.version == 3);
}

TEST_CASE("receipts: a parked set keeps its overlay, marked, until it is decided", "[session]") {
  World world;
  const auto set = world.phone.edit(world.visit, "notes", words("b"));
  world.office.sync(world.phone);
  auto parked = world.office.page(7);
  parked.receipts.push_back(world.office.receipt(set, 7, Verdict::kParked));
  world.pull(parked);
  CHECK(world.phone.state(world.visit) == "parked");
  CHECK(world.phone.value(world.visit, "notes") == words("b"));
  CHECK(world.phone.status().parked == 1);
  // What is captured on top depends on it and does not hide the mark.
  const auto second = world.phone.edit(world.visit, "address", words("there"));
  CHECK(world.phone.state(world.visit) == "parked");
  CHECK(world.phone.body_of(second).depends == std::vector<SetId>{set.set});
  auto released = world.with(12, {{"notes", words("b")}});
  released.receipts.push_back(world.office.receipt(set, 12, Verdict::kAccepted));
  world.pull(released);
  CHECK(world.phone.state(world.visit) == "pending");
  CHECK(world.phone.status().parked == 0);
  CHECK(want(world.phone.core->receipts_of(set.set)).size() == 2);
}

TEST_CASE("receipts: refused work leaves what the office has", "[session]") {
  World world;
  const auto set = world.phone.edit(world.visit, "notes", words("b"));
  world.office.sync(world.phone);
  auto refused = world.office.page(7);
  refused.receipts.push_back(world.office.receipt(set, 7, Verdict::kRefused));
  world.pull(refused);
  CHECK(world.phone.value(world.visit, "notes") == words("a"));
  CHECK(world.phone.state(world.visit).empty());
  CHECK(want(world.phone.core->receipts_of(set.set))[0].reason == "because");
}

TEST_CASE("receipts: accepted work on what is not in scope is not shown any more", "[session]") {
  Phone phone;
  ScriptedOffice office;
  const auto visit = phone.visit();
  const auto set = phone.create(visit, {{"notes", words("late")}});
  office.sync(phone);
  auto page = office.page(7);
  page.receipts.push_back(office.receipt(set, 7));
  office.queue(page);
  phone.core->sync_now();
  office.sync(phone);
  CHECK(phone.state(visit) == "(none)");
}

TEST_CASE(
    "receipts: on a record that left, settled own work stays in view while other own work lies on "
    "it",
    "[session]") {
  for (const auto verdict : {Verdict::kAccepted, Verdict::kDiscarded}) {
    World world;
    const auto first = world.phone.edit(world.visit, "notes", words("a b"));
    world.office.sync(world.phone);
    world.phone.edit(world.visit, "status", words("done"));
    // The office took the visit away after the first set, so that no row brings what became of it.
    auto page = world.office.page(9);
    page.left.push_back({world.visit, 1, 8});
    page.receipts.push_back(world.office.receipt(first, 7, verdict));
    world.pull(page);
    CHECK(world.phone.state(world.visit) == "no_longer_yours");
    CHECK(world.phone.value(world.visit, "notes") ==
          words(verdict == Verdict::kAccepted ? "a b" : "a"));
    CHECK(world.phone.value(world.visit, "status") == words("done"));
  }
}

TEST_CASE("receipts: the same receipt twice counts once", "[session]") {
  World world;
  const auto set = world.phone.edit(world.visit, "notes", words("b"));
  world.office.sync(world.phone);
  for (int i = 0; i < 2; ++i) {
    auto page = world.with(7, {{"notes", words("b")}});
    page.receipts.push_back(world.office.receipt(set, 7));
    world.pull(page);
  }
  CHECK(want(world.phone.core->receipts_of(set.set)).size() == 1);
}

TEST_CASE("receipts: a decision that comes after the set was released is still told", "[session]") {
  World world;
  const auto set = world.phone.edit(world.visit, "notes", words("b"));
  world.office.sync(world.phone);
  auto page = world.with(7, {{"notes", words("b")}});
  page.receipts.push_back(world.office.receipt(set, 7, Verdict::kConflicted));
  world.office.safe = ChainPosition{set.incarnation, set.seq, {}};
  world.pull(page);
  CHECK_FALSE(want(world.phone.core->find_set(set.set)));
  auto later = world.with(20, {{"notes", words("decided")}});
  later.receipts.push_back(world.office.receipt(set, 20, Verdict::kAccepted));
  world.pull(later);
  CHECK(want(world.phone.core->receipts_of(set.set)).size() == 2);
  CHECK(world.phone.value(world.visit, "notes") == words("decided"));
}

#if defined(DAYBOOK_PLANTABLE) && DAYBOOK_PLANTABLE
TEST_CASE("receipts: the planted bug lifts the overlay when the server says stored", "[session]") {
  World world;
  world.phone.edit(world.visit, "notes", words("b"));
  g_planted_bug = PlantedBug::kOverlayLiftedAtAcknowledgement;
  world.office.sync(world.phone);
  g_planted_bug = PlantedBug::kNone;
  CHECK(world.phone.value(world.visit, "notes") == words("a"));
}
#endif
