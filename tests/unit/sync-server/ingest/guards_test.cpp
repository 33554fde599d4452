// SPDX-License-Identifier: Apache-2.0
// What must hold between records, told as stories: nothing is refused, one case for each subject,
// and a case that closes itself.
#include <algorithm>
#include <map>

#include "core/base/hex.hpp"
#include "core/guard/ledger.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

const std::string kStock = R"json("ledgers": {
    "stock": {"outside": ["warehouse"], "entries": [
      {"of": "movement", "account": ["part", "to"], "gives": "quantity"},
      {"of": "movement", "account": ["part", "from"], "takes": "quantity"}]}})json";

Schema store_room(const std::string& guards = kStock,
                  const std::string& keys = R"("unique": [["serial"]],)") {
  return must(load_schema(R"json({
  "daybook_schema": 1, "name": "room", "version": 1,
  "collections": {
    "unit": {"kind": "document", "shared": true, )json" +
                              keys +
                              R"json( "fields": {
      "serial": {"type": "text", "rule": "three_way(office)"},
      "note": {"type": "text", "rule": "keep_both"}}},
    "movement": {"kind": "fact", "shared": true, "fields": {
      "part": {"type": "text"}, "quantity": {"type": "int"},
      "from": {"type": "text"}, "to": {"type": "text"}}}
  },
  )json" + guards + "}",
                          "room.json"));
}

Fields movement(std::int64_t quantity, const std::string& from, const std::string& to) {
  return {{"part", text("P-1")},
          {"quantity", number(quantity)},
          {"from", text(from)},
          {"to", text(to)}};
}

struct Room : ServerWorld {
  explicit Room(Schema rules = store_room()) : ServerWorld(std::move(rules)) {}
  RecordRef fact() { return {"movement", rng.draw<Uuid>()}; }
  RecordRef unit() { return {"unit", rng.draw<Uuid>()}; }
  std::vector<ConflictCase> all_cases() { return must(store.list_cases(std::nullopt, 0, 1000)); }
};

}  // namespace

TEST_CASE("guards: two technicians use the last part, both stand and one case names both",
          "[ingest]") {
  Room world;
  Pen li(world, "li");
  Pen wang(world, "wang");
  world.office_create(world.fact(), movement(1, "warehouse", "van"));
  const SetId first = li.create(world.fact(), movement(1, "van", "unit A"));
  const SetId second = wang.create(world.fact(), movement(1, "van", "unit B"));
  li.sync();
  CHECK(world.open_cases().empty());
  wang.sync();
  const auto cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].kind == CaseKind::kBalance);
  CHECK(cases[0].rule == "ledger(stock)");
  CHECK(cases[0].office_value == number(-1));
  CHECK(cases[0].base_value == Value::list({text("P-1"), text("van")}));
  CHECK(cases[0].trail == std::vector<SetId>{first, second});
  CHECK(must(world.store.count_records("movement")) == 3);
  REQUIRE(wang.receipts.size() == 1);
  CHECK(wang.receipts[0].verdict == Verdict::kAccepted);
  REQUIRE(wang.receipts[0].fields.size() == 1);
  CHECK(wang.receipts[0].fields[0].field == "quantity");
  CHECK(wang.receipts[0].fields[0].case_number == cases[0].number);
  CHECK(li.receipts[0].fields.empty());
}

TEST_CASE("guards: a case of a balance goes on while it is out of bounds and closes itself",
          "[ingest]") {
  Room world;
  for (int i = 0; i < 3; ++i) world.office_create(world.fact(), movement(2, "van", "unit"));
  auto cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].office_value == number(-6));
  CHECK(cases[0].trail.size() == 3);
  world.office_create(world.fact(), movement(5, "warehouse", "van"));
  cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].office_value == number(-1));
  world.office_create(world.fact(), movement(1, "warehouse", "van"));
  CHECK(world.open_cases().empty());
  const auto closed = world.all_cases();
  REQUIRE(closed.size() == 1);
  CHECK(closed[0].resolved_by == "daybook");
  CHECK(closed[0].choice == "balanced");
  CHECK(closed[0].resolved == world.version());
  CHECK(closed[0].trail.size() == 5);
  // Out of bounds once more is another case.
  world.office_create(world.fact(), movement(1, "van", "unit"));
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].number != closed[0].number);
}

TEST_CASE("guards: a person who has seen a minus is asked again only when it grows", "[ingest]") {
  Room world;
  world.office_create(world.fact(), movement(3, "van", "unit"));
  world.resolve(world.open_cases().at(0).number, "confirm");
  world.office_create(world.fact(), movement(1, "warehouse", "van"));
  CHECK(world.open_cases().empty());
  world.office_create(world.fact(), movement(1, "van", "unit"));
  CHECK(world.open_cases().size() == 1);
}

TEST_CASE("guards: what one set takes before it gives is nobody's business", "[ingest]") {
  Room world;
  Pen li(world, "li");
  Body body = li.blank();
  for (const auto& fields : {movement(2, "van", "unit"), movement(2, "warehouse", "van")}) {
    Change change;
    change.record = world.fact();
    change.created = fields;
    body.changes.push_back(std::move(change));
  }
  li.write(body);
  li.sync();
  CHECK(world.all_cases().empty());
}

TEST_CASE("guards: a set that is sent again posts once", "[ingest]") {
  Room world;
  Pen li(world, "li");
  world.office_create(world.fact(), movement(1, "warehouse", "van"));
  li.create(world.fact(), movement(1, "van", "unit"));
  const auto request = li.request(1);
  for (int i = 0; i < 3; ++i) li.send(request);
  CHECK(world.all_cases().empty());
}

TEST_CASE("guards: two records under one key both stay, with one case for the key", "[ingest]") {
  Room world;
  Pen li(world, "li");
  Pen wang(world, "wang");
  const auto a = world.unit(), b = world.unit(), c = world.unit();
  const SetId first = li.create(a, {{"serial", text("S-1")}});
  const SetId second = wang.create(b, {{"serial", text("S-1")}});
  li.sync();
  wang.sync();
  world.office_create(c, {{"serial", text("S-1")}});
  auto cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].kind == CaseKind::kContested);
  CHECK(cases[0].record == b);
  CHECK(cases[0].field == "serial");
  CHECK(cases[0].rule == "unique(serial)");
  CHECK(cases[0].office_value == text(to_string(a.id)));
  CHECK(cases[0].device_value == Value::list({text("S-1")}));
  REQUIRE(cases[0].trail.size() == 3);
  CHECK(cases[0].trail[0] == first);
  CHECK(cases[0].trail[1] == second);
  CHECK(must(world.store.count_records("unit")) == 3);
  CHECK(wang.receipts.back().verdict == Verdict::kAccepted);
  // An edit of something else does not come into it; one key less of three leaves it open.
  world.office_edit(b, "note", text("looked at"));
  world.office_edit(c, "serial", text("S-3"));
  CHECK(world.open_cases().size() == 1);
  world.office_edit(b, "serial", text("S-2"));
  CHECK(world.open_cases().empty());
  CHECK(world.all_cases().at(0).choice == "unique");
  // And back again: contested anew.
  world.office_edit(b, "serial", text("S-1"));
  CHECK(world.open_cases().size() == 1);
}

TEST_CASE("guards: a set that is taken back leaves no balance behind", "[ingest]") {
  struct FullStore : MemoryServerStore {
    Result<void> put_commit(const CommitRow& row) override {
      if (row.seq == refused_seq && row.verdict != Verdict::kParked)
        return failure(Errc::kTooLarge, "row");
      return MemoryServerStore::put_commit(row);
    }
    std::uint64_t refused_seq = 1;
  };
  Room world;
  Pen li(world, "li");
  FullStore store;
  ServerCore core(store, world.schema, world.clock, world.rng, world.trace);
  must(core.open(std::nullopt));
  li.create(world.fact(), movement(5, "van", "unit"));
  li.create(world.fact(), movement(2, "warehouse", "van"));
  li.create(world.fact(), movement(2, "van", "unit"));
  must(store.begin());
  must(store.put_device(*must(world.store.find_device(li.device))));
  must(core.sync(li.request(1)));
  must(store.commit());
  const auto cases = must(store.list_cases(CaseState::kOpen, 0, 10));
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].kind == CaseKind::kParked);
}

TEST_CASE("guards: one that is new counts what is there, and keeps quiet about it", "[ingest]") {
  Room world(store_room(R"("ledgers": {})", ""));
  const auto newer = [](const Schema& schema, int version) {
    std::string source = schema.source;
    const std::string first = "\"version\": 1";
    source.replace(source.find(first), first.size(), "\"version\": " + std::to_string(version));
    return must(load_schema(source, "newer"));
  };
  const Schema only_stock = newer(store_room(kStock, ""), 2);
  world.office_create(world.fact(), movement(2, "warehouse", "van"));
  world.office_create(world.fact(), movement(3, "van", "unit"));
  const auto a = world.unit();
  world.office_create(a, {{"serial", text("S-1")}});
  {
    ServerCore before(world.store, only_stock, world.clock, world.rng, world.trace);
    must(before.open(std::nullopt));
  }
  // What stock has counted already is not counted once more because the keys are new.
  const Schema later = newer(store_room(), 3);
  ServerCore core(world.store, later, world.clock, world.rng, world.trace);
  for (int start = 0; start < 2; ++start) must(core.open(std::nullopt));
  CHECK(world.all_cases().empty());
  Office office(core.ingest(), world.store, later, world.clock, world.rng);
  const auto create = [&](const RecordRef& record, Fields fields) {
    world.within([&] { return must(office.act("wen", {{record, true, std::move(fields), 0}})); });
  };
  create(world.fact(), movement(1, "van", "unit"));
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].office_value == number(-2));
  create(world.unit(), {{"serial", text("S-1")}});
  REQUIRE(world.open_cases().size() == 2);
  CHECK(world.open_cases()[1].kind == CaseKind::kContested);
}

TEST_CASE("guards: facts of somebody who left are posted, marked, and one case names their sets",
          "[ingest]") {
  Room world;
  Pen li(world, "li");
  const SetId first = li.create(world.fact(), movement(1, "warehouse", "van"));
  const SetId second = li.create(world.fact(), movement(1, "van", "unit"));
  world.within([&] {
    DeviceRow row = *must(world.store.find_device(li.device));
    row.status = DeviceStatus::kLeaver;
    must(world.store.put_device(row));
    return 0;
  });
  li.send(li.request(1));
  CHECK(must(world.store.count_records("movement")) == 2);
  const auto cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].kind == CaseKind::kRevokedKey);
  CHECK(cases[0].device == li.device);
  CHECK(cases[0].trail == std::vector<SetId>{first, second});
  const auto commit = must(world.store.find_set(first));
  REQUIRE(commit);
  CHECK((commit->judged_as & kJudgedAsLeaver) != 0);
}

TEST_CASE("guards laws: in any order of phones the same balances are out of their bounds",
          "[ingest]") {
  const std::vector<std::string> places{"warehouse", "van 1", "van 2", "unit"};
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SeededRng dice{seed};
    const auto roll = [&](std::size_t sides) { return dice.draw<Uuid>().raw[9] % sides; };
    std::vector<std::vector<Fields>> work(3);
    std::map<std::string, std::int64_t> sums;
    for (auto& device : work) {
      for (std::size_t i = 0; i < 1 + roll(3); ++i) {
        const auto quantity = static_cast<std::int64_t>(roll(4));
        const auto& from = places[roll(4)];
        const auto& to = places[roll(4)];
        device.push_back(movement(quantity, from, to));
        sums[from] -= quantity;
        sums[to] += quantity;
      }
    }
    for (const auto& order : {std::vector{0u, 1u, 2u}, std::vector{2u, 0u, 1u},
                              std::vector{1u, 2u, 0u}, std::vector{2u, 1u, 0u}}) {
      Room world;
      for (const auto device : order) {
        Pen pen(world, "phone " + std::to_string(device));
        for (const auto& fields : work[device]) pen.create(world.fact(), fields);
        pen.sync();
      }
      std::map<std::string, std::int64_t> out;
      for (const auto& conflict : world.open_cases()) {
        const auto place = conflict.base_value->as_list().back().as_text();
        INFO("seed " << seed << ", " << place);
        CHECK(out.count(place) == 0);
        out[place] = conflict.office_value->as_int();
        CHECK(conflict.office_value == number(sums[place]));
      }
      for (const auto& [place, sum] : sums) {
        INFO("seed " << seed << ", " << place << " " << sum);
        if (place != "warehouse") CHECK((sum < 0) == (out.count(place) == 1));
      }
    }
  }
}
