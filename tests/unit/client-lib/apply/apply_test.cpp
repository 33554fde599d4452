// SPDX-License-Identifier: Apache-2.0
// Pages become the base: memberships, scopes taken away, digests, what is read again.
#include "client-lib/apply/apply.hpp"

#include "client-lib/apply/positions.hpp"
#include "client-lib/local/settings.hpp"
#include "core/model/cbor.hpp"
#include "core/wire/scope_digest.hpp"
#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct World {
  Phone phone;
  ScriptedOffice office;
  ChangeNotes notes;
  OwnChain chain;

  World() { chain = want(OwnChain::load(*phone.store, phone_device())); }

  void complete(std::vector<wire::Page> pages) {
    want(phone.store->begin());
    want(apply_complete(
        {*phone.store, *phone_schema(), chain, notes},
        {pages.size(), [&](std::uint64_t i) { return Result<wire::Page>(pages[i]); }}));
    want(phone.store->commit());
  }
  wire::Page page_with(Version version, const RecordRef& record, Fields fields,
                       std::vector<std::uint32_t> scopes = {1}) {
    auto page = office.page(version);
    page.entries.push_back(office.entry(record, version, std::move(fields), std::move(scopes)));
    return page;
  }
};

}  // namespace

TEST_CASE("apply: a record goes with its last membership and not before", "[apply]") {
  World world;
  const auto visit = world.phone.visit();
  world.complete({world.page_with(3, visit, {{"notes", words("a")}}, {0, 1})});
  auto left = world.office.page(4);
  left.left.push_back({visit, 1, 4});
  world.complete({left});
  CHECK(world.phone.row(visit));
  auto gone = world.office.page(5);
  gone.left.push_back({visit, 0, 5});
  world.complete({gone});
  CHECK_FALSE(world.phone.row(visit));
}

TEST_CASE("apply: a scope that was taken away takes its records along", "[apply]") {
  World world;
  const auto mine = world.phone.visit(), both = world.phone.visit();
  auto page = world.office.page(3);
  page.entries.push_back(world.office.entry(mine, 2, {{"notes", words("a")}}, {1}));
  page.entries.push_back(world.office.entry(both, 3, {{"notes", words("b")}}, {0, 1}));
  world.complete({page});
  world.office.scopes = {"shared"};
  auto taken = world.office.page(4);
  taken.scopes_left = {"user:zhang"};
  world.complete({taken});
  CHECK_FALSE(world.phone.row(mine));
  CHECK(world.phone.row(both));
  CHECK(want(world.phone.store->scopes()).size() == 1);
}

TEST_CASE("apply: a page with a broken row changes nothing", "[apply]") {
  World world;
  const auto visit = world.phone.visit();
  auto page = world.page_with(3, visit, {{"notes", words("a")}});
  page.entries.push_back(page.entries[0]);
  page.entries[1].row = Bytes{0xff};
  want(world.phone.store->begin());
  CHECK_FALSE(apply_complete({*world.phone.store, *phone_schema(), world.chain, world.notes},
                             {1, [&](std::uint64_t) { return Result<wire::Page>(page); }})
                  .ok());
  world.phone.store->rollback();
  CHECK_FALSE(world.phone.row(visit));
  page.entries[1] = page.entries[0];
  page.entries[1].scopes = {7};
  want(world.phone.store->begin());
  CHECK_FALSE(apply_complete({*world.phone.store, *phone_schema(), world.chain, world.notes},
                             {1, [&](std::uint64_t) { return Result<wire::Page>(page); }})
                  .ok());
  world.phone.store->rollback();
}

TEST_CASE("apply: digests agree with what was served, unknown fields and open work included",
          "[apply]") {
  World world;
  const auto visit = world.phone.visit(), other = world.phone.visit();
  const Fields served{{"notes", Value::null()},
                      {"tags", list_of({"x"})},
                      {"newer_field", count(4)},
                      {"meter", words("odd")}};
  auto page = world.page_with(3, visit, served);
  page.entries.push_back(world.office.entry(other, 3, {{"notes", words("b")}}, {0, 1}));
  world.complete({page});
  world.phone.edit(other, "notes", words("mine"));
  wire::ScopeSum mine, shared;
  mine.add(wire::digest_of_row(visit, encode(served)));
  mine.add(wire::digest_of_row(other, encode(Fields{{"notes", words("b")}})));
  shared.add(wire::digest_of_row(other, encode(Fields{{"notes", words("b")}})));
  CHECK(want(check_digests(*world.phone.store, {{"user:zhang", mine.records(), mine.digest()},
                                                {"shared", shared.records(), shared.digest()}})) ==
        0);
  shared.add(wire::digest_of_row(visit, encode(served)));
  want(world.phone.store->begin());
  CHECK(want(check_digests(*world.phone.store, {{"user:zhang", mine.records(), mine.digest()},
                                                {"shared", shared.records(), shared.digest()}})) ==
        1);
  want(world.phone.store->commit());
  // The drifted scope has no position any more: it is read again from the start.
  const auto positions = want(find_positions(*world.phone.store));
  REQUIRE(positions.size() == 2);
  CHECK(positions[0].scope == "user:zhang");
}

TEST_CASE("apply: a scope that is read again loses what is not mentioned any more", "[apply]") {
  World world;
  const auto stays = world.phone.visit(), ghost = world.phone.visit();
  auto page = world.page_with(3, stays, {{"notes", words("a")}});
  page.entries.push_back(world.office.entry(ghost, 3, {{"notes", words("b")}}));
  world.complete({page});
  want(world.phone.store->begin());
  CHECK(want(check_digests(*world.phone.store, {{"user:zhang", 0, Digest{}}})) == 1);
  want(world.phone.store->commit());
  auto first = world.office.page(4, false);
  first.entries.push_back(world.office.entry(stays, 3, {{"notes", words("a")}}));
  world.complete({first, world.office.page(4)});
  CHECK(world.phone.row(stays));
  CHECK_FALSE(world.phone.row(ghost));
}

TEST_CASE(
    "apply: rows of a collection this phone does not know are kept and appear with the schema",
    "[apply]") {
  World world;
  const RecordRef part{"part", world.phone.core->new_id()};
  world.complete({world.page_with(3, part, {{"name", words("remote control")}}, {0})});
  CHECK(world.phone.value(part, "name") == words("remote control"));
}

TEST_CASE("apply: the ladder stays short, dense where it is fresh", "[apply]") {
  World world;
  for (Version version = 1; version <= 300; ++version) world.complete({world.office.page(version)});
  const auto rungs = want(world.phone.store->ladder());
  CHECK(rungs.size() <= 64);
  CHECK(rungs.front().version == 300);
  CHECK(rungs[10].version == 290);
  CHECK(rungs.back().version <= 10);
}

TEST_CASE("apply: positions come back as the server gave them", "[apply]") {
  World world;
  RecordRef within = world.phone.visit();
  const std::vector<wire::ScopePosition> positions{{"shared", 4, std::nullopt, 0},
                                                   {"user:zhang", 7, within, 6}};
  want(world.phone.store->begin());
  want(put_positions(*world.phone.store, positions));
  want(world.phone.store->commit());
  CHECK(want(find_positions(*world.phone.store)) == positions);
}
