// SPDX-License-Identifier: Apache-2.0
// What did the technician see? And the book played again, which answers it.
#include "sync-server/conflicts/seen.hpp"

#include "tests/unit/sync-server/conflicts/disputed.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Looked {
  ServerWorld world;
  Pen li{world, "li"};
  RecordRef visit = world.visit();

  Seen seen(const SetId& set) {
    return must(what_was_seen(world.core->ingest(), world.store, world.schema, set));
  }
  // The value that the phone showed in a field of the visit.
  Value shown(const SetId& set, const std::string& field) {
    for (const auto& record : seen(set).records) {
      if (record.record != visit || !record.values) continue;
      const auto* value = record.values->find(field);
      return value == nullptr ? text("(absent)") : *value;
    }
    return text("(not there)");
  }
  std::vector<ReplayStep> replay(const RecordRef& record, Version through = INT64_MAX) {
    return must(Replay(world.core->ingest(), world.store, world.schema).of(record, through));
  }
};

}  // namespace

TEST_CASE("seen: the record as it stood when the phone had it, whatever came since",
          "[conflicts]") {
  Looked it;
  const auto base = it.world
                        .office_create(it.visit, {{"technician", text("li")},
                                                  {"category", text("a")},
                                                  {"address", text("Long Street 1")}})
                        .commit;
  it.world.office_edit(it.visit, "address", text("Long Street 2"));
  const auto set = it.li.edit(it.visit, "category", text("a"), base, text("b"));
  it.li.sync();
  it.world.office_edit(it.visit, "category", text("c"));
  CHECK(it.shown(set, "category") == text("a"));
  CHECK(it.shown(set, "address") == text("Long Street 1"));
  const auto seen = it.seen(set);
  CHECK(seen.version == base);
  CHECK(seen.records.at(0).exact);
}

TEST_CASE("seen: the author's own earlier work lies over it, and is named", "[conflicts]") {
  Looked it;
  const auto base =
      it.world.office_create(it.visit, {{"technician", text("li")}, {"category", text("a")}})
          .commit;
  const auto first = it.li.edit(it.visit, "cause", std::nullopt, base, text("fuse"));
  const auto second = it.li.edit(it.visit, "category", text("a"), base, text("b"));
  const auto third = it.li.edit(it.visit, "category", text("b"), base, text("c"));
  it.li.sync();
  CHECK(it.shown(first, "cause") == text("(absent)"));
  CHECK(it.shown(second, "cause") == text("fuse"));
  CHECK(it.shown(second, "category") == text("a"));
  CHECK(it.shown(third, "category") == text("b"));
  CHECK(it.seen(third).records.at(0).own.at("category") == second);
  CHECK(it.seen(third).records.at(0).own.at("cause") == first);
}

TEST_CASE("seen: work that had settled by then is headquarters' state", "[conflicts]") {
  Looked it;
  const auto base =
      it.world.office_create(it.visit, {{"technician", text("li")}, {"category", text("a")}})
          .commit;
  it.li.edit(it.visit, "cause", std::nullopt, base, text("fuse"));
  it.li.sync();
  const auto later = it.li.edit(it.visit, "category", text("a"), it.world.version(), text("b"));
  it.li.sync();
  const auto seen = it.seen(later);
  CHECK(it.shown(later, "cause") == text("fuse"));
  CHECK(seen.records.at(0).own.empty());
}

TEST_CASE("seen: the records that the visit brings are told as well", "[conflicts]") {
  Looked it;
  const RecordRef customer{"customer", it.world.rng.draw<Uuid>()};
  it.world.office_create(customer, {{"name", text("Wang")}});
  const auto base = it.world
                        .office_create(it.visit, {{"technician", text("li")},
                                                  {"customer", id_value(customer.id)}})
                        .commit;
  const auto set = it.li.edit(it.visit, "cause", std::nullopt, base, text("fuse"));
  it.li.sync();
  it.world.office_edit(customer, "name", text("Wang & Sons"));
  const auto seen = it.seen(set);
  REQUIRE(seen.records.size() == 2);
  CHECK(seen.records[1].record == customer);
  CHECK(*seen.records[1].values->find("name") == text("Wang"));
}

TEST_CASE("seen: what the phone says itself has the last word, and a difference is told",
          "[conflicts]") {
  Looked it;
  const auto base =
      it.world.office_create(it.visit, {{"technician", text("li")}, {"category", text("a")}})
          .commit;
  const auto set = it.li.edit(it.visit, "category", text("something else"), base, text("b"));
  it.li.sync();
  CHECK(it.shown(set, "category") == text("something else"));
  CHECK_FALSE(it.seen(set).records.at(0).exact);
}

TEST_CASE("seen: a set that is not there is not found", "[conflicts]") {
  Looked it;
  const auto seen =
      what_was_seen(it.world.core->ingest(), it.world.store, it.world.schema, it.visit.id);
  CHECK(seen.error().code == Errc::kNotFound);
}

TEST_CASE("replay: played again to the end, a record is what the book has", "[conflicts]") {
  Looked it;
  Pen wang{it.world, "wang"};
  const auto base = it.world
                        .office_create(it.visit, {{"technician", text("li")},
                                                  {"notes", text("a")},
                                                  {"category", text("a")},
                                                  {"meter", number(1)}})
                        .commit;
  it.world.office_edit(it.visit, "notes", text("a\n\nfrom the office"));
  it.li.edit(it.visit, "notes", text("a"), base, text("a\n\nfrom the phone"));
  it.li.edit(it.visit, "meter", number(1), base, number(7));
  it.world.office_edit(it.visit, "category", text("office"));
  it.li.edit(it.visit, "category", text("a"), base, text("device"));
  it.li.sync();
  it.world.resolve(it.world.open_cases().at(0).number, "device");
  it.world.office_edit(it.visit, "technician", text("wang"));
  it.li.edit(it.visit, "category", text("device"), base, text("late"));  // not his any more
  it.li.sync();
  const auto steps = it.replay(it.visit);
  REQUIRE_FALSE(steps.empty());
  CHECK(steps.back().exact);
  CHECK(steps.back().state == *must(it.world.store.find_record(it.visit)));
  CHECK(it.replay(it.visit, base).back().state.values() == Fields{{"technician", text("li")},
                                                                  {"notes", text("a")},
                                                                  {"category", text("a")},
                                                                  {"meter", number(1)}});
}
