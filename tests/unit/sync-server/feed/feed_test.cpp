// SPDX-License-Identifier: Apache-2.0
// What a page holds: the device's scopes, in the order of the feed, in one snapshot.
#include "core/wire/scope_digest.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

std::vector<RecordRef> records_of(const wire::Page& page) {
  std::vector<RecordRef> records;
  for (const auto& entry : page.entries) records.push_back(entry.record);
  return records;
}

bool holds(const wire::Page& page, const RecordRef& record) {
  const auto records = records_of(page);
  return std::find(records.begin(), records.end(), record) != records.end();
}

// Ids that sort as they are counted.
RecordRef numbered(const char* collection, std::uint8_t n) {
  RecordRef record{collection, {}};
  record.id.raw.fill(n);
  return record;
}

}  // namespace

TEST_CASE(
    "feed: a phone gets its visits, what they refer to, what hangs on them, and what is shared",
    "[feed]") {
  ServerWorld world;
  Pen li(world, "li"), wang(world, "wang");
  const auto customer = numbered("customer", 1), stranger = numbered("customer", 2);
  const auto visit = numbered("visit", 3), other = numbered("visit", 4);
  const auto event = numbered("visit_event", 5), part = numbered("part", 6);
  world.office_create(customer, {{"name", text("Zhang")}});
  world.office_create(stranger, {{"name", text("Zhao")}});
  world.office_create(visit, {{"technician", text("li")}, {"customer", id_value(customer.id)}});
  world.office_create(other, {{"technician", text("wang")}, {"customer", id_value(stranger.id)}});
  world.office_create(event, {{"visit", id_value(visit.id)}, {"kind", text("arrived")}});
  world.office_create(part, {{"name", text("remote control")}});

  const auto page = *li.sync().page;
  CHECK(page.complete);
  CHECK(page.scopes == std::vector<std::string>{"shared", "user:li"});
  CHECK(records_of(page) == std::vector<RecordRef>{customer, visit, event, part});
  CHECK(page.entries[3].scopes == std::vector<std::uint32_t>{0});
  CHECK(page.entries[1].scopes == std::vector<std::uint32_t>{1});
}

TEST_CASE("feed: an entry's place is the later of its change and of its entering the scope",
          "[feed]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = numbered("visit", 3), customer = numbered("customer", 1);
  const auto made = world.office_create(customer, {{"name", text("Zhang")}});
  const auto taken =
      world.office_create(visit, {{"technician", text("li")}, {"customer", id_value(customer.id)}});
  const auto page = *li.sync().page;
  REQUIRE(page.entries.size() == 2);
  CHECK(page.entries[0].record == customer);
  CHECK(page.entries[0].version == taken.commit);
  CHECK(page.entries[0].row_version == made.commit);
}

TEST_CASE("feed: a later page holds only what moved since", "[feed]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = numbered("visit", 3), still = numbered("visit", 4);
  world.office_create(visit, {{"technician", text("li")}});
  world.office_create(still, {{"technician", text("li")}});
  li.sync();
  CHECK(li.sync().page->entries.empty());
  world.office_edit(visit, "address", text("street 7"));
  CHECK(records_of(*li.sync().page) == std::vector<RecordRef>{visit});
}

TEST_CASE("feed: small pages bring the same as one large page, and say when nothing follows",
          "[feed]") {
  ServerWorld world;
  Pen large(world, "li"), small(world, "li");
  for (std::uint8_t n = 1; n <= 7; ++n) {
    const auto customer = numbered("customer", n);
    world.office_create(customer, {{"name", text("Zhang")}});
    world.office_create(numbered("visit", n),
                        {{"technician", text("li")}, {"customer", id_value(customer.id)}});
  }
  const auto whole = *large.sync().page;
  CHECK(whole.complete);
  std::vector<RecordRef> gathered;
  for (int pages = 1;; ++pages) {
    auto ask = small.request();
    ask.page_size_max = 1;
    const auto page = *small.send(ask).page;
    small.positions = page.positions;
    const auto records = records_of(page);
    gathered.insert(gathered.end(), records.begin(), records.end());
    REQUIRE(pages < 40);
    if (page.complete) break;
    CHECK(records.size() == 1);
  }
  CHECK(gathered == records_of(whole));
}

TEST_CASE("feed: a visit handed to somebody else leaves one scope and enters the other whole",
          "[feed]") {
  ServerWorld world;
  Pen li(world, "li"), wang(world, "wang");
  const auto visit = numbered("visit", 3), customer = numbered("customer", 1),
             event = numbered("visit_event", 5);
  world.office_create(customer, {{"name", text("Zhang")}});
  world.office_create(visit, {{"technician", text("li")}, {"customer", id_value(customer.id)}});
  world.office_create(event, {{"visit", id_value(visit.id)}, {"kind", text("arrived")}});
  li.sync();
  wang.sync();
  world.office_edit(visit, "technician", text("wang"));
  CHECK(li.sync().page->left.size() == 3);
  const auto gained = *wang.sync().page;
  CHECK(holds(gained, visit));
  CHECK(holds(gained, customer));
  CHECK(holds(gained, event));
}

TEST_CASE("feed: what two visits refer to stays until the last of them goes", "[feed]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto customer = numbered("customer", 1), one = numbered("visit", 3),
             two = numbered("visit", 4);
  world.office_create(customer, {{"name", text("Zhang")}});
  for (const auto& visit : {one, two})
    world.office_create(visit, {{"technician", text("li")}, {"customer", id_value(customer.id)}});
  li.sync();
  world.office_edit(one, "technician", text("wang"));
  auto page = *li.sync().page;
  REQUIRE(page.left.size() == 1);
  CHECK(page.left[0].record == one);
  world.office_edit(two, "technician", text("wang"));
  page = *li.sync().page;
  CHECK(page.left.size() == 2);
}

TEST_CASE("feed: a scope that the phone has no position in is told from its beginning", "[feed]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto part = numbered("part", 6), visit = numbered("visit", 3);
  world.office_create(part, {{"name", text("remote control")}});
  world.office_create(visit, {{"technician", text("li")}});
  li.sync();
  std::erase_if(li.positions, [](const auto& position) { return position.scope == "shared"; });
  CHECK(records_of(*li.sync().page) == std::vector<RecordRef>{part});
}

TEST_CASE("feed: another person's phone learns that a scope is gone, and fills the new one",
          "[feed]") {
  ServerWorld world;
  Pen li(world, "li"), wang(world, "wang");
  const auto visit = numbered("visit", 3);
  world.office_create(visit, {{"technician", text("wang")}});
  li.sync();
  world.within([&] {
    auto row = must(world.store.find_device(li.device));
    row->actor = "wang";
    must(world.store.put_device(*row));
    return 0;
  });
  const auto page = *li.sync().page;
  CHECK(page.scopes_left == std::vector<std::string>{"user:li"});
  CHECK(records_of(page) == std::vector<RecordRef>{visit});
}

TEST_CASE("feed: the digest of a scope is the sum over its rows as they are served", "[feed]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = numbered("visit", 3), gone = numbered("visit", 4);
  world.office_create(visit, {{"technician", text("li")}});
  world.office_create(gone, {{"technician", text("li")}});
  world.office_edit(gone, "technician", text("wang"));
  auto ask = li.request();
  ask.want_digests = true;
  const auto page = *li.send(ask).page;
  REQUIRE(page.digests.size() == 2);
  REQUIRE(page.entries.size() == 1);
  wire::ScopeSum sum;
  sum.add(wire::digest_of_row(visit, page.entries[0].row));
  CHECK(page.digests[1].scope == "user:li");
  CHECK(page.digests[1].records == 1);
  CHECK(page.digests[1].digest == sum.digest());
  CHECK(page.digests[0].records == 0);
}

TEST_CASE("feed: receipts tell own values and never another's", "[feed]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = numbered("visit", 3);
  const auto made =
      world.office_create(visit, {{"technician", text("li")}, {"category", text("none")}});
  world.office_edit(visit, "category", text("headquarters-only-words"));
  li.edit(visit, "category", text("none"), made.commit, text("field"));
  li.sync();
  REQUIRE(li.receipts.size() == 1);
  REQUIRE(li.receipts[0].fields.size() == 1);
  CHECK(li.receipts[0].fields[0].own == std::optional<Value>(text("field")));
  Bytes outcome = encode_outcome(li.receipts[0]);
  CHECK(text_of(outcome).find("headquarters-only-words") == std::string_view::npos);
}
