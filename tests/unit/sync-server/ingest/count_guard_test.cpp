// SPDX-License-Identifier: Apache-2.0
// Ledgers by time: what people count, and hand-overs of which one side never speaks.
#include "core/base/hex.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

constexpr std::int64_t kHour = 3'600'000;

Schema store_room() {
  return must(load_schema(R"json({
  "daybook_schema": 1, "name": "room", "version": 1,
  "collections": {
    "movement": {"kind": "fact", "shared": true, "fields": {
      "quantity": {"type": "int"}, "from": {"type": "text"}, "to": {"type": "text"}, "at": {"type": "time"}}},
    "count": {"kind": "fact", "shared": true, "fields": {
      "place": {"type": "text"}, "quantity": {"type": "int"}, "at": {"type": "time"}}},
    "hand": {"kind": "fact", "shared": true, "fields": {
      "transfer": {"type": "text"}, "side": {"type": "text"}}},
    "debt": {"kind": "fact", "shared": true, "fields": {
      "number": {"type": "text"}, "pieces": {"type": "int"}, "hours": {"type": "int"}}},
    "payment": {"kind": "fact", "shared": true, "fields": {
      "number": {"type": "text"}, "pieces": {"type": "int"}}}},
  "ledgers": {
    "counted": {"entries": [
      {"of": "movement", "account": ["to"], "gives": "quantity", "at": "at"},
      {"of": "movement", "account": ["from"], "takes": "quantity", "at": "at"},
      {"of": "count", "account": ["place"], "states": "quantity", "at": "at"}]},
    "handed_over": {"two_sided": true, "within_hours": 48, "entries": [
      {"of": "hand", "account": ["transfer"], "gives": 1, "where": {"side": "handed"}},
      {"of": "hand", "account": ["transfer"], "takes": 1, "where": {"side": "received"}}]},
    "owed": {"entries": [
      {"of": "debt", "account": ["number"], "gives": "pieces", "within": "hours"},
      {"of": "payment", "account": ["number"], "takes": "pieces"}]}}})json",
                          "room.json"));
}

struct Room : ServerWorld {
  Room() : ServerWorld(store_room()) {}
  void move(std::int64_t at, std::int64_t quantity, const std::string& from,
            const std::string& to) {
    office_create({"movement", rng.draw<Uuid>()}, {{"at", number(at)},
                                                   {"from", text(from)},
                                                   {"quantity", number(quantity)},
                                                   {"to", text(to)}});
  }
  RecordRef count(std::int64_t at, std::int64_t quantity, const std::string& place = "van") {
    const RecordRef record{"count", rng.draw<Uuid>()};
    office_create(record,
                  {{"at", number(at)}, {"place", text(place)}, {"quantity", number(quantity)}});
    return record;
  }
  void hand(const std::string& side, const std::string& transfer = "T-1") {
    office_create({"hand", rng.draw<Uuid>()}, {{"side", text(side)}, {"transfer", text(transfer)}});
  }
  void owe(const std::string& account, std::int64_t pieces, std::optional<std::int64_t> hours) {
    Fields debt{{"number", text(account)}, {"pieces", number(pieces)}};
    if (hours) debt.set("hours", number(*hours));
    office_create({"debt", rng.draw<Uuid>()}, std::move(debt));
  }
  void pay(const std::string& account, std::int64_t pieces) {
    office_create({"payment", rng.draw<Uuid>()},
                  {{"number", text(account)}, {"pieces", number(pieces)}});
  }
  void look() {
    within([&] {
      must(core->ingest().look_at_overdue());
      return 0;
    });
  }
  std::vector<ConflictCase> all_cases() { return must(store.list_cases(std::nullopt, 0, 1000)); }
};

}  // namespace

TEST_CASE("count guard: what was counted is what had moved until then", "[ingest]") {
  Room world;
  world.move(100, 3, "supplier", "van");
  world.count(200, 3);
  world.move(300, 1, "van", "unit");
  CHECK(world.all_cases().empty());
  // Told late, and from before the count: now a piece is too many.
  world.move(150, 1, "van", "unit");
  auto cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].kind == CaseKind::kBalance);
  CHECK(cases[0].record.collection == "count");
  CHECK(cases[0].field == "counted");
  CHECK(cases[0].rule == "ledger(counted)");
  CHECK(cases[0].office_value == number(2));
  CHECK(cases[0].device_value == number(3));
  // What happens afterwards makes it no better; what is booked as of the count does.
  world.move(400, 1, "supplier", "van");
  CHECK(world.open_cases().size() == 1);
  world.move(200, 1, "dispute", "van");
  CHECK(world.open_cases().empty());
  CHECK(world.all_cases().at(0).choice == "balanced");
}

TEST_CASE("count guard: the last count counts, and an older one that comes late does not",
          "[ingest]") {
  Room world;
  world.move(100, 3, "supplier", "van");
  const auto wrong = world.count(200, 2);
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].record == wrong);
  world.count(300, 3);
  CHECK(world.open_cases().empty());
  world.count(250, 7);
  CHECK(world.open_cases().empty());
  world.count(300, 1, "shelf");
  CHECK(world.open_cases().size() == 1);
}

TEST_CASE("count guard: a person who has seen a difference is asked again when it changes",
          "[ingest]") {
  Room world;
  world.count(200, 2);
  world.resolve(world.open_cases().at(0).number, "confirm");
  world.move(300, 1, "supplier", "van");
  CHECK(world.open_cases().empty());
  world.move(100, 1, "supplier", "van");
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].office_value == number(1));
}

TEST_CASE("count guard: a count that is older than all that is known is held against nothing",
          "[ingest]") {
  Room world;
  for (int i = 0; i < 300; ++i) world.move(1000 + i, 1, "supplier", "van");
  world.count(1010, 5);
  CHECK(world.all_cases().empty());
  world.count(1200, 5);
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].office_value == number(201));
}

TEST_CASE("overdue: what one side alone has said for too long is a case, which the other closes",
          "[ingest]") {
  Room world;
  world.hand("handed");
  world.hand("handed", "T-2");
  world.hand("received", "T-2");
  world.clock.advance(47 * kHour);
  world.look();
  CHECK(world.all_cases().empty());
  world.clock.advance(2 * kHour);
  world.look();
  world.look();
  const auto cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].kind == CaseKind::kBalance);
  CHECK(cases[0].rule == "ledger(handed_over)");
  CHECK(cases[0].base_value == Value::list({text("T-1")}));
  CHECK(cases[0].trail.size() == 1);
  world.hand("received");
  CHECK(world.open_cases().empty());
  CHECK(world.all_cases().size() == 1);
}

TEST_CASE("overdue: each waits from its own hour, and one that spoke in time is no case",
          "[ingest]") {
  Room world;
  world.hand("received", "T-1");
  world.clock.advance(24 * kHour);
  world.hand("handed", "T-2");
  world.clock.advance(23 * kHour);
  world.hand("handed", "T-1");
  world.clock.advance(10 * kHour);
  world.look();
  CHECK(world.all_cases().empty());
  world.clock.advance(20 * kHour);
  world.look();
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].base_value == Value::list({text("T-2")}));
}

TEST_CASE(
    "overdue: what is owed and not handed in within the record's own hours is a case until nothing "
    "is left",
    "[ingest]") {
  Room world;
  world.owe("late", 2, 48);
  world.owe("paid", 1, 48);
  world.owe("longer", 1, 100);
  world.owe("whenever", 1, std::nullopt);
  world.owe("nonsense", 1, INT64_MAX);
  world.pay("paid", 1);
  world.clock.advance(47 * kHour);
  world.look();
  CHECK(world.all_cases().empty());
  world.clock.advance(2 * kHour);
  world.look();
  auto cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].rule == "ledger(owed)");
  CHECK(cases[0].base_value == Value::list({text("late")}));
  world.pay("late", 1);
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].office_value == number(1));
  world.pay("late", 1);
  CHECK(world.open_cases().empty());
  CHECK(world.all_cases().at(0).choice == "balanced");
}

TEST_CASE("overdue: more handed in than was owed is a case at once", "[ingest]") {
  Room world;
  world.owe("a", 1, 48);
  world.pay("a", 2);
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].office_value == number(-1));
  world.owe("a", 1, 48);
  CHECK(world.open_cases().empty());
}
