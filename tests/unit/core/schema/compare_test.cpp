// SPDX-License-Identifier: Apache-2.0
// Two schemas side by side, in plain words.
#include "core/schema/compare.hpp"

#include "core/schema/load.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

Schema schema_of(const std::string& visit, const std::string& more = {}) {
  const std::string text =
      R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {"visit": )" + visit +
      more + "}}";
  auto schema = load_schema(text, "t.json");
  INFO((schema.ok() ? "" : to_string(schema.error())));
  REQUIRE(schema.ok());
  return *std::move(schema);
}

const std::string kBefore = R"({"kind": "document", "scope_field": "technician", "fields": {
  "technician": {"type": "text", "rule": "office"},
  "notes": {"type": "text", "rule": "office", "size_max": 10},
  "meter": {"type": "int", "rule": "grows"}}})";

std::vector<std::string> sentences(const Schema& before, const Schema& after, bool chinese) {
  std::vector<std::string> all;
  for (const auto& change : compare(before, after)) all.push_back(sentence_of(change, chinese));
  return all;
}

}  // namespace

TEST_CASE("compare: the same schema twice has nothing to say", "[schema]") {
  CHECK(compare(schema_of(kBefore), schema_of(kBefore)).empty());
}

TEST_CASE("compare: each difference is one line, in two languages", "[schema]") {
  const auto before = schema_of(kBefore);
  const auto after = schema_of(R"json({"kind": "document", "scope_field": "technician",
    "events": {"left": {"field": "notes", "equals": "x"}}, "fields": {
    "technician": {"type": "text", "rule": "office"},
    "notes": {"type": "text", "rule": "keep_both", "size_max": 20},
    "priority": {"type": "int", "rule": "three_way(office)"}}})json");
  CHECK(sentences(before, after, false) ==
        std::vector<std::string>{"visit.left: new event (notes = \"x\")",
                                 "visit.notes: rule office -> keep_both",
                                 "visit.notes: limits size_max 10 -> size_max 20",
                                 "visit.priority: new field (int, three_way(office))",
                                 "visit.meter: field is gone (int)"});
  CHECK(sentences(before, after, true)[1] == "visit.notes：规则 由 office 改为 keep_both");
  for (const auto& change : compare(before, after)) CHECK_FALSE(misreads_records(change));
}

TEST_CASE("compare: what would misread the records that are there is told apart", "[schema]") {
  const auto before =
      schema_of(kBefore, R"(, "part": {"kind": "fact", "fields": {"n": {"type": "int"}}})");
  const auto after = schema_of(R"json({"kind": "document", "fields": {
    "technician": {"type": "text", "rule": "office"},
    "notes": {"type": "text", "rule": "office", "size_max": 10},
    "meter": {"type": "quantity", "rule": "grows"}}})json");
  const auto changes = compare(before, after);
  REQUIRE(changes.size() == 3);
  CHECK(sentence_of(changes[0], false) == "visit: who sees it scope_field technician -> none");
  CHECK(sentence_of(changes[1], false) == "visit.meter: type int -> quantity");
  CHECK(sentence_of(changes[2], false) == "part: collection is gone (fact)");
  for (const auto& change : changes) CHECK(misreads_records(change));
}

TEST_CASE("compare: a rule is told with its safe default, its steps and its group", "[schema]") {
  const auto visit = [](const std::string& cash, const std::string& state) {
    return schema_of(R"({"kind": "document", "fields": {"cash": {"type": "money", )" + cash +
                     R"(}, "state": {"type": "text", "rule": "state_from_events", )" + state +
                     "}}}");
  };
  const auto before = visit(R"("rule": "ask_human")", R"("transitions": [["a", "b"]])");
  const auto after = visit(R"("rule": "ask_human", "safe_default": "smaller")",
                           R"("transitions": [["a", "b"], ["b", "c"]])");
  CHECK(sentences(before, after, false) ==
        std::vector<std::string>{
            "visit.cash: rule ask_human -> ask_human, safe_default smaller",
            "visit.state: rule state_from_events, a>b -> state_from_events, a>b | b>c"});
}

TEST_CASE("compare: business keys and ledgers are told, and misread no record", "[schema]") {
  const auto with = [](const std::string& unique, const std::string& ledgers) {
    auto schema = load_schema(
        R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {"unit": {"kind":
            "document", )" +
            unique + R"("fields": {"serial": {"type": "text", "rule": "office"},
            "n": {"type": "int", "rule": "office"}}}})" +
            ledgers + "}",
        "t.json");
    INFO((schema.ok() ? "" : to_string(schema.error())));
    REQUIRE(schema.ok());
    return *std::move(schema);
  };
  const auto before = with("", "");
  const auto after = with(
      R"("unique": [["serial"]], )",
      R"(, "ledgers": {"l": {"entries": [{"of": "unit", "account": ["serial"], "takes": "n"}]}})");
  CHECK(sentences(before, after, false) ==
        std::vector<std::string>{"unit: business keys none -> unique(serial)",
                                 "ledgers.l: ledger none -> at least 0; unit takes n at serial"});
  CHECK(sentences(after, before, true)[1] ==
        "ledgers.l：台账 由 at least 0; unit takes n at serial 改为 无");
  for (const auto& change : compare(before, after)) CHECK_FALSE(misreads_records(change));
  const auto hours = [&](const std::string& within) {
    return with("", R"(, "ledgers": {"l": {"two_sided": true)" + within +
                        R"(, "entries": [{"of": "unit", "account": ["serial"], "takes": "n"}]}})");
  };
  // The guards know both as the same ledger, and its balances stay what they are.
  const auto never = hours(""), soon = hours(R"(, "within_hours": 48)");
  CHECK(to_string(never.ledgers[0]) == to_string(soon.ledgers[0]));
  CHECK(sentences(never, soon, false) ==
        std::vector<std::string>{"ledgers.l: ledger both sides equal; unit takes n at serial -> "
                                 "both sides equal; unit takes n at serial; within 48 h"});
}

TEST_CASE("compare: which organisation records belong to may change while they are there",
          "[schema]") {
  const auto with = [](const std::string& organisations, const std::string& field) {
    return *load_schema(R"({"daybook_schema": 1, "name": "t", "version": 1, )" + organisations +
                            R"("collections": {
      "place": {"kind": "document", "organisation_field": "above", "fields": {
        "above": {"type": "reference", "references": "place", "rule": "office"}}},
      "person": {"kind": "document", "scope_field": "login", "organisation_field": "at", "fields": {
        "login": {"type": "text", "rule": "office"},
        "at": {"type": "reference", "references": "place", "rule": "office"}}},
      "unit": {"kind": "document", )" +
                            field + R"("fields": {
        "at": {"type": "reference", "references": "place", "rule": "office"}}}}})",
                        "t.json");
  };
  const std::string organisations = R"("organisations": {"tree": "place", "people": "person"}, )";
  const auto before = with(organisations, "");
  const auto after = with(organisations, R"("organisation_field": "at", )");
  CHECK(sentences(before, after, false) ==
        std::vector<std::string>{"unit: organisation it belongs to none -> at"});
  CHECK(sentences(before, after, true) == std::vector<std::string>{"unit：所属机构 由 无 改为 at"});
  CHECK_FALSE(misreads_records(compare(before, after).front()));
}
