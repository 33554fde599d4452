// SPDX-License-Identifier: Apache-2.0
// Work and corrections that a signed paper does not have: the paper stands, one case names it, and
// an amendment closes the case.
#include "core/base/hex.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

constexpr const char* kHouse =
    R"json({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
"unit": {"kind": "document", "shared": true, "fields": {
  "serial": {"type": "text", "rule": "three_way(office)"}, "note": {"type": "text", "rule": "office"}}},
"job": {"kind": "document", "shared": true, "fields": {
  "name": {"type": "text", "rule": "office"}, "state": {"type": "text", "rule": "office"}}},
"part": {"kind": "fact", "shared": true, "fields": {"job": {"type": "reference", "references": "job"}}},
"void": {"kind": "fact", "shared": true, "fields": {"job": {"type": "reference", "references": "job"},
  "part": {"type": "reference", "references": "part"}}},
"slip": {"kind": "fact", "shared": true, "fields": {
  "job": {"type": "reference", "references": "job"}, "unit": {"type": "reference", "references": "unit"},
  "rows": {"type": "text_list"}, "edition": {"type": "int"}, "read": {"type": "text"}}COVERS}}})json";

Schema house(bool covers = true, int version = 1) {
  std::string text = kHouse;
  text.replace(text.find("COVERS"), 6, !covers ? "" : R"json(,
  "covers": {"about": "job", "rows": "rows", "version": "edition", "leaves_out": {"part": "void.part"},
    "content": {"job": ["name"], "unit": ["serial"], "part": []}, "says": {"read": "unit.serial"}})json");
  const std::string first = "\"version\": 1";
  text.replace(text.find(first), first.size(), "\"version\": " + std::to_string(version));
  return must(load_schema(text, "t.json"));
}

struct Counter : ServerWorld {
  explicit Counter(Schema rules = house()) : ServerWorld(std::move(rules)) {}
  RecordRef record(const std::string& collection) { return {collection, rng.draw<Uuid>()}; }
  RecordRef job() {
    const auto job = record("job");
    office_create(job, {{"name", text("Kong")}});
    return job;
  }
  Fields part(const RecordRef& job) { return {{"job", id_value(job.id)}}; }
  Fields slip(const RecordRef& job, const std::vector<RecordRef>& rows, int edition = 1) {
    ValueList named;
    for (const auto& row : rows) named.push_back(text(to_string(row.id)));
    return {{"job", id_value(job.id)},
            {"edition", number(edition)},
            {"rows", Value::list(std::move(named))}};
  }
  std::vector<ConflictCase> all_cases() { return must(store.list_cases(std::nullopt, 0, 1000)); }
};

Value list_of(const std::vector<RecordRef>& records) {
  ValueList list;
  for (const auto& one : records) list.push_back(text(one.collection + "/" + to_string(one.id)));
  return Value::list(std::move(list));
}

}  // namespace

TEST_CASE("paper guard: work that the paper names is no case, work that it does not name is one",
          "[ingest]") {
  Counter world;
  Pen li(world, "li");
  const auto job = world.job();
  const auto slip = world.record("slip"), named = world.record("part"), late = world.record("part"),
             later = world.record("part");
  world.office_create(named, world.part(job));
  world.office_create(slip, world.slip(job, {named}));
  CHECK(world.open_cases().empty());
  const SetId first = li.create(late, world.part(job));
  li.sync();
  auto cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].kind == CaseKind::kUnsealed);
  CHECK(cases[0].record == slip);
  CHECK(cases[0].field == "rows");
  CHECK(cases[0].rule == "covers(slip)");
  CHECK(cases[0].device_value == list_of({late}));
  CHECK(cases[0].severity == Severity::kHigh);
  CHECK(cases[0].trail.size() == 2);
  CHECK(cases[0].trail.back() == first);
  REQUIRE(li.receipts.size() == 1);
  CHECK(li.receipts[0].verdict == Verdict::kAccepted);
  REQUIRE(li.receipts[0].fields.size() == 1);
  CHECK(li.receipts[0].fields[0].case_number == cases[0].number);
  // More of it goes on in the same case; another job has its own.
  world.office_create(later, world.part(job));
  cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].device_value == list_of({late, later}));
  world.office_create(world.record("part"), world.part(world.job()));
  CHECK(world.open_cases().size() == 1);
  // An amendment names all of it.
  world.office_create(world.record("slip"), world.slip(job, {named, late, later}, 2));
  CHECK(world.open_cases().empty());
  CHECK(world.all_cases().at(0).choice == "covered");
}

TEST_CASE("paper guard: work that was there before the paper and is not in it", "[ingest]") {
  Counter world;
  const auto job = world.job();
  const auto a = world.record("part"), b = world.record("part"), taken_back = world.record("part"),
             slip = world.record("slip");
  for (const auto& part : {a, b, taken_back}) world.office_create(part, world.part(job));
  world.office_create(world.record("void"),
                      {{"job", id_value(job.id)}, {"part", id_value(taken_back.id)}});
  world.office_create(slip, world.slip(job, {a}));
  const auto cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].record == slip);
  CHECK(cases[0].device_value == list_of({b}));
  // Taken back as well: nothing is left.
  world.office_create(world.record("void"), {{"job", id_value(job.id)}, {"part", id_value(b.id)}});
  CHECK(world.open_cases().empty());
}

TEST_CASE("paper guard: a paper without a list lacks nothing, the next one with a list does",
          "[ingest]") {
  Counter world;
  const auto job = world.job();
  const auto part = world.record("part"), second = world.record("slip");
  Fields bare = world.slip(job, {});
  bare.erase("rows");
  world.office_create(world.record("slip"), bare);
  world.office_create(part, world.part(job));
  CHECK(world.open_cases().empty());
  world.office_create(second, world.slip(job, {}, 2));
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].record == second);
}

TEST_CASE("paper guard: who was asked once is asked about what is new only", "[ingest]") {
  Counter world;
  const auto job = world.job();
  const auto slip = world.record("slip"), seen = world.record("part"), fresh = world.record("part");
  world.office_create(slip, world.slip(job, {}));
  world.office_create(seen, world.part(job));
  world.resolve(world.open_cases().at(0).number, "confirm");
  CHECK(world.open_cases().empty());
  world.office_create(fresh, world.part(job));
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].device_value == list_of({fresh}));
}

TEST_CASE("paper guard: a correction that came before the paper", "[ingest]") {
  Counter world;
  Pen li(world, "li");
  const auto unit = world.record("unit"), job = world.job(), slip = world.record("slip");
  world.office_create(unit, {{"serial", text("A1")}});
  Fields says = world.slip(job, {});
  says.set("unit", id_value(unit.id));
  says.set("read", text("A1"));
  li.create(slip, says);
  world.office_edit(unit, "serial", text("A7"));
  CHECK(world.open_cases().empty());
  li.sync();
  const auto cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].kind == CaseKind::kUnsealed);
  CHECK(cases[0].record == unit);
  CHECK(cases[0].field == "serial");
  CHECK(cases[0].office_value == text("A7"));
  CHECK(cases[0].device_value == text("A1"));
  CHECK(cases[0].detail == "slip/" + to_string(slip.id));
  // The next edition says what stands.
  Fields again = world.slip(job, {}, 2);
  again.set("unit", id_value(unit.id));
  again.set("read", text("A7"));
  world.office_create(world.record("slip"), again);
  CHECK(world.open_cases().empty());
}

TEST_CASE("paper guard: what the unit is called later contradicts no paper", "[ingest]") {
  Counter world;
  const auto unit = world.record("unit"), job = world.job();
  world.office_create(unit, {{"serial", text("A1")}});
  Fields says = world.slip(job, {});
  says.set("unit", id_value(unit.id));
  says.set("read", text("A1"));
  world.office_create(world.record("slip"), says);
  world.office_edit(unit, "serial", text("A7"));
  world.office_edit(job, "state", text("closed"));
  CHECK(world.all_cases().empty());
}

TEST_CASE("paper guard: one that is new takes up what is there, and keeps quiet about it",
          "[ingest]") {
  Counter world(house(false));
  const auto job = world.job();
  const auto named = world.record("part"), old = world.record("part"), fresh = world.record("part");
  for (const auto& part : {named, old}) world.office_create(part, world.part(job));
  world.office_create(world.record("slip"), world.slip(job, {named}));
  const Schema later = house(true, 2);
  ServerCore core(world.store, later, world.clock, world.rng, world.trace);
  for (int start = 0; start < 2; ++start) must(core.open(std::nullopt));
  CHECK(world.all_cases().empty());
  Office office(core.ingest(), world.store, later, world.clock, world.rng);
  world.within([&] { return must(office.act("wen", {{fresh, true, world.part(job), 0}})); });
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].device_value == list_of({old, fresh}));
}
