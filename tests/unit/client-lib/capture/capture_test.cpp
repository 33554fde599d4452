// SPDX-License-Identifier: Apache-2.0
// What commit() acknowledges, what it refuses, and what it writes into the body.
#include "core/base/planted_bug.hpp"
#include "core/model/limits.hpp"
#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct World {
  Phone phone;
  ScriptedOffice office;
  RecordRef visit = {"visit", {}};

  World() {
    visit.id.raw.fill(0x11);
    serve(5, {{"notes", words("a")}, {"address", words("here")}});
  }
  void serve(Version version, Fields fields) {
    auto page = office.page(version);
    page.entries.push_back(office.entry(visit, version, std::move(fields)));
    office.queue(std::move(page));
    phone.core->sync_now();
    office.sync(phone);
  }
};

Error refusal(Phone& phone, std::vector<RecordInput> changes) {
  CommitInput input;
  input.changes = std::move(changes);
  const auto committed = phone.core->commit(input);
  REQUIRE_FALSE(committed.ok());
  return committed.error();
}

}  // namespace

TEST_CASE("capture: an act is one set that is there after the app was killed", "[capture]") {
  TemporaryPhoneFolder folder;
  Phone phone(folder.file("phone.db"));
  const auto visit = phone.visit();
  const RecordRef event{"visit_event", phone.core->new_id()};
  const auto committed = phone.commit(
      {{visit, Change::Kind::kCreate, {{"notes", words("换了机顶盒")}}},
       {event, Change::Kind::kCreate, {{"visit", refer(visit.id)}, {"kind", words("done")}}}});
  CHECK(committed.seq == 1);
  phone.restart();
  CHECK(phone.value(visit, "notes") == words("换了机顶盒"));
  CHECK(phone.state(visit) == "pending");
  CHECK(phone.state(event) == "pending");
  CHECK(phone.status().pending == 1);
  const Body body = phone.body_of(committed);
  CHECK(body.id == committed.set);
  CHECK(body.changes.size() == 2);
  CHECK(body.actor == "zhang");
  CHECK(body.schema_version == 1);
  CHECK(phone.edit(visit, "notes", words("b")).seq == 2);
}

TEST_CASE("capture: the base of a field is the version of the row that the view shows",
          "[capture]") {
  World world;
  const Body body = world.phone.body_of(world.phone.edit(world.visit, "notes", words("b")));
  const FieldEdit& edit = body.changes[0].edits[0];
  CHECK(edit.was == words("a"));
  CHECK(edit.base == Base{world.office.epoch, 5});
  CHECK(world.phone.value(world.visit, "notes") == words("b"));
}

TEST_CASE("capture: while an open set covers a field, later sets inherit its base", "[capture]") {
  World world;
  world.phone.edit(world.visit, "notes", words("b"));
  world.serve(9, {{"notes", words("x")}, {"address", words("there")}});
  CHECK(world.phone.value(world.visit, "notes") == words("b"));
  CHECK(world.phone.value(world.visit, "address") == words("there"));
  const Body second = world.phone.body_of(world.phone.edit(world.visit, "notes", words("c")));
  CHECK(second.changes[0].edits[0].was == words("b"));
  CHECK(second.changes[0].edits[0].base == Base{world.office.epoch, 5});
  // A field that nothing covers shows the new page, so its base moved.
  const Body other =
      world.phone.body_of(world.phone.edit(world.visit, "address", words("elsewhere")));
  CHECK(other.changes[0].edits[0].base == Base{world.office.epoch, 9});
}

#if defined(DAYBOOK_PLANTABLE) && DAYBOOK_PLANTABLE
TEST_CASE("capture: the planted bug moves the base under the overlay", "[capture]") {
  World world;
  world.phone.edit(world.visit, "notes", words("b"));
  world.serve(9, {{"notes", words("x")}});
  g_planted_bug = PlantedBug::kBaseMovesUnderOverlay;
  const Body second = world.phone.body_of(world.phone.edit(world.visit, "notes", words("c")));
  g_planted_bug = PlantedBug::kNone;
  CHECK(second.changes[0].edits[0].base.version == 9);
}
#endif

TEST_CASE("capture: what the office never showed has no base", "[capture]") {
  Phone phone;
  const auto visit = phone.visit();
  phone.create(visit, {{"notes", words("a")}});
  const Body body = phone.body_of(phone.edit(visit, "address", words("here")));
  CHECK(body.changes[0].edits[0].base == Base{});
  CHECK_FALSE(body.changes[0].edits[0].was);
}

TEST_CASE("capture: a set names the open sets that it builds upon", "[capture]") {
  Phone phone;
  const RecordRef customer{"customer", phone.core->new_id()};
  const auto visit = phone.visit();
  const auto first = phone.create(customer, {{"name", words("王")}});
  const auto second = phone.create(visit, {{"customer", refer(customer.id)}});
  CHECK(phone.body_of(second).depends == std::vector<SetId>{first.set});
  const auto third = phone.edit(visit, "notes", words("a"));
  CHECK(phone.body_of(third).depends == std::vector<SetId>{second.set});
  // A fact refers to the visit: it is no document itself, but the visit it belongs to was created
  // here.
  const auto fact = phone.create({"visit_event", phone.core->new_id()},
                                 {{"visit", refer(visit.id)}, {"kind", words("x")}});
  CHECK(phone.body_of(fact).depends == std::vector<SetId>{second.set});
  const auto alone = phone.create(phone.visit(), {{"notes", words("b")}});
  CHECK(phone.body_of(alone).depends.empty());
}

TEST_CASE("capture: what cannot be kept is refused by name before anything is acknowledged",
          "[capture]") {
  World world;
  Phone& phone = world.phone;
  const auto fresh = phone.visit();
  CHECK(refusal(phone, {}).code == Errc::kInvalid);
  CHECK(refusal(phone, {{{"nothing", fresh.id}, Change::Kind::kCreate, {}}}).code ==
        Errc::kUnknownCollection);
  CHECK(refusal(phone, {{fresh, Change::Kind::kEdit, {{"notes", words("a")}}}}).code ==
        Errc::kUnknownRecord);
  CHECK(refusal(phone, {{world.visit, Change::Kind::kCreate, {{"notes", words("a")}}}}).code ==
        Errc::kAlreadyExists);
  CHECK(refusal(phone, {{fresh, Change::Kind::kCreate, {{"colour", words("a")}}}}).code ==
        Errc::kUnknownField);
  CHECK(refusal(phone, {{fresh, Change::Kind::kCreate, {{"meter", words("a")}}}}).code ==
        Errc::kWrongType);
  CHECK(refusal(phone, {{fresh, Change::Kind::kCreate, {{"status", words("elsewhere")}}}}).code ==
        Errc::kInvalid);
  CHECK(refusal(phone, {{fresh,
                         Change::Kind::kCreate,
                         {{"notes", words(std::string(kValueSizeMax + 1, 'x'))}}}})
            .code == Errc::kTooLarge);
  CHECK(refusal(phone, {{fresh, Change::Kind::kCreate, {}}, {fresh, Change::Kind::kCreate, {}}})
            .code == Errc::kInvalid);
  const Error named = refusal(phone, {{world.visit, Change::Kind::kEdit, {{"meter", count(-1)}}}});
  CHECK_THAT(named.field, contains("meter"));
  CHECK(phone.status().pending == 0);
  CHECK(phone.state(fresh) == "(none)");
  CHECK(phone.create(fresh, {{"notes", words("a")}}).seq == 1);
}

TEST_CASE("capture: a body that is too large as a whole is refused", "[capture]") {
  Phone phone;
  std::vector<RecordInput> changes;
  for (int i = 0; i < 6; ++i) {
    changes.push_back(
        {phone.visit(), Change::Kind::kCreate, {{"notes", words(std::string(200'000, 'x'))}}});
  }
  CHECK(refusal(phone, changes).code == Errc::kTooLarge);
  CHECK(phone.status().pending == 0);
}

TEST_CASE("capture: without enrolment nothing is captured", "[capture]") {
  ManualClock clock;
  SeededRng rng(1);
  NoTrace trace;
  auto core = want(ClientCore::open(want(open_sqlite_local_store({})), clock, rng, trace, {}));
  CHECK(core->commit({}).error().code == Errc::kUnauthorized);
  CHECK_FALSE(want(core->status()).enrolled);
  CHECK(core->idle_ms() == -1);
  CHECK_FALSE(want(core->next_request()));
}

TEST_CASE("capture: watches hear which records changed", "[capture]") {
  Phone phone;
  phone.core->take_events();
  const auto visit = phone.visit();
  phone.create(visit, {{"notes", words("a")}});
  const auto events = phone.core->take_events();
  REQUIRE(events.size() == 2);
  CHECK(events[0].kind == ClientEvent::Kind::kRecords);
  CHECK(events[0].collection == "visit");
  CHECK(events[0].ids == std::vector<Uuid>{visit.id});
  CHECK(events[1].kind == ClientEvent::Kind::kStatus);
}
