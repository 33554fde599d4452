// SPDX-License-Identifier: Apache-2.0
// Alike cases in one act: one commit, one reason, exactly those that can go together.
#include "tests/unit/sync-server/conflicts/disputed.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// Some visits whose category both sides changed, and one whose address they did.
struct Many : Disputed {
  std::vector<RecordRef> visits{visit};

  explicit Many(int more = 3) {
    for (int i = 0; i < more; ++i) add("category");
    const auto named = world.visit();
    dispute(RecordRef{"customer", named.id}, "name");
  }
  void add(const std::string& field) {
    visits.push_back(world.visit());
    dispute(visits.back(), field);
  }
  void dispute(const RecordRef& record, const std::string& field) {
    Fields fields{{field, text("base")}};
    if (record.collection == "visit") fields.set("technician", text("li"));
    const auto made = world.office_create(record, fields);
    if (record.collection != "visit") {
      const auto brings = world.visit();
      world.office_create(brings, {{"technician", text("li")}, {"customer", id_value(record.id)}});
    }
    world.office_edit(record, field, text("office"));
    li.edit(record, field, text("base"), made.commit, text("device"));
    li.sync();
  }
  Result<AlikeOutcome> decide_all(const Decision& decision) {
    return at_desk([&](Desk& desk) { return desk.resolve_alike(decision, 500); });
  }
};

}  // namespace

TEST_CASE("alike: cases of one kind, field and rule are decided in one commit with one reason",
          "[conflicts]") {
  Many many;
  REQUIRE(many.world.open_cases().size() == 5);
  const auto head = many.world.version();
  auto decision = many.decision("device", "the phones are right");
  decision.act = many.new_act();
  const auto outcome = must(many.decide_all(decision));
  CHECK(outcome.settled == std::vector<std::uint64_t>{1, 2, 3, 4});
  CHECK(outcome.left.empty());
  CHECK(outcome.commit == head + 1);
  CHECK(many.world.version() == head + 5);  // and a word to each phone
  for (const auto& visit : many.visits)
    CHECK(many.world.value(visit, "category") == text("device"));
  REQUIRE(many.world.open_cases().size() == 1);  // the customer's name is another field
  CHECK(many.world.open_cases()[0].field == "name");
  for (const std::uint64_t number : outcome.settled) {
    const auto settled = *must(many.world.store.find_case(number));
    CHECK(settled.reason == "the phones are right");
    CHECK(settled.resolved == head + 1);
  }
}

TEST_CASE("alike: the act happens once under its id, and says the same again", "[conflicts]") {
  Many many;
  auto decision = many.decision("device");
  decision.act = many.new_act();
  const auto first = must(many.decide_all(decision));
  const auto head = many.world.version();
  many.add("category");  // a new one that the act did not know
  const auto head_after = many.world.version();
  const auto second = must(many.decide_all(decision));
  CHECK(second.settled == first.settled);
  CHECK(second.commit == first.commit);
  CHECK(many.world.version() == head_after);
  CHECK(head < head_after);
  decision.reason = "another";
  CHECK(many.decide_all(decision).error().code == Errc::kAlreadyExists);
}

TEST_CASE("alike: what cannot go with the others stays open and is named", "[conflicts]") {
  Many many;
  must(many.at_desk([&](Desk& d) { return d.claim({2, "chen", "", "", many.new_act()}); }));
  many.world.office_edit(many.visits[2], "category", text("newer"));
  const auto outcome = must(many.decide_all(many.decision("device")));
  CHECK(outcome.settled == std::vector<std::uint64_t>{1, 4});
  REQUIRE(outcome.left.size() == 2);
  CHECK(outcome.left[0].number == 2);
  CHECK(outcome.left[0].why == "held by chen");
  CHECK(outcome.left[1].number == 3);
  CHECK(outcome.left[1].why == "the value in force has changed since: look again");
  CHECK(many.world.value(many.visits[1], "category") == text("office"));
  CHECK(many.world.value(many.visits[2], "category") == text("newer"));
}

TEST_CASE("alike: two phones that say different things about one record are not both taken",
          "[conflicts]") {
  Many many(0);
  Pen second(many.world, "li");
  second.sync();
  second.edit(many.visit, "category", text("base"), 1, text("device of the other"));
  second.sync();
  const auto outcome = must(many.decide_all(many.decision("device")));
  CHECK(outcome.settled.size() == 1);
  REQUIRE(outcome.left.size() == 1);
  CHECK(outcome.left[0].why == "another phone's value was taken for this record");
}

TEST_CASE("alike: one of them is undone by itself", "[conflicts]") {
  Many many;
  must(many.decide_all(many.decision("device")));
  must(many.at_desk([&](Desk& d) {
    return d.undo({2, "chen", "", "not this one", many.new_act()});
  }));
  CHECK(many.world.value(many.visits[1], "category") == text("office"));
  CHECK(many.world.value(many.visits[0], "category") == text("device"));
}

TEST_CASE("alike: signed and paid work is decided one by one", "[conflicts]") {
  Disputed paid("fee", number(100), number(120), number(90));
  const auto tried =
      paid.at_desk([&](Desk& desk) { return desk.resolve_alike(paid.decision("device"), 500); });
  CHECK(tried.error().field == "case");
  CHECK(paid.world.open_cases().size() == 1);
}
