// SPDX-License-Identifier: Apache-2.0
// What a server that was put back tells its phones, and what they bring it.
#include "core/model/cbor.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

void start_again(ServerWorld& world, const std::optional<StoreHead>& last_known) {
  world.core =
      std::make_unique<ServerCore>(world.store, world.schema, world.clock, world.rng, world.trace);
  must(world.core->open(last_known));
  world.office = std::make_unique<Office>(world.core->ingest(), world.store, world.schema,
                                          world.clock, world.rng);
  world.desk = std::make_unique<Desk>(*world.office, world.core->ingest(), world.store,
                                      world.schema, world.clock);
}

}  // namespace

TEST_CASE("session: a clean restart is invisible to phones", "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  world.office_create(world.visit(), {{"technician", text("li")}});
  li.sync();
  const auto before = must(world.store.head());
  start_again(world, before);
  CHECK(must(world.store.head()).epoch == before.epoch);
  CHECK(!li.sync().fork.has_value());
}

TEST_CASE("session: a store copied back by hand is noticed at the start and opens a new epoch",
          "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  li.create(visit, {{"technician", text("li")}, {"cause", text("a")}});
  li.sync();
  const auto backup = world.store.snapshot();
  li.edit(visit, "cause", text("a"), 1, text("b"));
  li.sync();
  const auto last_known = must(world.store.head());
  world.store.restore(backup);
  start_again(world, last_known);
  CHECK(must(world.store.head()).epoch != last_known.epoch);
  CHECK(must(world.store.epochs()).size() == 2);

  const auto told = li.send(li.request());
  REQUIRE(told.fork.has_value());
  CHECK(told.fork->need_ladder);
  CHECK(told.stored.seq == 1);
  CHECK(!told.page.has_value());

  // With its ladder the phone learns the fork point, and its base of the lost time counts as having
  // seen no more than that.
  auto request = li.request(2);
  request.ladder = {{last_known.epoch, last_known.version, last_known.head},
                    {last_known.epoch, 1, must(world.store.head()).head}};
  const auto reply = li.send(request);
  REQUIRE(reply.fork.has_value());
  CHECK(reply.fork->fork_version == 1);
  CHECK(reply.push == wire::PushStatus::kStored);
  CHECK(world.value(visit, "cause") == text("b"));
}

TEST_CASE("session: what a phone saw in lost commits does not count as seen", "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}, {"category", text("free")}});
  const auto backup = world.store.snapshot();
  for (const char* note : {"one", "two", "three"}) world.office_edit(visit, "notes", text(note));
  li.sync();
  const auto lost = must(world.store.head());
  world.store.restore(backup);
  start_again(world, lost);
  // Headquarters goes on in the new epoch, which the phone has not read.
  world.office_edit(visit, "category", text("contract"));
  Body body = li.blank();
  Change change;
  change.record = visit;
  change.kind = Change::Kind::kEdit;
  change.edits.push_back({"category", text("free"), {lost.epoch, lost.version}, text("paid")});
  body.changes.push_back(change);
  li.write(body);
  li.send(li.request(1));
  CHECK(world.value(visit, "category") == text("contract"));
  CHECK(world.open_cases().size() == 1);
}

TEST_CASE(
    "session: own work that was turned down in lost commits and stands now is not overwritten "
    "unseen",
    "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}, {"notes", text("a")}});
  const auto backup = world.store.snapshot();
  // Late: the visit was taken away meanwhile, so that his words are only proposed; then it is his
  // again, and he writes on what he sees.
  world.office_edit(visit, "technician", text("wang"));
  li.edit(visit, "notes", text("a"), 1, text("a\nfirst"));
  li.sync();
  CHECK(world.value(visit, "notes") == text("a"));
  world.office_edit(visit, "technician", text("li"));
  const auto lost = must(world.store.head());
  li.edit(visit, "notes", text("a"), lost.version, text("a\nsecond"));
  // In the restored history nobody took it away: the first words stand.
  world.store.restore(backup);
  start_again(world, lost);
  auto request = li.request(1);
  request.ladder = {{lost.epoch, lost.version, lost.head},
                    {lost.epoch, 1, must(world.store.head()).head}};
  li.send(request);
  const auto notes = world.value(visit, "notes").as_text();
  CHECK(notes.find("first") != std::string::npos);
  CHECK(notes.find("second") != std::string::npos);
}

TEST_CASE("session: nothing is released until a backup is registered, then what it holds",
          "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  for (int i = 0; i < 3; ++i) li.create(world.visit(), {{"technician", text("li")}});
  CHECK(!li.sync().safe.has_value());
  world.within([&] {
    must(world.store.put_backup(
        {world.rng.draw<Uuid>(), must(world.store.head()).epoch, 2, 0, "one"}));
    return 0;
  });
  const auto reply = li.sync();
  REQUIRE(reply.safe.has_value());
  CHECK(reply.safe->seq == 2);
}

TEST_CASE("session: a gap that nobody can fill is recorded, opens one case, and the queue goes on",
          "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  for (int i = 0; i < 4; ++i) li.create(world.visit(), {{"technician", text("li")}});
  auto request = li.request(4);
  CHECK(li.send(request).push == wire::PushStatus::kGap);
  request.gap = wire::Gap{1, 3};
  CHECK(li.send(request).push == wire::PushStatus::kStored);
  CHECK(world.version() == 1);
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].kind == CaseKind::kLostInRestore);
}

TEST_CASE("session: a witness opens one case and applies nothing by itself", "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto lost = world.visit();
  auto request = li.request();
  const Fields row = {{"technician", text("wang")},
                      {"notes", text("seen by li before the restore")}};
  request.witnesses.push_back({lost, {}, encode(row)});
  li.send(request);
  li.send(request);
  REQUIRE(world.open_cases().size() == 1);
  CHECK(!must(world.store.find_record(lost)).has_value());
  world.resolve(world.open_cases()[0].number, "device");
  CHECK(world.value(lost, "notes") == text("seen by li before the restore"));
}
