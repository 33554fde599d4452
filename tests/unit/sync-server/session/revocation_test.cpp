// SPDX-License-Identifier: Apache-2.0
// Two kinds of revocation: a stolen phone gets nothing, a leaver may deposit.
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

void set_status(ServerWorld& world, const Pen& pen, DeviceStatus status) {
  world.within([&] {
    auto row = must(world.store.find_device(pen.device));
    row->status = status;
    must(world.store.put_device(*row));
    return 0;
  });
}

}  // namespace

TEST_CASE(
    "session: a stolen device is served nothing, and what arrives under its key is kept unread",
    "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  world.office_create(world.visit(), {{"technician", text("li")}});
  set_status(world, li, DeviceStatus::kStolen);
  li.create(world.visit(), {{"technician", text("li")}});
  must(world.store.begin());
  const auto reply = world.core->sync(li.request(1));
  must(world.store.commit());
  REQUIRE(!reply.ok());
  CHECK(reply.error().code == Errc::kRevoked);
  CHECK(world.version() == 1);
}

TEST_CASE("session: a leaver's key may deposit, gets no page, and its edits wait for review",
          "[session]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}, {"cause", text("?")}});
  li.sync();
  li.edit(visit, "cause", text("?"), world.version(), text("worn valve"));
  Body fact = li.blank();
  Change event;
  event.record = {"visit_event", world.rng.draw<Uuid>()};
  event.created = {{"visit", id_value(visit.id)}, {"kind", text("arrived")}};
  fact.changes.push_back(event);
  li.write(fact);
  set_status(world, li, DeviceStatus::kLeaver);
  const auto reply = li.sync();
  CHECK(reply.push == wire::PushStatus::kStored);
  CHECK(!reply.page.has_value());
  CHECK(!reply.schema.has_value());
  CHECK(world.value(visit, "cause") == text("?"));
  const auto cases = world.open_cases();
  REQUIRE(cases.size() == 2);
  CHECK(cases[0].kind == CaseKind::kLate);
  CHECK(cases[1].kind == CaseKind::kRevokedKey);
  CHECK(must(world.store.find_record(event.record)).has_value());
}
