// SPDX-License-Identifier: Apache-2.0
// What a person does at a desk: one change set through the same door, judged by what was on the
// screen.
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

Result<Receipt> act(ServerWorld& world, const std::vector<OfficeEdit>& edits,
                    const std::optional<SetId>& id = std::nullopt) {
  must(world.store.begin());
  auto receipt = world.office->act("dispatcher", edits, false, id);
  if (receipt.ok())
    must(world.store.commit());
  else
    world.store.rollback();
  return receipt;
}

}  // namespace

TEST_CASE("office: several records change in one act, or none does", "[office]") {
  ServerWorld world;
  const auto visit = world.visit();
  const RecordRef customer{"customer", world.rng.draw<Uuid>()};
  const auto good = act(world, {{customer, true, {{"name", text("Zhang")}}, 0},
                                {visit, true, {{"customer", id_value(customer.id)}}, 0}});
  REQUIRE(good.ok());
  CHECK(world.version() == 1);
  const auto bad = act(world, {{customer, false, {{"name", text("Zhao")}}, 1},
                               {visit, false, {{"colour", text("red")}}, 1}});
  CHECK_FALSE(bad.ok());
  CHECK(world.value(customer, "name") == text("Zhang"));
  CHECK(world.version() == 1);
}

TEST_CASE("office: under one key there is one act; who sends it again is told", "[office]") {
  ServerWorld world;
  const auto visit = world.visit();
  const auto key = world.rng.draw<SetId>();
  const std::vector<OfficeEdit> edits{{visit, true, {{"address", text("street 1")}}, 0}};
  CHECK(must(act(world, edits, key)).set == key);
  CHECK(act(world, edits, key).error().code == Errc::kAlreadyExists);
  CHECK(world.version() == 1);
}

TEST_CASE("office: what came after the screen was filled counts as not seen", "[office]") {
  ServerWorld world;
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}, {"notes", text("a")}});
  world.office_edit(visit, "notes", text("a\nfirst"));
  const auto receipt = must(act(world, {{visit, false, {{"notes", text("a\nsecond")}}, 1}}));
  CHECK(receipt.verdict == Verdict::kMerged);
  const auto notes = world.value(visit, "notes").as_text();
  CHECK(notes.find("first") != std::string::npos);
  CHECK(notes.find("second") != std::string::npos);
}

TEST_CASE("office: an act that names what is not there is refused by its place", "[office]") {
  ServerWorld world;
  const auto visit = world.visit();
  const auto missing = act(world, {{visit, false, {{"address", text("street 1")}}, 0}});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == Errc::kUnknownRecord);
  world.office_create(visit, {{"technician", text("li")}});
  const auto type = act(world, {{visit, false, {{"priority", text("high")}}, 1}});
  REQUIRE_FALSE(type.ok());
  CHECK(type.error().code == Errc::kWrongType);
  CHECK(type.error().field.find("priority") != std::string::npos);
}
