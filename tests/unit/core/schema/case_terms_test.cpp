// SPDX-License-Identifier: Apache-2.0
// The terms that a case begins under: from its kind and from the schema.
#include "core/schema/case_terms.hpp"

#include "core/schema/compare.hpp"
#include "core/schema/load.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

Schema schema_with(const std::string& head, const std::string& fields) {
  const auto schema =
      load_schema(R"({"daybook_schema": 1, "name": "desk", "version": 7, )" + head +
                      R"("collections": {"visit": {"kind": "document", "fields": {)" + fields +
                      R"(,"status": {"type": "text", "rule": "office"}},
    "events": {"signed": {"field": "status", "equals": "signed"}}}}})",
                  "desk.json");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  return *schema;
}

constexpr const char* kFields =
    R"json("note": {"type": "text", "rule": "ask_human", "severity": "low"},
       "fee": {"type": "money", "rule": "ask_human", "four_eyes": true},
       "cause": {"type": "text", "rule": "sealed(signed)"},
       "phone": {"type": "text", "rule": "ask_human"})json";
constexpr const char* kDeadlines = R"("deadline_hours": {"low": 200, "high": 24},)";

ConflictCase about(const std::string& field, CaseKind kind = CaseKind::kField) {
  ConflictCase conflict;
  conflict.kind = kind;
  conflict.record.collection = "visit";
  conflict.field = field;
  conflict.opened = 9;
  conflict.opened_ms = 1'000;
  return conflict;
}

std::string error_of(const std::string& head, const std::string& fields) {
  const auto schema = load_schema(
      R"({"daybook_schema": 1, "name": "desk", "version": 7, )" + head +
          R"("collections": {"visit": {"kind": "document", "fields": {)" + fields + "}}}}",
      "desk.json");
  return schema.ok() ? "" : schema.error().detail;
}

}  // namespace

TEST_CASE("case terms: severity comes from the field, else from the kind of the case", "[schema]") {
  const auto schema = schema_with("", kFields);
  CHECK(severity_of(schema, about("note")) == Severity::kLow);
  CHECK(severity_of(schema, about("phone")) == Severity::kNormal);
  CHECK(severity_of(schema, about("fee")) == Severity::kHigh);  // two people
  CHECK(severity_of(schema, about("phone", CaseKind::kAmendment)) == Severity::kHigh);
  CHECK(severity_of(schema, about("", CaseKind::kDeviceHeld)) == Severity::kHigh);
  CHECK(severity_of(schema, about("", CaseKind::kParked)) == Severity::kNormal);
}

TEST_CASE("case terms: signed and marked fields take two people", "[schema]") {
  const auto schema = schema_with("", kFields);
  CHECK(takes_two_people(schema, about("fee")));
  CHECK(takes_two_people(schema, about("cause")));
  CHECK_FALSE(takes_two_people(schema, about("phone")));
  CHECK_FALSE(takes_two_people(schema, about("no_such_field")));
}

TEST_CASE("case terms: a case begins with its deadline, its rule set and one line", "[schema]") {
  const auto schema = schema_with(kDeadlines, kFields);
  auto conflict = about("fee");
  begin_case(conflict, schema);
  CHECK(conflict.rules_version == 7);
  CHECK(conflict.due_ms == 1'000 + 24 * 3'600'000);
  REQUIRE(conflict.events.size() == 1);
  CHECK(conflict.events[0].kind == CaseEventKind::kOpened);
  CHECK(conflict.events[0].at_ms == 1'000);
  CHECK(conflict.events[0].commit == 9);
  auto without = about("phone");
  begin_case(without, schema);
  CHECK(without.due_ms == 0);  // no hours for normal ones
}

TEST_CASE("case terms: what is no severity and no deadline is refused at its line", "[schema]") {
  const std::string field = R"("note": {"type": "text", "rule": "ask_human")";
  CHECK(error_of("", field + R"(, "severity": "urgent"})") == "'severity' is low, normal or high");
  CHECK(error_of("", field + R"(, "four_eyes": 1})") == "'four_eyes' is true or false");
  CHECK(error_of(R"("deadline_hours": {"late": 3},)", field + "}") == "unknown key 'late'");
  CHECK(error_of(R"("deadline_hours": {"low": -1},)", field + "}") != "");
  CHECK(error_of(R"("deadline_hours": {"low": 99999999},)", field + "}") == "at most 87840");
}

TEST_CASE("case terms: what a new rule set changes about them is said in words", "[schema]") {
  const auto changes =
      compare(schema_with("", kFields),
              schema_with(kDeadlines, R"("note": {"type": "text", "rule": "ask_human",
                                 "four_eyes": true})"));
  std::string said;
  for (const auto& change : changes) said += sentence_of(change, false) + "\n";
  CHECK(said.find("deadlines of cases none -> low 200 h, high 24 h") != std::string::npos);
  CHECK(said.find("visit.note: cases about it severity low -> four_eyes") != std::string::npos);
}
