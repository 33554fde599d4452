// SPDX-License-Identifier: Apache-2.0
// What the office calls out to whom: a page where it knows how far the phone has read and little is
// new, else the bare bell; nothing where there is no news.
#include "core/wire/live_page.hpp"

#include "core/model/cbor.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

std::optional<Bytes> call_for(ServerWorld& world, const Pen& pen) {
  return world.core->calls_for({pen.device}).front();
}

std::string kind_of(const std::optional<Bytes>& call) {
  if (!call) return "nothing";
  return call->empty() ? "bell" : "page";
}

wire::LivePage page_in(const std::optional<Bytes>& call) {
  REQUIRE(kind_of(call) == "page");
  return must(wire::decode_live_page(*call));
}

}  // namespace

TEST_CASE("live page: it holds what is new for a phone that was served, from where it stands",
          "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  CHECK(kind_of(call_for(world, li)) == "bell");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}});
  li.sync();
  CHECK(kind_of(call_for(world, li)) == "nothing");
  world.office_edit(visit, "priority", number(3));
  const auto live = page_in(call_for(world, li));
  CHECK(live.standing == wire::standing_of(*li.cursor, li.positions));
  CHECK(live.page.complete);
  REQUIRE(live.page.entries.size() == 1);
  CHECK(live.page.entries[0].record == visit);
  CHECK(live.page.head.version == 2);
  // The phone has the row: only what was written since is sent.
  REQUIRE(live.patches.size() == 1);
  CHECK(live.page.entries[0].row == encode(Fields{{"priority", number(3)}}));
  const auto row = must(world.store.find_row(visit));
  CHECK(live.patches[0].check == wire::check_of(visit, row->row));
  // The next one goes on from there.
  world.office_edit(visit, "priority", number(4));
  const auto next = page_in(call_for(world, li));
  CHECK(next.standing == wire::standing_of(live.page.head, live.page.positions));
}

TEST_CASE("live page: a record that is new to the phone comes whole", "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("zhang")}, {"notes", text("a")}});
  li.sync();
  world.office_edit(visit, "technician", text("li"));
  const auto entered = page_in(call_for(world, li));
  CHECK(entered.patches.empty());
  REQUIRE(entered.page.entries.size() == 1);
  CHECK(entered.page.entries[0].row == must(world.store.find_row(visit))->row);
  // It goes and comes back: what the phone kept of it nobody knows.
  world.office_edit(visit, "technician", text("zhang"));
  CHECK(page_in(call_for(world, li)).page.left.size() == 1);
  world.office_edit(visit, "technician", text("li"));
  CHECK(page_in(call_for(world, li)).patches.empty());
}

TEST_CASE("live page: others' work outside the phone's scopes is no news for it", "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  li.sync();
  world.office_create(world.visit(), {{"technician", text("zhang")}});
  CHECK(kind_of(call_for(world, li)) == "nothing");
}

TEST_CASE("live page: a record that left is news", "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}});
  li.sync();
  world.office_edit(visit, "technician", text("zhang"));
  const auto live = page_in(call_for(world, li));
  CHECK(live.page.entries.empty());
  REQUIRE(live.page.left.size() == 1);
  CHECK(live.page.left[0].record == visit);
}

TEST_CASE("live page: much that is new, and a phone that was served half, get the bell",
          "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  li.sync();
  for (int i = 0; i < 65; ++i) world.office_create(world.visit(), {{"technician", text("li")}});
  CHECK(kind_of(call_for(world, li)) == "bell");
  auto request = li.request();
  request.page_size_max = 1;
  CHECK_FALSE(li.send(request).page->complete);
  world.office_create(world.visit(), {{"technician", text("li")}});
  CHECK(kind_of(call_for(world, li)) == "bell");
}

TEST_CASE("live page: a leaver's phone is told nothing", "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}});
  li.sync();
  world.within([&] {
    auto row = must(world.store.find_device(li.device));
    row->status = DeviceStatus::kLeaver;
    must(world.store.put_device(*row));
    return 0;
  });
  world.office_edit(visit, "priority", number(3));
  CHECK(kind_of(call_for(world, li)) == "nothing");
}

TEST_CASE("live page: after a group that could not be kept nobody is taken to stand where it was",
          "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}});
  li.sync();
  const auto edit = [&](std::int64_t value) {
    world.office_edit(visit, "priority", number(value));
  };
  must(world.store.begin());
  li.create(world.visit(), {{"technician", text("li")}});
  const auto lost = must(world.core->sync(li.request(1)));
  REQUIRE(lost.page->complete);
  world.store.rollback();
  edit(7);  // takes the number that the lost group had
  const auto call = call_for(world, li);
  REQUIRE(kind_of(call) != "nothing");
  if (kind_of(call) == "page")
    CHECK(page_in(call).standing != wire::standing_of(*li.cursor, li.positions));
}
