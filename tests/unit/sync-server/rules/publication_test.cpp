// SPDX-License-Identifier: Apache-2.0
// A publication is a commit; what comes after it is judged by the new set, what came before stays.
#include <algorithm>

#include "sync-server/ingest/publication.hpp"
#include "sync-server/scope/membership.hpp"
#include "sync-server/store/rule_book.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

Schema next_set(const std::string& from, const std::string& to, int version = 2) {
  const auto source =
      replaced(small_schema().source, "\"version\": 1", "\"version\": " + std::to_string(version));
  return must(load_schema(replaced(source, from, to), "next"));
}

const std::string kAsks = R"j("category": {"type": "text", "rule": "three_way(ask_human)"})j";
const std::string kDevice = R"j("category": {"type": "text", "rule": "three_way(technician)"})j";

// As the API's handler does it, a task of a group.
CoreTask publishing(const Schema& next, std::function<void(const Error&)> failed) {
  CoreTask task{
      [next](ServerCore& core) -> Result<AfterCommit> {
        Office office(core.ingest(), core.store(), core.schema(), core.clock(), core.rng());
        DAYBOOK_TRY(check_may_follow(core.store(), core.schema(), next));
        const Change change = publication_of(next, core.schema().version, "they all say the same");
        DAYBOOK_ASSIGN(const auto receipt,
                       office.act("chen", {{change.record, true, change.created, 0}}));
        CHECK(receipt.verdict == Verdict::kAccepted);
        DAYBOOK_TRY(core.put_rules(next));
        return AfterCommit([] {});
      },
      std::move(failed)};
  task.ends_group = true;
  return task;
}

CoreTask edit_of(ServerWorld& world, const RecordRef& visit, std::uint64_t& rules) {
  return {[&world, visit, &rules](ServerCore& core) -> Result<AfterCommit> {
            Office office(core.ingest(), core.store(), core.schema(), core.clock(), core.rng());
            OfficeEdit edit{visit, false, {{"priority", number(3)}}, world.version()};
            DAYBOOK_ASSIGN(const auto receipt, office.act("chen", {edit}));
            return AfterCommit([&rules, receipt] { rules = receipt.rules_version; });
          },
          [](const Error& why) { FAIL(to_string(why)); }};
}

void fail(const Error& why) { FAIL(to_string(why)); }

}  // namespace

TEST_CASE("publication: what follows it in the same queue is judged by the new set", "[rules]") {
  ServerWorld world;
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}});
  std::uint64_t before = 0, after = 0;
  std::vector<CoreTask> tasks;
  tasks.push_back(edit_of(world, visit, before));
  tasks.push_back(publishing(next_set(kAsks, kDevice), fail));
  tasks.push_back(edit_of(world, visit, after));
  const auto touched = run_group(*world.core, std::move(tasks));
  CHECK(before == 1);
  CHECK(after == 2);
  CHECK(world.core->schema().version == 2);
  CHECK(touched.contains("shared"));
  CHECK(must(world.store.newest_schema())->version == 2);
  const auto facts = must(world.store.list_records(std::string(kRuleSetCollection), {}, 10));
  REQUIRE(facts.size() == 1);
  CHECK(facts[0].fields.at("reason").value == text("they all say the same"));
  CHECK(facts[0].fields.at("version").value == number(2));
}

TEST_CASE("publication: a group that could not be made durable puts nothing in force", "[rules]") {
  ServerWorld world;
  bool told = false;
  CoreTask broken{[](ServerCore&) -> Result<AfterCommit> { return failure(Errc::kIo, "disk"); },
                  [](const Error&) {}};
  auto task = publishing(next_set(kAsks, kDevice), [&](const Error&) { told = true; });
  task.ends_group = false;  // so that the broken one is in its group
  std::vector<CoreTask> tasks;
  tasks.push_back(std::move(task));
  tasks.push_back(std::move(broken));
  run_group(*world.core, std::move(tasks));
  CHECK(told);
  CHECK(world.core->schema().version == 1);
  CHECK(must(world.store.newest_schema())->version == 1);
  run_group(*world.core, {publishing(next_set(kAsks, kDevice), fail)});
  CHECK(world.core->schema().version == 2);
}

TEST_CASE("publication: phones are sent the set at their next word", "[rules]") {
  ServerWorld world;
  Pen li(world, "li");
  li.sync();
  run_group(*world.core, {publishing(next_set(kAsks, kDevice), fail)});
  auto request = li.request();
  request.schema_digest = small_schema().digest;
  const auto reply = li.send(request);
  CHECK(reply.schema_version == 2);
  REQUIRE(reply.schema.has_value());
  CHECK(must(load_schema(*reply.schema, "reply")).version == 2);
}

TEST_CASE("publication: the version rises, and records are neither misread nor moved", "[rules]") {
  ServerWorld world;
  const Schema now = small_schema();
  const auto follows = [&](const Schema& next) { return check_may_follow(world.store, now, next); };
  CHECK(follows(next_set(kAsks, kDevice)).ok());
  CHECK(follows(next_set(kAsks, kDevice, 1)).error().field == "version");
  const auto retyped =
      next_set(R"j("priority": {"type": "int")j", R"j("priority": {"type": "text")j");
  const auto moved = next_set(R"j("scope_field": "technician", )j", "");
  CHECK(follows(retyped).ok());  // there is no visit yet
  CHECK(follows(moved).ok());
  world.office_create(world.visit(), {{"technician", text("li")}});
  CHECK(follows(retyped).error().field == "visit");
  CHECK(follows(moved).error().field == "visit");
}

TEST_CASE("publication: a phone cannot write one", "[rules]") {
  ServerWorld world;
  Pen li(world, "li");
  li.create({std::string(kRuleSetCollection), world.rng.draw<Uuid>()},
            {{"version", number(9)}, {"reason", text("mine")}});
  li.sync();
  const auto row = must(world.store.find_commit(world.version()));
  CHECK(row->verdict == Verdict::kParked);
  CHECK(must(world.store.count_records(std::string(kRuleSetCollection))) == 0);
}

TEST_CASE("publication: the book knows better than an older file, and a newer file is published",
          "[rules]") {
  ServerWorld world;
  run_group(*world.core, {publishing(next_set(kAsks, kDevice), fail)});
  const auto reopened = [&](const Schema& file) {
    auto core =
        std::make_unique<ServerCore>(world.store, file, world.clock, world.rng, world.trace);
    const auto opened = core->open(std::nullopt);
    if (!opened.ok()) world.store.rollback();
    return std::pair(std::move(core), opened);
  };
  const auto [older, old_opened] = reopened(small_schema());
  CHECK(old_opened.ok());
  CHECK(older->schema().version == 2);
  const auto [other, other_opened] =
      reopened(next_set(kAsks, R"j("category": {"type": "text", "rule": "office"})j"));
  REQUIRE(!other_opened.ok());
  CHECK(other_opened.error().field == "schema.version");
  world.office_create(world.visit(), {{"technician", text("li")}});
  const auto [misfit, misfit_opened] =
      reopened(next_set(R"j("priority": {"type": "int")j", R"j("priority": {"type": "text")j", 3));
  CHECK(misfit_opened.ok());  // and goes on with what it has
  CHECK(misfit->schema().version == 2);
  const Version before = world.version();
  const auto [newer, new_opened] = reopened(next_set(kAsks, kDevice, 3));
  CHECK(new_opened.ok());
  CHECK(newer->schema().version == 3);
  CHECK(world.version() == before + 1);
}

namespace {

// With or without its organisations declared.
Schema places(int version, bool declared) {
  const auto only = [&](const std::string& part) { return declared ? part : std::string(); };
  return must(load_schema(
      R"({"daybook_schema": 1, "name": "small", "version": )" + std::to_string(version) + "," +
          only(R"("organisations": {"tree": "place", "people": "person"},)") + R"("collections": {
        "place": {"kind": "document",)" +
          only(R"("organisation_field": "above",)") + R"("fields": {
          "above": {"type": "reference", "references": "place", "rule": "office"}}},
        "person": {"kind": "document", "scope_field": "login",)" +
          only(R"("organisation_field": "at",)") + R"("fields": {
          "login": {"type": "text", "rule": "office"},
          "at": {"type": "reference", "references": "place", "rule": "office"}}},
        "note": {"kind": "fact", "parent": "person", "fields": {
          "person": {"type": "reference", "references": "person"}}}}})",
      "places"));
}

}  // namespace

TEST_CASE("publication: records that are there follow their organisations in and out", "[rules]") {
  ServerWorld world(places(1, false));
  const RecordRef top{"place", world.rng.draw<Uuid>()};
  const RecordRef outlet{"place", world.rng.draw<Uuid>()};
  world.office_create(top, {{"above", Value()}});
  world.office_create(outlet, {{"above", id_value(top.id)}});
  std::vector<Uuid> people;
  for (int i = 0; i < 600; ++i) {  // more than are looked at at once
    const RecordRef person{"person", world.rng.draw<Uuid>()};
    people.push_back(person.id);
    world.office_create(person,
                        {{"login", text("p" + std::to_string(i))}, {"at", id_value(outlet.id)}});
  }
  const RecordRef note{"note", world.rng.draw<Uuid>()};
  world.office_create(note, {{"person", id_value(people[7])}});
  const auto present = [&](const RecordRef& place, const char* collection) {
    auto ids = must(world.store.present_in(scope_of_organisation(place.id), collection));
    std::sort(ids.begin(), ids.end());
    return ids;
  };
  const auto publish = [&](int version, bool declared) {
    std::vector<CoreTask> tasks;
    tasks.push_back(publishing(places(version, declared), fail));
    run_group(*world.core, std::move(tasks));
    CHECK(world.core->schema().version == static_cast<std::uint64_t>(version));
  };
  CHECK(present(outlet, "person").empty());
  publish(2, true);
  std::sort(people.begin(), people.end());
  CHECK(present(outlet, "person") == people);
  CHECK(present(outlet, "note") == std::vector{note.id});
  CHECK(present(outlet, "place") == std::vector{outlet.id});
  std::vector<Uuid> both{top.id, outlet.id};
  std::sort(both.begin(), both.end());
  CHECK(present(top, "place") == both);
  // What a phone sees has nothing to do with it.
  CHECK(must(world.store.members_of({"person", people[0]})).size() == 2);
  publish(3, false);
  CHECK(present(outlet, "person").empty());
  CHECK(present(outlet, "note").empty());
  CHECK(present(top, "place").empty());
}
