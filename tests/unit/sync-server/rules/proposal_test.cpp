// SPDX-License-Identifier: Apache-2.0
// What a person keeps deciding by hand, as the rule that would decide it.
#include "sync-server/rules/proposal.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

ConflictCase case_about(const std::string& field) {
  ConflictCase conflict;
  conflict.number = 1;
  conflict.record = {"visit", Uuid{}};
  conflict.field = field;
  return conflict;
}

}  // namespace

TEST_CASE("proposal: a side becomes the fallback, in a set of the next version", "[rules]") {
  const Schema schema = small_schema();
  const auto proposal = must(propose_rule(schema, case_about("category"), "device"));
  CHECK(proposal.now == "three_way(ask_human)");
  CHECK(proposal.proposed == "three_way(technician)");
  const auto next = must(load_schema(proposal.source, "proposal"));
  CHECK(next.version == schema.version + 1);
  CHECK(to_string(next.find("visit")->find("category")->rule) == "three_way(technician)");
  CHECK(to_string(next.find("visit")->find("address")->rule) == "office_until(departed)");
  CHECK(must(propose_rule(schema, case_about("category"), "office")).proposed ==
        "three_way(office)");
}

TEST_CASE("proposal: both means paragraphs for a text and a set for a list", "[rules]") {
  const Schema schema = small_schema();
  CHECK(must(propose_rule(schema, case_about("category"), "both")).proposed == "keep_both");
  const auto meter = propose_rule(schema, case_about("meter"), "both");
  REQUIRE(!meter.ok());
  CHECK(meter.error().field == "choice");
}

TEST_CASE("proposal: says where no rule of a field would help", "[rules]") {
  const Schema schema = small_schema();
  ConflictCase parked = case_about("category");
  parked.kind = CaseKind::kParked;
  CHECK(propose_rule(schema, parked, "office").error().field == "case");
  CHECK(propose_rule(schema, case_about("nothing"), "office").error().field == "case");
  CHECK(propose_rule(schema, case_about("category"), "value").error().field == "choice");
  CHECK(propose_rule(schema, case_about("notes"), "both").error().field == "choice");
}
