// SPDX-License-Identifier: Apache-2.0
// Pivot events claim what their author saw.
#include <algorithm>

#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct World {
  Phone phone;
  ScriptedOffice office;
  RecordRef visit = {"visit", {}};

  World() {
    visit.id.raw.fill(0x22);
    serve(5, {{"address", words("here")}, {"notes", words("a")}});
  }
  void serve(Version version, Fields fields) {
    auto page = office.page(version);
    page.entries.push_back(office.entry(visit, version, std::move(fields)));
    office.queue(std::move(page));
    phone.core->sync_now();
    office.sync(phone);
  }
  CommitResult depart(std::vector<RecordInput> more = {}) {
    more.push_back({{"visit_event", phone.core->new_id()},
                    Change::Kind::kCreate,
                    {{"visit", refer(visit.id)}, {"kind", words("departed")}}});
    return phone.commit(std::move(more));
  }
};

}  // namespace

TEST_CASE("capture: a departure claims the fields that pivot on it as they were seen",
          "[capture]") {
  World world;
  const Body body = world.phone.body_of(world.depart());
  REQUIRE(body.claims.size() == 2);
  const auto address = std::find_if(body.claims.begin(), body.claims.end(),
                                    [](const Claim& c) { return c.field == "address"; });
  REQUIRE(address != body.claims.end());
  CHECK(address->record == world.visit);
  CHECK(address->seen == words("here"));
  CHECK(address->base == Base{world.office.epoch, 5});
  const auto technician = std::find_if(body.claims.begin(), body.claims.end(),
                                       [](const Claim& c) { return c.field == "technician"; });
  REQUIRE(technician != body.claims.end());
  CHECK_FALSE(technician->seen);
  CHECK(world.phone.state(world.visit) == "pending");
}

TEST_CASE("capture: while the claim is open it covers the fields in the view", "[capture]") {
  World world;
  world.depart();
  world.serve(9, {{"address", words("elsewhere")}, {"notes", words("b")}});
  CHECK(world.phone.value(world.visit, "address") == words("here"));
  CHECK(world.phone.value(world.visit, "notes") == words("b"));
  const Body body =
      world.phone.body_of(world.phone.edit(world.visit, "address", words("here, back yard")));
  CHECK(body.changes[0].edits[0].base.version == 5);
}

TEST_CASE("capture: what the set itself writes is not claimed beside", "[capture]") {
  World world;
  const Body body = world.phone.body_of(
      world.depart({{world.visit, Change::Kind::kEdit, {{"address", words("there")}}}}));
  REQUIRE(body.claims.size() == 1);
  CHECK(body.claims[0].field == "technician");
}

TEST_CASE("capture: other facts claim nothing", "[capture]") {
  World world;
  const auto committed =
      world.phone.create({"visit_event", world.phone.core->new_id()},
                         {{"visit", refer(world.visit.id)}, {"kind", words("arrived")}});
  CHECK(world.phone.body_of(committed).claims.empty());
  CHECK(world.phone.state(world.visit).empty());
}
