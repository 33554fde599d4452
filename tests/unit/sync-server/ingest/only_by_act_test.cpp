// SPDX-License-Identifier: Apache-2.0
// What only acts write cannot be written by passing them by: not at a desk, not from a phone.
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

Schema counter() {
  return must(load_schema(R"json({
  "daybook_schema": 1, "name": "counter", "version": 1,
  "collections": {
    "claim": {"kind": "document", "shared": true, "fields": {
      "amount": {"type": "money", "rule": "technician"},
      "note": {"type": "text", "rule": "technician"},
      "decision": {"type": "text", "rule": "first_wins", "only_by_act": true}}},
    "approval": {"kind": "fact", "shared": true, "only_by_act": true, "fields": {
      "claim": {"type": "reference", "references": "claim"}, "by": {"type": "text"}}}},
  "acts": {
    "decide": {"by": "office", "about": "claim", "takes": {"decision": {"type": "text"}},
      "creates": [{"collection": "approval", "set": {"claim": ":about", "by": ":me"}}],
      "sets": {"decision": ":decision"}}}})json",
                          "counter.json"));
}

struct Counter : ServerWorld {
  Counter() : ServerWorld(counter()) {}
  Result<Receipt> write(const std::vector<OfficeEdit>& edits, bool settles = false) {
    must(store.begin());
    auto receipt = office->act("ann", edits, settles);
    if (receipt.ok())
      must(store.commit());
    else
      store.rollback();
    return receipt;
  }
  const RecordRef claim{"claim", rng.draw<Uuid>()};
  const RecordRef approval{"approval", rng.draw<Uuid>()};
};

}  // namespace

TEST_CASE("only by act: whoever writes it himself at a desk is told which act writes it",
          "[ingest]") {
  Counter world;
  world.office_create(world.claim, {{"amount", number(900)}});
  const auto direct = world.write(
      {{world.approval, true, {{"by", text("ann")}, {"claim", id_value(world.claim.id)}}, 0}});
  REQUIRE_FALSE(direct.ok());
  CHECK(direct.error().code == Errc::kForbidden);
  CHECK(direct.error().field == "approval");
  CHECK(direct.error().detail.find("decide") != std::string::npos);
  const auto field = world.write({{world.claim, false, {{"decision", text("approved")}}, 1}});
  REQUIRE_FALSE(field.ok());
  CHECK(field.error().code == Errc::kForbidden);
  CHECK(field.error().field == "decision");
  CHECK(world.write({{world.claim, false, {{"note", text("urgent")}}, 1}}).ok());
  CHECK(world.version() == 2);
}

TEST_CASE("only by act: an act passes, and so does the decision on a case", "[ingest]") {
  Counter world;
  world.office_create(world.claim, {{"amount", number(900)}});
  OfficeEdit made{world.approval, true, {{"claim", id_value(world.claim.id)}}, 0, true};
  OfficeEdit set{world.claim, false, {{"decision", text("approved")}}, 1, true};
  CHECK(world.write({made, set}).ok());
  set.set = {{"decision", text("refused")}};
  set.by_act = false;
  CHECK(world.write({set}, true).ok());
}

TEST_CASE(
    "only by act: what a phone pretends to have decided waits for a person, and nothing else does",
    "[ingest]") {
  Counter world;
  Pen li(world, "li");
  li.create(world.claim, {{"amount", number(900)}});
  li.create(world.approval, {{"by", text("ann")}, {"claim", id_value(world.claim.id)}});
  const RecordRef second{"claim", world.rng.draw<Uuid>()};
  li.create(second, {{"amount", number(100)}, {"decision", text("approved")}});
  const RecordRef third{"claim", world.rng.draw<Uuid>()};
  li.create(third, {{"amount", number(200)}});
  const auto reply = li.sync();
  REQUIRE(reply.page);
  const auto& receipts = reply.page->receipts;
  REQUIRE(receipts.size() == 4);
  CHECK(receipts[0].verdict == Verdict::kAccepted);
  for (const std::size_t i : {1u, 2u}) {
    CHECK(receipts[i].verdict == Verdict::kParked);
    CHECK(receipts[i].reason == "only_by_act");
  }
  CHECK(receipts[1].detail == "approval: decide");
  CHECK(receipts[3].verdict == Verdict::kAccepted);
  CHECK_FALSE(must(world.store.find_record(world.approval)).has_value());
  CHECK_FALSE(must(world.store.find_record(second)).has_value());
  CHECK(world.open_cases().size() == 2);
}
