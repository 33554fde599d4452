// SPDX-License-Identifier: Apache-2.0
// A candidate on the recorded history: the rules that decided it find nothing, others find just
// what they would have decided differently, and nobody is touched by it.
#include "sync-server/rules/rehearsals.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// The small schema with one rule replaced, next version.
Schema with_rule(const Schema& schema, const std::string& from, const std::string& to) {
  std::string source = schema.source;
  const auto at = source.find(from);
  REQUIRE(at != std::string::npos);
  source.replace(at, from.size(), to);
  const std::string version = "\"version\": 1";
  source.replace(source.find(version), version.size(), "\"version\": 2");
  return must(load_schema(source, "candidate"));
}

struct Rehearsed {
  RehearsalTally total;
  std::map<std::string, RehearsalTally> by_field;
  std::vector<Difference> shown;
};

Rehearsed rehearse(ServerWorld& world, const Schema& candidate, std::size_t piece = 1000) {
  must(world.store.begin());
  const auto rehearsal = must(Rehearsal::begin(world.store, candidate, world.clock, world.trace));
  while (!must(rehearsal->go_on(world.store, piece))) {
  }
  world.store.rollback();
  CHECK(rehearsal->done() == world.version());
  return {rehearsal->tally(), rehearsal->by_field(), rehearsal->shown()};
}

// The office and li changed the category without seeing each other; the case was settled, and
// everybody went on.
struct Story {
  ServerWorld world;
  Pen li{world, "li"};
  Pen wang{world, "wang"};
  RecordRef visit = world.visit();

  Story() {
    const auto made = world.office_create(
        visit, {{"technician", text("li")}, {"category", text("free")}, {"notes", text("a")}});
    world.office_edit(visit, "category", text("contract"));
    world.office_edit(visit, "notes", text("a\nx"));
    li.edit(visit, "category", text("free"), made.commit, text("paid"));
    li.edit(visit, "notes", text("a"), made.commit, text("a\nb"));
    li.edit(visit, "cause", std::nullopt, made.commit, text("fuse"));
    li.sync();
    REQUIRE(world.open_cases().size() == 1);
    world.resolve(world.open_cases()[0].number, "office");
    world.office_edit(visit, "priority", number(2));
    // Of a visit that wang never had: parked, and released once he has it.
    const SetId waits = wang.edit(visit, "cause", text("fuse"), world.version(), text("cable"));
    wang.sync();
    world.office_edit(visit, "technician", text("wang"));
    world.within([&] { return must(world.core->ingest().release_parked(waits)); });
  }
};

}  // namespace

TEST_CASE("rehearsal: the rules that decided the history find nothing in it", "[rules]") {
  Story story;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
    const auto found = rehearse(story.world, story.world.schema, piece);
    CHECK(found.total == RehearsalTally{});
    CHECK(found.shown.empty());
  }
}

TEST_CASE("rehearsal: a rule that decides by itself would never have opened the case", "[rules]") {
  Story story;
  const auto candidate = with_rule(
      story.world.schema, R"j("category": {"type": "text", "rule": "three_way(ask_human)"})j",
      R"j("category": {"type": "text", "rule": "three_way(technician)"})j");
  const auto found = rehearse(story.world, candidate);
  CHECK(found.total.cases_less == 1);
  CHECK(found.total.cases_more == 0);
  REQUIRE(!found.shown.empty());
  const auto& first = found.shown.front();
  CHECK(first.field == "category");
  CHECK(first.was == "conflict");
  CHECK(first.would == "taken_over");
  CHECK(first.rule_would == "three_way(technician)");
  CHECK(first.actor == "li");
  CHECK(found.by_field.at("visit.category").cases_less == 1);
}

TEST_CASE("rehearsal: a rule that asks would have opened one where the old did not", "[rules]") {
  Story story;
  const auto candidate =
      with_rule(story.world.schema, R"j("notes": {"type": "text", "rule": "keep_both"})j",
                R"j("notes": {"type": "text", "rule": "ask_human"})j");
  const auto found = rehearse(story.world, candidate);
  CHECK(found.total.cases_more == 1);
  CHECK(found.by_field.count("visit.notes") == 1);
}

TEST_CASE("rehearsal: a field that the candidate does not know would be judged as unknown",
          "[rules]") {
  Story story;
  const auto candidate =
      with_rule(story.world.schema, R"j("notes": {"type": "text", "rule": "keep_both"},)j", "");
  const auto found = rehearse(story.world, candidate);
  CHECK(found.by_field.count("visit.notes") == 1);
}

TEST_CASE("rehearsal: nobody is touched by it", "[rules]") {
  Story story;
  const auto head = must(story.world.store.head());
  const auto cases = must(story.world.store.list_cases(std::nullopt, 0, 100));
  rehearse(story.world,
           with_rule(story.world.schema, R"j("rule": "keep_both")j", R"j("rule": "ask_human")j"));
  CHECK(must(story.world.store.head()).head == head.head);
  CHECK(must(story.world.store.list_cases(std::nullopt, 0, 100)) == cases);
  story.li.sync();
  CHECK(story.world.schema.version == 1);
}

TEST_CASE("rehearsals: one a person, a few at a time, forgotten when nobody goes on", "[rules]") {
  Story story;
  ServerWorld& world = story.world;
  Rehearsals rehearsals;
  must(world.store.begin());
  const auto begin = [&](const char* who) {
    return rehearsals.begin(world.store, small_schema(), who, world.clock, world.rng);
  };
  const auto first = must(begin("chen"));
  const auto again = must(begin("chen"));
  CHECK(rehearsals.find(first, "chen", world.clock.steady_ms()) == nullptr);
  CHECK(rehearsals.find(again, "chen", world.clock.steady_ms()) != nullptr);
  CHECK(rehearsals.find(again, "wu", world.clock.steady_ms()) == nullptr);
  must(begin("wu"));
  const auto third = begin("zhou");
  REQUIRE(!third.ok());
  CHECK(third.error().code == Errc::kBusy);
  world.clock.advance(61'000);
  CHECK(begin("zhou").ok());
  world.store.rollback();
}
