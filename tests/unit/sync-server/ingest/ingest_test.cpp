// SPDX-License-Identifier: Apache-2.0
// The one write door, told as stories: one trial for each trace of the sync contract that the
// server alone can show.
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

const Receipt& last_receipt(const Pen& pen) {
  REQUIRE(!pen.receipts.empty());
  return pen.receipts.back();
}

// A store that cannot keep one record, and nothing is wrong with it otherwise.
struct StubbornStore : MemoryServerStore {
  Result<void> put_record(const RecordState& state, const std::optional<Uuid>& parent) override {
    if (state.record == refused) return failure(Errc::kTooLarge, "row");
    return MemoryServerStore::put_record(state, parent);
  }
  RecordRef refused;
};

}  // namespace

TEST_CASE("ingest: a visit made on the phone reaches headquarters once, however often it is sent",
          "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  li.create(visit, {{"technician", text("li")}, {"notes", text("无信号")}});
  const auto request = li.request(1);
  for (int i = 0; i < 3; ++i) {
    const auto reply = li.send(request);
    CHECK(reply.push == wire::PushStatus::kStored);
    CHECK(reply.stored.seq == 1);
  }
  CHECK(world.version() == 1);
  CHECK(world.value(visit, "notes") == text("无信号"));
  li.sync();
  CHECK(last_receipt(li).verdict == Verdict::kAccepted);
}

TEST_CASE("ingest: an own commit that was really a merge does not count as seen", "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}, {"notes", text("a")}});
  li.sync();
  const Version base = world.version();
  li.edit(visit, "notes", text("a"), base, text("a b"));
  li.edit(visit, "notes", text("a b"), base, text("a b c"));
  world.office_edit(visit, "notes", text("a x"));
  li.sync();
  const std::string notes = world.value(visit, "notes").as_text();
  CHECK_THAT(notes, contains("x"));
  CHECK_THAT(notes, contains("b c"));
  CHECK(last_receipt(li).verdict == Verdict::kMerged);
}

TEST_CASE(
    "ingest: a field that both changed opens one case per device and keeps the office's value "
    "until it is settled",
    "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}, {"category", text("free")}});
  li.sync();
  const Version base = world.version();
  li.edit(visit, "category", text("free"), base, text("paid"));
  li.edit(visit, "category", text("paid"), base, text("contract"));
  world.office_edit(visit, "category", text("warranty"));
  li.sync();
  CHECK(world.value(visit, "category") == text("warranty"));
  const auto cases = world.open_cases();
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].device_value == text("contract"));
  CHECK(cases[0].office_value == text("warranty"));
  CHECK(cases[0].base_value == text("free"));
  CHECK(cases[0].trail.size() == 2);
  CHECK(last_receipt(li).verdict == Verdict::kConflicted);

  const auto settled = world.resolve(cases[0].number, "device");
  CHECK(settled.state == CaseState::kDecided);
  CHECK(world.value(visit, "category") == text("contract"));
  CHECK(world.open_cases().empty());
}

TEST_CASE("ingest: departing claims the address that the technician saw", "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}, {"address", text("old street")}});
  li.sync();
  const Base base{must(world.store.head()).epoch, world.version()};
  Body body = li.blank();
  Change departed;
  departed.record = {"visit_event", world.rng.draw<Uuid>()};
  departed.created = {{"visit", id_value(visit.id)}, {"kind", text("departed")}};
  body.changes.push_back(departed);
  body.claims.push_back({visit, "address", text("old street"), base});
  li.write(body);
  world.office_edit(visit, "address", text("new street"));
  li.sync();
  CHECK(world.value(visit, "address") == text("old street"));
  const auto& receipt = last_receipt(li);
  REQUIRE(receipt.fields.size() == 1);
  CHECK(receipt.fields[0].outcome == FieldOutcome::kTakenOver);
}

TEST_CASE("ingest: of a batch with a set that cannot be applied, that set alone is parked",
          "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  StubbornStore store;
  ServerCore core(store, world.schema, world.clock, world.rng, world.trace);
  must(core.open(std::nullopt));
  const auto before = world.visit(), bad = world.visit(), after = world.visit();
  store.refused = bad;
  li.create(before, {{"technician", text("li")}});
  li.create(bad, {{"technician", text("li")}});
  li.edit(before, "cause", std::nullopt, 0, text("worn valve"));
  li.edit(bad, "cause", std::nullopt, 0, text("builds upon it"));
  li.create(after, {{"technician", text("li")}});
  must(store.begin());
  must(store.put_device(*must(world.store.find_device(li.device))));
  const auto reply = must(core.sync(li.request(1)));
  must(store.commit());
  CHECK(reply.push == wire::PushStatus::kStored);
  CHECK(reply.stored.seq == 5);
  REQUIRE(reply.page);
  const auto& receipts = reply.page->receipts;
  REQUIRE(receipts.size() == 5);
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    CHECK(receipts[i].seq == i + 1);
    CHECK(receipts[i].commit == i + 1);
    CHECK(receipts[i].verdict == (i == 1 || i == 3 ? Verdict::kParked : Verdict::kAccepted));
  }
  CHECK(receipts[1].reason == "cannot_apply");
  CHECK(receipts[3].reason == "depends_on_parked");
  CHECK(must(store.find_record(before))->fields.at("cause").value == text("worn valve"));
  CHECK(must(store.find_record(after)).has_value());
  CHECK_FALSE(must(store.find_record(bad)).has_value());
  CHECK(must(store.history_of(before, 9)) == std::vector<Version>{3, 1});
}

TEST_CASE("ingest: a bad set is parked with those that build upon it, and nobody else waits",
          "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto good = world.visit();
  world.office_create(good, {{"technician", text("li")}});
  li.sync();
  const auto lost = world.visit();
  li.edit(lost, "cause", std::nullopt, 0, text("a record that never was"));
  li.edit(lost, "notes", std::nullopt, 0, text("builds upon it"));
  li.edit(good, "cause", std::nullopt, world.version(), text("worn valve"));
  li.sync();
  CHECK(world.value(good, "cause") == text("worn valve"));
  REQUIRE(li.receipts.size() == 3);
  CHECK(li.receipts[0].verdict == Verdict::kParked);
  CHECK(li.receipts[0].reason == "unknown_record");
  CHECK(li.receipts[1].reason == "depends_on_parked");
  CHECK(li.receipts[2].verdict == Verdict::kAccepted);
  CHECK(world.open_cases().size() == 1);

  // The record turns up after all: support releases, and the dependent follows by itself.
  world.office_create(lost, {{"technician", text("li")}});
  world.resolve(world.open_cases()[0].number, "release");
  CHECK(world.value(lost, "cause") == text("a record that never was"));
  CHECK(world.value(lost, "notes") == text("builds upon it"));
  li.sync();
  CHECK(last_receipt(li).verdict == Verdict::kAccepted);
}

TEST_CASE(
    "ingest: work on a visit that was taken away is kept for review and does not bring it back",
    "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  Pen wang(world, "wang");
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("li")}, {"cause", text("?")}});
  li.sync();
  const Version base = world.version();
  world.office_edit(visit, "technician", text("wang"));
  li.edit(visit, "cause", text("?"), base, text("worn valve"));
  const auto reply = li.sync();
  CHECK(last_receipt(li).verdict == Verdict::kConflicted);
  CHECK(world.value(visit, "cause") == text("?"));
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].device_value == text("worn valve"));
  REQUIRE(reply.page.has_value());
  CHECK(reply.page->entries.empty());
  CHECK(reply.page->left.size() == 1);
}

TEST_CASE(
    "ingest: a record outside every scope of the device is treated like one that does not exist",
    "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto other = world.visit();
  world.office_create(other, {{"technician", text("wang")}});
  li.edit(other, "cause", std::nullopt, world.version(), text("guess"));
  Body fact = li.blank();
  Change event;
  event.record = {"visit_event", world.rng.draw<Uuid>()};
  event.created = {{"visit", id_value(other.id)}, {"kind", text("departed")}};
  fact.changes.push_back(event);
  li.write(fact);
  li.sync();
  CHECK(li.receipts[0].reason == "unknown_record");
  CHECK(li.receipts[1].reason == "unknown_reference");
}

TEST_CASE("ingest: a phone that holds less than it gave is told that it is forked", "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  li.create(visit, {{"technician", text("li")}});
  li.sync();
  const Pen* backup = &li;
  const auto old_newest = backup->newest;
  li.edit(visit, "cause", std::nullopt, 1, text("after the backup"));
  li.sync();
  auto restored = li.request();
  restored.newest = old_newest;
  CHECK(li.send(restored).push == wire::PushStatus::kForked);

  // It takes a fresh incarnation from what both share and sends its bodies again: nothing twice,
  // nothing lost.
  wire::IncarnationStart begin{world.rng.draw<IncarnationId>(), old_newest.incarnation,
                               old_newest.seq, old_newest.link};
  li.begins.push_back(begin);
  li.newest = {
      begin.incarnation, 0,
      first_link(li.device, begin.incarnation, begin.parent, begin.parent_seq, begin.parent_link)};
  li.links = {li.newest.link};
  li.bodies.clear();
  li.stored = 0;
  li.edit(visit, "notes", std::nullopt, 1, text("from the restored phone"));
  li.sync();
  CHECK(world.value(visit, "notes") == text("from the restored phone"));
  REQUIRE(world.open_cases().size() == 1);
  CHECK(world.open_cases()[0].kind == CaseKind::kDeviceForked);
}

TEST_CASE(
    "ingest: a wrong signature stores nothing; the third holds the device and keeps the evidence",
    "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  li.create(world.visit(), {{"technician", text("li")}});
  auto request = li.request(1);
  request.batch->signature.raw[5] ^= 1;
  CHECK(li.send(request).push == wire::PushStatus::kWrongSignature);
  CHECK(li.send(request).push == wire::PushStatus::kWrongSignature);
  CHECK(world.version() == 0);
  CHECK(li.send(request).push == wire::PushStatus::kWrongSignature);
  CHECK(li.send(li.request(1)).push == wire::PushStatus::kHeld);
  REQUIRE(world.open_cases().size() == 1);
  world.resolve(world.open_cases()[0].number, "release");
  CHECK(li.send(li.request(1)).push == wire::PushStatus::kStored);
  CHECK(world.version() == 1);
}

TEST_CASE(
    "ingest: the same id with another body is parked and never answered with someone else's "
    "receipt",
    "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  Body body = li.blank();
  Change change;
  change.record = world.visit();
  change.created = {{"technician", text("li")}};
  body.changes.push_back(change);
  li.write(body);
  body.changes[0].record = world.visit();
  li.write(body);
  li.sync();
  REQUIRE(li.receipts.size() == 2);
  CHECK(li.receipts[0].verdict == Verdict::kAccepted);
  CHECK(li.receipts[1].verdict == Verdict::kParked);
  CHECK(li.receipts[1].reason == "id_reused");
  CHECK(li.receipts[1].seq == 2);
}

namespace {

struct Crash {};

// A server that dies of one record, and starts again each time; returns how often.
int send_until_taken(ServerWorld& world, Pen& pen, const RecordRef& poison, int crashes_max) {
  const auto start_again = [&] {
    world.core = std::make_unique<ServerCore>(world.store, world.schema, world.clock, world.rng,
                                              world.trace);
    must(world.core->open(std::nullopt));
    world.core->ingest().set_poison([&](const Body& body) {
      if (body.changes[0].record == poison) throw Crash{};
    });
  };
  must(world.core->close());
  start_again();
  for (int crashes = 0; crashes <= crashes_max; ++crashes) {
    try {
      must(world.store.begin());
      must(world.core->sync(pen.request(1)));
      must(world.store.commit());
      return crashes;
    } catch (const Crash&) {
      world.store.rollback();
      start_again();
    }
  }
  FAIL("the culprit never stood alone");
  return -1;
}

}  // namespace

TEST_CASE(
    "ingest: a set that crashed the server three times when alone is parked unseen, its neighbours "
    "are not",
    "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto poison = world.visit();
  const auto before = world.visit();
  const auto after = world.visit();
  li.create(before, {{"technician", text("li")}});
  li.create(poison, {{"technician", text("li")}});
  li.create(after, {{"technician", text("li")}});
  // In the whole batch, then with its neighbour behind it, then three times alone.
  CHECK(send_until_taken(world, li, poison, 20) == 5);
  CHECK(must(world.store.find_record(before)).has_value());
  CHECK(must(world.store.find_record(after)).has_value());
  CHECK(!must(world.store.find_record(poison)).has_value());
  CHECK(must(world.store.list_parked(10)).size() == 1);
}

TEST_CASE(
    "ingest: a culprit deep in a long batch is found in a few crashes, whatever stands around",
    "[ingest]") {
  const std::size_t sets = 300;
  const std::size_t place =
      GENERATE(std::size_t{0}, std::size_t{7}, std::size_t{130}, std::size_t{299});
  ServerWorld world;
  Pen li(world, "li");
  std::vector<RecordRef> visits;
  for (std::size_t i = 0; i < sets; ++i) {
    visits.push_back(world.visit());
    li.create(visits.back(), {{"technician", text("li")}});
  }
  CHECK(send_until_taken(world, li, visits[place], 20) <= 12);
  CHECK(must(world.store.list_parked(10)).size() == 1);
  for (std::size_t i = 0; i < sets; ++i)
    CHECK(must(world.store.find_record(visits[i])).has_value() == (i != place));
}

TEST_CASE("ingest: after an unclean stop a device earns its way back to one transaction a group",
          "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  world.core =
      std::make_unique<ServerCore>(world.store, world.schema, world.clock, world.rng, world.trace);
  must(world.core->open(std::nullopt));  // nobody closed the one before
  const auto& trial = world.core->ingest().trial();
  CHECK(trial.is_on_trial(li.device));
  for (int i = 0; i < 254; ++i) li.create(world.visit(), {{"technician", text("li")}});
  li.sync();
  CHECK(trial.is_on_trial(li.device));
  li.create(world.visit(), {{"technician", text("li")}});
  li.sync();
  CHECK(!trial.is_on_trial(li.device));
  CHECK(trial.is_on_trial(world.rng.draw<DeviceId>()));
}

TEST_CASE("ingest: the same sets under a fresh incarnation are known by their ids, and act once",
          "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  li.create(visit, {{"technician", text("li")}, {"cause", text("a")}});
  li.edit(visit, "cause", text("a"), 0, text("b"));
  li.sync();
  const auto before = world.version();
  // A phone that was put back to an older copy of itself links what it holds anew, from the start.
  li.newest = {world.rng.draw<IncarnationId>(), 0, {}};
  li.newest.link = first_link(li.device, li.newest.incarnation, {}, 0, {});
  li.begins.push_back({li.newest.incarnation, {}, 0, {}});
  li.links = {li.newest.link};
  for (const auto& body : li.bodies) {
    li.newest.link = next_link(li.device, li.newest.incarnation, ++li.newest.seq, li.newest.link,
                               hash_of_body(body));
    li.links.push_back(li.newest.link);
  }
  li.stored = 0;
  const auto reply = li.sync();
  CHECK(reply.push == wire::PushStatus::kStored);
  CHECK(reply.stored.seq == 2);
  CHECK(world.version() == before);
  CHECK(world.value(visit, "cause") == text("b"));
}

TEST_CASE("ingest: a fact is posted whatever becomes of the intentions in its set", "[ingest]") {
  ServerWorld world;
  Pen li(world, "li");
  const auto visit = world.visit();
  const auto made = world.office_create(visit, {{"technician", text("li")}, {"serial", text("A")}});
  const RecordRef event{"visit_event", world.rng.draw<Uuid>()};
  Body body = li.blank();
  Change fact;
  fact.record = event;
  fact.created = {{"visit", id_value(visit.id)}, {"kind", text("arrived")}};
  Change wish;
  wish.record = visit;
  wish.kind = Change::Kind::kEdit;
  wish.edits.push_back(
      {"serial", text("A"), {must(world.store.head()).epoch, made.commit}, text("B")});
  body.changes = {wish, fact};
  const auto both = li.write(std::move(body));
  const auto alone = li.edit(visit, "serial", text("A"), made.commit, text("C"));
  Body only = li.blank();
  fact.record.id = world.rng.draw<Uuid>();
  only.changes = {fact};
  const auto bare = li.write(std::move(only));
  li.sync();
  const auto verdict = [&](const SetId& set) {
    return must(world.store.find_last_verdict(set))->verdict;
  };
  CHECK(verdict(both) == Verdict::kMerged);
  CHECK(verdict(alone) == Verdict::kRefused);
  CHECK(verdict(bare) == Verdict::kAccepted);
  CHECK(must(world.store.find_record(event)).has_value());
  CHECK(world.value(visit, "serial") == text("A"));
}
