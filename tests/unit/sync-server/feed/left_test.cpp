// SPDX-License-Identifier: Apache-2.0
// Whom `left` is told: whoever may still hold the record, and nobody else.
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

wire::Page small_page(Pen& pen) {
  auto ask = pen.request();
  ask.page_size_max = 1;
  auto page = *pen.send(ask).page;
  pen.positions = page.positions;
  if (page.complete) pen.cursor = page.head;
  return page;
}

}  // namespace

TEST_CASE("left: a phone that never had the record is not told", "[feed]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}});
  world.office_edit(visit, "technician", text("wang"));
  const auto page = *li.sync().page;
  CHECK(page.left.empty());
  CHECK(page.entries.empty());
}

TEST_CASE("left: a phone that was away while a record left, came back and left again is told",
          "[feed]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}});
  li.sync();
  for (const char* technician : {"wang", "li", "wang"})
    world.office_edit(visit, "technician", text(technician));
  const auto page = *li.sync().page;
  REQUIRE(page.left.size() == 1);
  CHECK(page.left[0].record == visit);
}

TEST_CASE("left: what left before a first reading began is not told on its later pages", "[feed]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto before = world.visit();
  world.office_create(before, {{"technician", text("li")}});
  std::vector<RecordRef> visits;
  for (int i = 0; i < 3; ++i) {
    visits.push_back(world.visit());
    world.office_create(visits.back(), {{"technician", text("li")}});
  }
  world.office_edit(before, "technician", text("wang"));
  const auto first = small_page(li);
  REQUIRE(first.entries.size() == 1);
  REQUIRE(first.entries[0].record == visits[0]);
  // What leaves while the phone reads is told when it had come by…
  world.office_edit(visits[0], "technician", text("wang"));
  std::vector<RecordRef> told;
  for (bool complete = false; !complete;) {
    const auto page = small_page(li);
    for (const auto& leave : page.left) told.push_back(leave.record);
    complete = page.complete;
  }
  // …and what had left before is not.
  CHECK(told == std::vector<RecordRef>{visits[0]});
}

TEST_CASE("left: once the reading was complete, a record that leaves is told", "[feed]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto one = world.visit(), two = world.visit();
  world.office_create(one, {{"technician", text("li")}});
  world.office_create(two, {{"technician", text("li")}});
  while (!small_page(li).complete) {
  }
  for (const auto& position : li.positions) CHECK(position.filling_since == 0);
  world.office_edit(one, "technician", text("wang"));
  const auto page = small_page(li);
  REQUIRE(page.left.size() == 1);
  CHECK(page.left[0].record == one);
}
