// SPDX-License-Identifier: Apache-2.0
// Which changes make which events happen.
#include "core/schema/load.hpp"
#include "tests/unit/core/merge/merge_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

Schema schema() {
  auto loaded = load_schema(R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
    "visit": {"kind": "document", "fields": {"status": {"type": "text", "rule": "office"}},
      "events": {"closed": {"field": "status", "equals": "closed"},
                 "departed": {"fact": "visit_event", "about": "visit", "field": "kind", "equals": "departed"}}},
    "visit_event": {"kind": "fact", "parent": "visit", "fields": {
      "visit": {"type": "reference", "references": "visit"}, "kind": {"type": "text"}}}}})",
                            "t.json");
  REQUIRE(loaded.ok());
  return std::move(loaded).value();
}

Change event_fact(Value about, const std::string& kind) {
  Change change;
  change.record = {"visit_event", Uuid{}};
  change.created = {{"visit", std::move(about)}, {"kind", words(kind)}};
  return change;
}

}  // namespace

TEST_CASE("merge: a fact makes an event happen to the document it is about") {
  Uuid id;
  id.raw.fill(9);
  const auto events =
      events_of_fact(schema(), event_fact(Value::bytes(copy_of(id.view())), "departed"));
  REQUIRE(events.size() == 1);
  CHECK(events[0].event == "departed");
  CHECK(events[0].record == RecordRef{"visit", id});
  CHECK(events_of_fact(schema(), event_fact(Value::bytes(copy_of(id.view())), "arrived")).empty());
  CHECK(events_of_fact(schema(), event_fact(Value::null(), "departed")).empty());
  CHECK(events_of_fact(schema(), event_fact(Value::bytes({1, 2}), "departed")).empty());
}

TEST_CASE("merge: a document's own field makes its events happen, by create or by edit") {
  const auto rules = schema();
  const auto& visit = *rules.find("visit");
  Change change;
  change.created = {{"status", words("closed")}};
  CHECK(events_of(visit, change) == std::vector<std::string>{"closed"});
  change.kind = Change::Kind::kEdit;
  change.created = {};
  change.edits = {{"status", words("open"), {}, words("closed")}};
  CHECK(events_of(visit, change) == std::vector<std::string>{"closed"});
  change.edits[0].now = words("open");
  CHECK(events_of(visit, change).empty());
}
