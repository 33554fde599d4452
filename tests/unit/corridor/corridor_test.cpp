// SPDX-License-Identifier: Apache-2.0
// The real client core and the real server core face to face, without a line between them: one
// visit from the cellar to headquarters and what the office changed back. What happens on bad lines
// is the simulator's subject.
#include "client-lib/local/sqlite/sqlite_local_store.hpp"
#include "client-lib/session/client_core.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/limits.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

class Phone {
 public:
  Phone(ServerWorld& world, const std::string& actor) : world_(world), rng_(world.rng.next()) {
    Bytes seed(32);
    rng_.fill(seed);
    const auto signer = must(ed25519_signer(seed));
    row_.device = rng_.draw<DeviceId>();
    row_.actor = actor;
    row_.role = "technician";
    row_.key = signer->public_key();
    seed_ = seed;
    core = must(ClientCore::open(must(open_sqlite_local_store({":memory:", {}})), world_.clock,
                                 rng_, world_.trace, {}));
    enrol();
  }

  // Also anew, as the device it was.
  void enrol() {
    world_.within([&] {
      must(world_.store.put_device(row_));
      return 0;
    });
    must(core->enrol({row_.device,
                      row_.actor,
                      row_.role,
                      "https://office.example",
                      {},
                      seed_,
                      KeyAlg::kEd25519,
                      world_.schema.source}));
  }

  // What the office answers to one question, when it refuses it.
  Errc refusal() {
    core->sync_now();
    const auto outgoing = must(core->next_request());
    const auto request = must(wire::decode_sync_request(outgoing->message));
    must(world_.store.begin());
    const auto reply = world_.core->sync(request);
    world_.store.rollback();
    if (reply.ok()) return Errc::kOk;
    core->on_failure(reply.error());
    return reply.error().code;
  }

  // Requests and replies until nothing is due. Returns the number of round trips.
  int sync() {
    core->sync_now();
    int trips = 0;
    while (trips < 50) {
      const auto outgoing = must(core->next_request());
      if (!outgoing) break;
      ++trips;
      const auto request = must(wire::decode_sync_request(outgoing->message));
      const auto reply = world_.within([&] { return must(world_.core->sync(request)); });
      must(core->on_reply(wire::pack(wire::encode(reply))));
    }
    return trips;
  }

  Value value(const RecordRef& record, const std::string& field) {
    const auto row = must(core->find_row(record));
    if (!row) return text("(no row)");
    const auto* found = row->values.find(field);
    return found == nullptr ? text("(absent)") : *found;
  }

  SetId commit(std::vector<RecordInput> changes) {
    return must(core->commit({std::nullopt, std::move(changes), {}})).set;
  }

  std::unique_ptr<ClientCore> core;

 private:
  ServerWorld& world_;
  SeededRng rng_;
  DeviceRow row_;
  Bytes seed_;
};

RecordInput created(const RecordRef& record, Fields fields) {
  return {record, Change::Kind::kCreate, std::move(fields)};
}
RecordInput edited(const RecordRef& record, Fields fields) {
  return {record, Change::Kind::kEdit, std::move(fields)};
}

}  // namespace

TEST_CASE(
    "corridor: a visit captured offline reaches headquarters, and headquarters' edits come back",
    "[corridor]") {
  ServerWorld world;
  Phone li(world, "li");
  const auto visit = world.visit();
  world.office_create(
      visit,
      {{"technician", text("li")}, {"address", text("old street")}, {"priority", number(2)}});
  li.sync();
  CHECK(li.value(visit, "address") == text("old street"));

  const auto set =
      li.commit({edited(visit, {{"cause", text("进水")}, {"notes", text("cellar, no signal")}}),
                 created({"visit_event", world.rng.draw<Uuid>()},
                         {{"visit", id_value(visit.id)}, {"kind", text("departed")}})});
  CHECK(li.value(visit, "cause") == text("进水"));
  world.office_edit(visit, "address", text("new street"));
  world.office_edit(visit, "priority", number(1));
  li.sync();
  CHECK(world.value(visit, "cause") == text("进水"));
  CHECK(world.value(visit, "address") == text("old street"));  // he had left for it
  CHECK(li.value(visit, "address") == text("old street"));
  CHECK(li.value(visit, "priority") == number(1));
  const auto receipts = must(li.core->receipts_of(set));
  REQUIRE(receipts.size() == 1);
  CHECK(receipts[0].verdict == Verdict::kAccepted);
  REQUIRE(receipts[0].fields.size() == 1);
  CHECK(receipts[0].fields[0].outcome == FieldOutcome::kTakenOver);
  const auto status = must(li.core->status());
  CHECK(status.pending == 0);
  CHECK(status.stored == 0);
}

TEST_CASE(
    "corridor: two technicians see each other's work, and a conflict that a person settles reaches "
    "both",
    "[corridor]") {
  ServerWorld world;
  Phone li(world, "li");
  Phone wang(world, "wang");
  const auto customer = RecordRef{"customer", world.rng.draw<Uuid>()};
  const auto first = world.visit();
  const auto second = world.visit();
  world.office_create(customer, {{"name", text("Zhang")}, {"phones", Value::list({text("1")})}});
  world.office_create(first, {{"technician", text("li")}, {"customer", id_value(customer.id)}});
  world.office_create(second, {{"technician", text("wang")}, {"customer", id_value(customer.id)}});
  li.sync();
  wang.sync();
  CHECK(li.value(customer, "name") == text("Zhang"));
  CHECK(wang.value(first, "technician") == text("(no row)"));

  li.commit({edited(
      customer, {{"name", text("Zhang Wei")}, {"phones", Value::list({text("1"), text("2")})}})});
  wang.commit({edited(
      customer, {{"name", text("Zhang Li")}, {"phones", Value::list({text("1"), text("3")})}})});
  li.sync();
  wang.sync();
  li.sync();
  CHECK(world.value(customer, "phones").as_list().size() == 3);
  REQUIRE(world.open_cases().size() == 1);
  world.resolve(world.open_cases()[0].number, "value", text("Zhang Weili"));
  li.sync();
  wang.sync();
  CHECK(li.value(customer, "name") == text("Zhang Weili"));
  CHECK(wang.value(customer, "name") == text("Zhang Weili"));
  CHECK(li.value(customer, "phones") == wang.value(customer, "phones"));
}

TEST_CASE("corridor: a server put back to an old backup gets again what the phone still holds",
          "[corridor]") {
  ServerWorld world;
  Phone li(world, "li");
  const auto visit = world.visit();
  li.commit({created(visit, {{"technician", text("li")}, {"cause", text("0")}})});
  li.sync();
  const auto backup = world.store.snapshot();
  for (int i = 1; i <= 100; ++i) {
    li.commit({edited(visit, {{"cause", text(std::to_string(i))}})});
    if (i % 10 == 0) li.sync();
  }
  const auto lost = must(world.store.head());
  world.store.restore(backup);
  world.core =
      std::make_unique<ServerCore>(world.store, world.schema, world.clock, world.rng, world.trace);
  must(world.core->open(lost));
  li.sync();
  CHECK(world.value(visit, "cause") == text("100"));
  CHECK(li.value(visit, "cause") == text("100"));
  CHECK(world.version() == 101);
  const auto status = must(li.core->status());
  CHECK(status.pending == 0);
  CHECK(status.stored == 0);
}

TEST_CASE(
    "corridor: a phone that came after the backup keeps everything, is enrolled anew, and sends it",
    "[corridor]") {
  ServerWorld world;
  const auto backup = world.store.snapshot();
  Phone li(world, "li");
  const auto visit = world.visit();
  li.commit({created(visit, {{"technician", text("li")}, {"cause", text("0")}})});
  li.sync();
  li.commit({edited(visit, {{"cause", text("1")}})});
  const auto lost = must(world.store.head());
  world.store.restore(backup);
  world.core =
      std::make_unique<ServerCore>(world.store, world.schema, world.clock, world.rng, world.trace);
  must(world.core->open(lost));
  CHECK(li.refusal() != Errc::kOk);
  CHECK(li.value(visit, "cause") == text("1"));

  li.enrol();
  li.sync();
  CHECK(world.value(visit, "cause") == text("1"));
  CHECK(li.value(visit, "cause") == text("1"));
  const auto status = must(li.core->status());
  CHECK(status.pending == 0);
  CHECK(status.stored == 0);
}
