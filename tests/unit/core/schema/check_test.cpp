// SPDX-License-Identifier: Apache-2.0
// Change sets held against a schema, strictly as on the phone and leniently as in the office.
#include "core/schema/check.hpp"

#include "core/schema/load.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;
using daybook::test::contains;

namespace {

Schema schema() {
  auto loaded = load_schema(R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
    "visit": {"kind": "document", "fields": {
      "form_no": {"type": "text", "rule": "immutable", "size_max": 8, "required": true},
      "status": {"type": "text", "rule": "office", "values": ["open", "done"]},
      "meter": {"type": "int", "rule": "grows", "min": 0, "max": 100},
      "opened": {"type": "bool", "rule": "technician"},
      "photo": {"type": "digest", "rule": "technician"},
      "phones": {"type": "text_list", "rule": "add_wins", "size_max": 2},
      "team": {"type": "reference_list", "rule": "add_wins", "references": "visit"},
      "notes": {"type": "text", "rule": "keep_both"}}},
    "swap": {"kind": "fact", "parent": "visit", "fields": {
      "visit": {"type": "reference", "references": "visit"},
      "qty": {"type": "quantity", "min": 1}}}}})",
                            "t.json");
  if (!loaded.ok()) FAIL(to_string(loaded.error()));
  return std::move(loaded).value();
}

Value uuid() { return Value::bytes(Bytes(16, 7)); }

Body creates(const std::string& collection, Fields fields) {
  Body body;
  Change change;
  change.record = {collection, Uuid{}};
  change.created = std::move(fields);
  body.changes.push_back(change);
  return body;
}

Body edits(const std::string& collection, const std::string& field, Value now,
           std::optional<Value> was = {}) {
  Body body;
  Change change;
  change.record = {collection, Uuid{}};
  change.kind = Change::Kind::kEdit;
  change.edits.push_back({field, std::move(was), {}, std::move(now)});
  body.changes.push_back(change);
  return body;
}

// The code and the place, for both kinds of strictness.
std::string strict(const Body& body) {
  const auto checked = check_against(schema(), body, true);
  return checked.ok() ? "ok" : to_string(checked.error());
}
std::string lenient(const Body& body) {
  const auto checked = check_against(schema(), body, false);
  return checked.ok() ? "ok" : to_string(checked.error());
}

}  // namespace

TEST_CASE("check: what fits is let through") {
  CHECK(strict(creates("visit",
                       {{"form_no", Value::text("T-1")}, {"meter", Value::integer(100)}})) == "ok");
  CHECK(strict(creates("swap", {{"visit", uuid()}, {"qty", Value::integer(1000)}})) == "ok");
  CHECK(strict(edits("visit", "notes", Value::text("机顶盒无信号"))) == "ok");
  CHECK(strict(edits("visit", "notes", Value::null())) == "ok");
  CHECK(strict(edits("visit", "phones", Value::list({Value::text("1"), Value::text("2")}))) ==
        "ok");
}

TEST_CASE(
    "check: the phone refuses what the schema does not know, the office lets it pass and keeps "
    "it") {
  const auto unknown_field = edits("visit", "colour", Value::text("red"));
  CHECK(strict(unknown_field) == "unknown_field at changes[0].edits[0].colour: visit");
  CHECK(lenient(unknown_field) == "ok");
  const auto unknown_value = edits("visit", "status", Value::text("paused"));
  CHECK(strict(unknown_value) ==
        "invalid at changes[0].edits[0].status: 'paused' is not one of the values");
  CHECK(lenient(unknown_value) == "ok");
  const auto created =
      creates("visit", {{"form_no", Value::text("T-1")}, {"colour", Value::text("red")}});
  CHECK(strict(created) == "unknown_field at changes[0].created.colour: visit");
  CHECK(lenient(created) == "ok");
}

TEST_CASE("check: an unknown collection has no rules and no scope, so nobody can take it") {
  CHECK(strict(creates("planet", {})) == "unknown_collection at changes[0]: planet");
  CHECK(lenient(creates("planet", {})) == "unknown_collection at changes[0]: planet");
}

TEST_CASE("check: a wrong type is refused from everybody, with the place and what was expected") {
  for (const auto& check : {strict, lenient}) {
    CHECK(check(edits("visit", "meter", Value::text("12"))) ==
          "wrong_type at changes[0].edits[0].meter: expects int");
    CHECK(check(edits("visit", "photo", uuid())) ==
          "wrong_type at changes[0].edits[0].photo: expects digest");
    CHECK(check(edits("visit", "opened", Value::integer(1))) ==
          "wrong_type at changes[0].edits[0].opened: expects bool");
    CHECK(check(edits("visit", "team", Value::list({uuid(), Value::bytes({1})}))) ==
          "wrong_type at changes[0].edits[0].team: expects reference_list");
    CHECK(check(edits("visit", "phones", Value::list({Value::integer(1)}))) ==
          "wrong_type at changes[0].edits[0].phones: expects text_list");
  }
}

TEST_CASE("check: limits bind before commit() acknowledges, and only there") {
  const std::string edited = "changes[0].edits[0].";
  CHECK(strict(edits("visit", "meter", Value::integer(101))) ==
        "invalid at " + edited + "meter: at most 100");
  CHECK(strict(edits("visit", "meter", Value::integer(-1))) ==
        "invalid at " + edited + "meter: at least 0");
  CHECK(lenient(edits("visit", "meter", Value::integer(101))) == "ok");
  const auto long_list =
      edits("visit", "phones", Value::list({Value::text("1"), Value::text("2"), Value::text("3")}));
  CHECK(strict(long_list) == "too_large at " + edited + "phones: 3, at most 2");
  CHECK(lenient(long_list) == "ok");
  CHECK(strict(creates("visit", {{"form_no", Value::text("123456789")}})) ==
        "too_large at changes[0].created.form_no: 9, at most 8");
}

TEST_CASE("check: what is required is there from the start and is never emptied") {
  CHECK(strict(creates("visit", {})) == "invalid at changes[0].created.form_no: must not be empty");
  CHECK(strict(creates("visit", {{"form_no", Value::null()}})) ==
        "invalid at changes[0].created.form_no: must not be empty");
  CHECK(strict(creates("swap", {{"qty", Value::integer(1)}})) ==
        "invalid at changes[0].created.visit: must not be empty");
  CHECK(lenient(creates("visit", {})) == "ok");
}

TEST_CASE("check: a fact is not edited, and an immutable field not changed, by this phone") {
  CHECK_THAT(strict(edits("swap", "qty", Value::integer(2))), contains("immutable at changes[0]"));
  CHECK(lenient(edits("swap", "qty", Value::integer(2))) == "ok");
  CHECK_THAT(strict(edits("visit", "form_no", Value::text("B"), Value::text("A"))),
             contains("immutable at changes[0].edits[0].form_no"));
  CHECK(strict(edits("visit", "form_no", Value::text("B"))) == "ok");
}

TEST_CASE("check: claims and attachments name what exists") {
  Body body;
  body.claims.push_back({{"visit", Uuid{}}, "meter", Value::integer(5), {}});
  CHECK(strict(body) == "ok");
  body.claims[0].seen = Value::text("five");
  CHECK(strict(body) == "wrong_type at claims[0].meter: expects int");
  body.claims[0] = {{"visit", Uuid{}}, "colour", Value::integer(5), {}};
  CHECK(strict(body) == "unknown_field at claims[0].colour: visit");
  CHECK(lenient(body) == "ok");
  body.claims[0] = {{"planet", Uuid{}}, "meter", {}, {}};
  CHECK(lenient(body) == "unknown_collection at claims[0]: planet");
  body.claims.clear();
  Attachment attachment;
  attachment.record.collection = "planet";
  body.attachments.push_back(attachment);
  CHECK(strict(body) == "unknown_collection at attachments[0]: planet");
}
