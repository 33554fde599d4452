// SPDX-License-Identifier: Apache-2.0
// The schema file: what loads, and the line and field that every refusal names.
#include "core/schema/load.hpp"

#include <fstream>
#include <sstream>

#include "core/crypto/sha256.hpp"
#include "core/schema/json_lines.hpp"
#include "core/schema/rule_text.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;
using daybook::test::contains;

namespace {

// One document with one field; `field` is the inside of its braces.
std::string with_field(const std::string& field) {
  return R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
"visit": {"kind": "document",
"fields": {
"notes": {)" +
         field + R"(}},
"events": {"done": {"field": "notes", "equals": "done"}}}}})";
}

std::string error_of(const std::string& json) {
  const auto schema = load_schema(json, "t.json");
  REQUIRE_FALSE(schema.ok());
  return to_string(schema.error());
}

std::string worked_example() {
  std::ifstream file("core/schema/SCHEMA.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string page = text.str();
  const auto from = page.find("```json\n");
  REQUIRE(from != std::string::npos);
  const auto to = page.find("```\n", from + 8);
  return page.substr(from + 8, to - from - 8);
}

}  // namespace

TEST_CASE("schema: the worked example of SCHEMA.md loads as described there") {
  const std::string text = worked_example();
  const auto schema = load_schema(text, "SCHEMA.md");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  CHECK(schema->name == "lift_service");
  CHECK(schema->version == 3);
  CHECK(schema->source == text);
  CHECK(schema->digest == sha256(view_of(text)));
  const auto* visit = schema->find("visit");
  REQUIRE(visit != nullptr);
  CHECK_FALSE(visit->is_fact);
  CHECK(visit->scope_field == "technician");
  CHECK(visit->label_zh == "上门服务");
  CHECK(visit->fields.front().name == "technician");
  CHECK(to_string(visit->find("technician")->rule) == "office_until(departed)");
  CHECK(to_string(visit->find("category")->rule) == "three_way(ask_human)");
  CHECK(visit->find("category")->rule.safe_default == SafeDefault::kTechnician);
  CHECK(visit->find("customer")->follow);
  CHECK(visit->find("customer")->references == "customer");
  REQUIRE(visit->find_event("departed") != nullptr);
  CHECK(visit->find_event("departed")->fact == "visit_event");
  CHECK(visit->find_event("departed")->equals == Value::text("departed"));
  const auto* event = schema->find("visit_event");
  REQUIRE(event != nullptr);
  CHECK(event->is_fact);
  CHECK(event->parent == "visit");
  CHECK(event->find("kind")->rule.kind == RuleKind::kImmutable);
  CHECK(schema->find("nobody") == nullptr);
  CHECK(visit->find("nobody") == nullptr);
}

TEST_CASE("schema: every rule has one spelling, and it reads back") {
  for (const std::string text :
       {"immutable", "append", "office", "technician", "office_until(departed)",
        "three_way(office)", "three_way(technician)", "three_way(keep_both)",
        "three_way(ask_human)", "grows", "add_wins", "keep_both", "sealed(signed)", "ask_human"}) {
    const auto rule = parse_rule(text);
    REQUIRE(rule.ok());
    CHECK(to_string(*rule) == text);
  }
  for (const std::string text :
       {"", "lww", "office()", "office(x)", "office_until", "office_until()", "three_way",
        "three_way(grows)", "three_way(x)", "sealed", "grows)", "office_until(departed",
        "three_way(ask_human) "}) {
    CHECK_FALSE(parse_rule(text).ok());
  }
}

TEST_CASE("schema: errors name file, line and field") {
  CHECK(error_of(with_field(R"("type": "text")")) == "invalid at t.json:4: visit.notes: no rule");
  CHECK(error_of(with_field(R"("rule": "office")")) == "invalid at t.json:4: visit.notes: no type");
  CHECK(error_of(with_field("\"type\": \"text\",\n\"rule\": \"newest\"")) ==
        "invalid at t.json:5: visit.notes: unknown rule 'newest'");
  CHECK(error_of(with_field("\"rule\": \"office\",\n\n\"type\": \"string\"")) ==
        "invalid at t.json:6: visit.notes: unknown type 'string'");
  CHECK(error_of(with_field("\"type\": \"text\", \"rule\": \"office\",\n\"merge\": \"office\"")) ==
        "invalid at t.json:5: visit.notes.merge: unknown key 'merge'");
  CHECK(error_of(with_field("\"type\": \"text\", \"rule\": \"office\",\n\"rule\": \"grows\"")) ==
        "invalid at t.json:5: 'rule' stands twice, first in line 4");
  CHECK(error_of(with_field(R"j("type": "text", "rule": "office_until(left)")j")) ==
        "invalid at t.json:4: visit.notes: no event 'left' in visit");
}

TEST_CASE("schema: a rule has to fit the type of its field") {
  CHECK_THAT(error_of(with_field(R"("type": "text", "rule": "grows")")),
             contains("needs a number"));
  CHECK_THAT(error_of(with_field(R"("type": "text", "rule": "add_wins")")), contains("text_list"));
  CHECK_THAT(error_of(with_field(R"("type": "text", "rule": "append")")), contains("text_list"));
  CHECK_THAT(error_of(with_field(R"("type": "int", "rule": "keep_both")")), contains("type text"));
  CHECK_THAT(error_of(with_field(R"j("type": "int", "rule": "three_way(keep_both)")j")),
             contains("type text"));
  CHECK_THAT(error_of(with_field(R"("type": "text", "rule": "office", "safe_default": "office")")),
             contains("only ask_human"));
  CHECK_THAT(
      error_of(with_field(R"("type": "text", "rule": "ask_human", "safe_default": "nobody")")),
      contains("office, technician, smaller, larger or first"));
  CHECK_THAT(error_of(with_field(R"("type": "bool", "rule": "office", "size_max": 3)")),
             contains("no size"));
  CHECK_THAT(error_of(with_field(R"("type": "text", "rule": "office", "size_max": 999999999)")),
             contains("at most"));
  CHECK_THAT(error_of(with_field(R"("type": "text", "rule": "office", "size_max": 1.5)")),
             contains("whole numbers"));
  CHECK_THAT(error_of(with_field(R"("type": "text", "rule": "office", "min": 1)")),
             contains("only numbers"));
  CHECK_THAT(error_of(with_field(R"("type": "int", "rule": "office", "min": 2, "max": 1)")),
             contains("larger"));
  CHECK_THAT(error_of(with_field(R"("type": "int", "rule": "office", "values": ["a"])")),
             contains("only text"));
  CHECK_THAT(error_of(with_field(R"("type": "text", "rule": "office", "values": [1])")),
             contains("list of texts"));
  CHECK_THAT(error_of(with_field(R"("type": "text", "rule": "office", "label": {"fr": "x"})")),
             contains("'fr'"));
}

TEST_CASE("schema: references, parents and events name what exists") {
  CHECK_THAT(error_of(with_field(R"("type": "reference", "rule": "office")")),
             contains("needs 'references'"));
  CHECK_THAT(error_of(with_field(R"("type": "text", "rule": "office", "references": "visit")")),
             contains("only references"));
  CHECK_THAT(error_of(with_field(R"("type": "text", "rule": "office", "follow": true)")),
             contains("followed"));
  CHECK_THAT(error_of(with_field(R"("type": "reference", "rule": "office", "references": "site")")),
             contains("no collection 'site'"));
  const auto collection = [](const std::string& inside) {
    return R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {"a": {)" + inside +
           "}}}";
  };
  const std::string field = R"("fields": {"f": {"type": "text", "rule": "office"}})";
  CHECK_THAT(error_of(collection(R"("kind": "document", "parent": "f", )" + field)),
             contains("no reference of a"));
  CHECK_THAT(error_of(collection(R"("kind": "document", "scope_field": "g", )" + field)),
             contains("no text field"));
  CHECK_THAT(error_of(collection(R"("kind": "thing", )" + field)), contains("document or fact"));
  CHECK_THAT(error_of(collection(R"("kind": "document")")), contains("needs 'fields'"));
  CHECK_THAT(error_of(collection(R"("kind": "fact", )" + field)), contains("take no rule"));
  CHECK_THAT(error_of(collection(
                 R"("kind": "document", "events": {"e": {"field": "g", "equals": 1}}, )" + field)),
             contains("no field 'g'"));
  CHECK_THAT(
      error_of(collection(R"("kind": "document", "events": {"e": {"field": "f"}}, )" + field)),
      contains("needs 'equals'"));
  CHECK_THAT(
      error_of(collection(
          R"("kind": "document", "events": {"e": {"fact": "b", "about": "a", "field": "f", "equals": 1}}, )" +
          field)),
      contains("no fact 'b'"));
  CHECK_THAT(error_of(collection(
                 R"("kind": "document", "fields": {"id": {"type": "text", "rule": "office"}})")),
             contains("own name"));
  CHECK_THAT(error_of(collection(
                 R"("kind": "document", "fields": {"Notes": {"type": "text", "rule": "office"}})")),
             contains("not a name"));
}

namespace {

// Documents c0, c1, … in a row, each following the next.
std::string row_of_collections(int count, bool closed) {
  std::string text = R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {)";
  for (int i = 0; i < count; ++i) {
    const bool last = i == count - 1;
    const int next = last ? 0 : i + 1;
    text += (i == 0 ? "\n\"c" : ",\n\"c") + std::to_string(i) +
            R"(": {"kind": "document", "fields": {"f": )";
    if (last && !closed) {
      text += R"({"type": "text", "rule": "office"}}})";
    } else {
      text += R"({"type": "reference", "rule": "office", "follow": true, "references": "c)" +
              std::to_string(next) + "\"}}}";
    }
  }
  return text + "}}";
}

}  // namespace

TEST_CASE("schema: scope paths are acyclic and at most three steps long") {
  CHECK(load_schema(row_of_collections(4, false), "t.json").ok());
  CHECK(error_of(row_of_collections(5, false)) ==
        "invalid at t.json:2: c0: a scope path has more than 3 steps: c0 -> c1 -> c2 -> c3 -> c4");
  CHECK(error_of(row_of_collections(3, true)) ==
        "invalid at t.json:2: c0: scopes go in a circle: c0 -> c1 -> c2 -> c0");
  CHECK_THAT(error_of(row_of_collections(1, true)), contains("circle: c0 -> c0"));
  CHECK_THAT(error_of(row_of_collections(200, false)), contains("more than 3 steps"));
}

TEST_CASE("schema: what is misspelt somewhere deeper is named as well") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"("label": "x", "fields": {})", "has to be an object"},
      {R"("fields": {})", "needs 'fields'"},
      {R"("shared": 1, "fields": {"f": {"type": "text", "rule": "office"}})",
       "'shared' is true or false"},
      {R"("parent": "", "fields": {"f": {"type": "text", "rule": "office"}})",
       "'parent' is a text"},
      {R"("events": [], "fields": {"f": {"type": "text", "rule": "office"}})",
       "'events' is an object"},
      {R"("events": {"E": {}}, "fields": {"f": {"type": "text", "rule": "office"}})", "not a name"},
      {R"("events": {"e": {"field": "f", "fact": "x"}}, "fields": {"f": {"type": "text", "rule": "office"}})",
       "belong together"},
      {R"("events": {"e": {"field": "f", "equals": []}}, "fields": {"f": {"type": "text", "rule": "office"}})",
       "'equals' is a text"},
      {R"("events": {"e": {"equals": 1}}, "fields": {"f": {"type": "text", "rule": "office"}})",
       "needs 'field'"},
      {R"("fields": {"f": {"type": "text", "rule": "office", "values": []}})", "list of texts"},
      {R"("fields": {"f": {"type": "int", "rule": "office", "min": "a"}})", "whole number"},
  };
  for (const auto& [inside, expected] : cases) {
    CHECK_THAT(
        error_of(
            R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {"a": {"kind": "document", )" +
            inside + "}}}"),
        contains(expected));
  }
  const std::string long_name(49, 'e');
  CHECK_THAT(
      error_of(
          R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {"a": {"kind": "document",
    "events": {")" +
          long_name +
          R"(": {"field": "f", "equals": 1}}, "fields": {"f": {"type": "int", "rule": "office"}}}}})"),
      contains("at most 48 bytes"));
  CHECK_THAT(error_of(R"({"daybook_schema": 1, "name": "T", "version": 1})"),
             contains("needs 'name'"));
  CHECK_THAT(
      error_of(R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {"A": {}}})"),
      contains("not a name"));
}

TEST_CASE("schema: an event may compare a number or a flag") {
  const auto schema = load_schema(
      R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {"a": {"kind": "document",
    "events": {"full": {"field": "level", "equals": -1}, "open": {"field": "ajar", "equals": true}},
    "fields": {"level": {"type": "int", "rule": "office"}, "ajar": {"type": "bool", "rule": "office"}}}}})",
      "t.json");
  REQUIRE(schema.ok());
  CHECK(schema->find("a")->find_event("full")->equals == Value::integer(-1));
  CHECK(schema->find("a")->find_event("open")->equals == Value::boolean(true));
}

TEST_CASE("schema: bad JSON is refused with its line, whatever it is") {
  CHECK_THAT(error_of("{\n\"daybook_schema\": 1,\n}"), contains("t.json:3"));
  CHECK_THAT(error_of(""), contains("t.json:1"));
  CHECK_THAT(error_of("[]"), contains("a schema is an object"));
  CHECK_THAT(error_of("{}"), contains("'daybook_schema': 1"));
  CHECK_THAT(error_of(R"({"daybook_schema": 2})"), contains("'daybook_schema': 1"));
  CHECK_THAT(error_of(R"({"daybook_schema": 1, "name": "t"})"), contains("needs 'version'"));
  CHECK_THAT(error_of(R"({"daybook_schema": 1, "name": "t", "version": 0})"), contains("from 1"));
  CHECK_THAT(error_of(R"({"daybook_schema": 1, "name": "t", "version": 1})"),
             contains("needs 'collections'"));
  CHECK_THAT(
      error_of(R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {"a": []}})"),
      contains("has to be an object"));
  CHECK_THAT(error_of("{\"a\": 18446744073709551615}"), contains("too large"));
  CHECK_THAT(error_of("{\"a\": \"\xff\"}"), contains("not JSON"));
  CHECK_THAT(error_of(std::string(100000, '[')), contains("nested deeper than 16"));
  CHECK_THAT(error_of(std::string(kSchemaTextSizeMax + 1, ' ')), contains("too_large"));
}

TEST_CASE("schema: cut off anywhere, the file is refused and never half loaded") {
  const std::string text = worked_example();
  for (std::size_t size = 0; size + 2 < text.size(); size += 7) {
    CHECK_FALSE(load_schema(std::string_view(text).substr(0, size), "cut.json").ok());
  }
}

TEST_CASE("schema: a safe default by size needs something that has a size") {
  CHECK_THAT(
      error_of(with_field(R"("type": "text", "rule": "ask_human", "safe_default": "smaller")")),
      contains("t.json:4: visit.notes: smaller needs a number, or a text with 'values'"));
  for (const auto* field :
       {R"("type": "text", "rule": "ask_human", "safe_default": "larger", "values": ["a", "b"])",
        R"j("type": "money", "rule": "three_way(ask_human)", "safe_default": "smaller")j",
        R"("type": "text", "rule": "ask_human", "safe_default": "first")"}) {
    INFO(field);
    CHECK(load_schema(with_field(field), "t.json").ok());
  }
}

TEST_CASE("schema: a state says which steps it may take") {
  const auto state = [](const std::string& more) {
    return with_field(R"("type": "text", "rule": "state_from_events")" + more);
  };
  CHECK_THAT(error_of(state("")), contains("t.json:4: visit.notes: needs 'transitions'"));
  CHECK_THAT(error_of(state(",\n\"transitions\": [[\"a\"]]")), contains("t.json:5: visit.notes"));
  CHECK_THAT(error_of(state(R"(, "transitions": [["a", 1]])")), contains("pairs of texts"));
  CHECK_THAT(error_of(state(R"(, "values": ["a"], "transitions": [["a", "b"]])")),
             contains("'b' is not one of the values"));
  CHECK_THAT(
      error_of(with_field(R"("type": "text", "rule": "office", "transitions": [["a", "b"]])")),
      contains("only state_from_events has 'transitions'"));
  CHECK_THAT(error_of(with_field(
                 R"("type": "int", "rule": "state_from_events", "transitions": [["a", "b"]])")),
             contains("needs type text"));
  const auto schema = load_schema(state(R"(, "transitions": [["a", "b"], ["b", "a"]])"), "t.json");
  REQUIRE(schema.ok());
  const auto& rule = schema->find("visit")->find("notes")->rule;
  CHECK(to_string(rule) == "state_from_events");
  CHECK(rule.transitions == std::vector<Transition>{{"a", "b"}, {"b", "a"}});
}

TEST_CASE("schema: the new rules read as they are written") {
  for (const auto* rule :
       {"first_wins", "first_wins(ask_human)", "server", "technician_until(done)"}) {
    INFO(rule);
    CHECK(to_string(parse_rule(rule).value()) == rule);
  }
  CHECK_FALSE(parse_rule("first_wins(office)").ok());
  CHECK_FALSE(parse_rule("server(x)").ok());
  CHECK_FALSE(parse_rule("technician_until").ok());
}

TEST_CASE("schema: the fields of a group have one rule, and one that picks a side") {
  const auto two = [](const std::string& a, const std::string& b) {
    return R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
"visit": {"kind": "document", "fields": {
"street": {)" +
           a + "},\n\"town\": {" + b + "}}}}}";
  };
  const std::string office = R"("type": "text", "rule": "office", "group": "address")";
  const auto schema = load_schema(two(office, office), "t.json");
  REQUIRE(schema.ok());
  CHECK(schema->find("visit")->find("town")->group == "address");
  CHECK_THAT(error_of(two(office, R"("type": "text", "rule": "office")")),
             contains("t.json:3: visit.street: no other field is in group 'address'"));
  CHECK_THAT(error_of(two(office, R"("type": "text", "rule": "technician", "group": "address")")),
             contains("'town' is in the same group and has another rule"));
  const std::string named = R"("type": "text", "rule": "office", "group": "town")";
  CHECK_THAT(error_of(two(named, named)), contains("'town' is the name of a field"));
  const std::string both = R"("type": "text", "rule": "keep_both", "group": "address")";
  CHECK_THAT(error_of(two(both, both)), contains("keep_both does not pick one side's values"));
  const std::string lists = R"("type": "text_list", "rule": "office", "group": "address")";
  CHECK_THAT(error_of(two(lists, lists)), contains("merged by its elements"));
  const std::string sized =
      R"("type": "int", "rule": "ask_human", "safe_default": "smaller", "group": "address")";
  CHECK_THAT(error_of(two(sized, sized)), contains("does not pick one side's values"));
}

TEST_CASE("schema: a business key names fields that are there") {
  const auto with_key = [](const std::string& unique) {
    return R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {"unit": {
"kind": "document",
"unique": )" +
           unique + R"(, "fields": {"serial": {"type": "text", "rule": "office"},
"a": {"type": "text_list", "rule": "office"}, "b": {"type": "text_list", "rule": "office"}}}}})";
  };
  const auto schema =
      load_schema(with_key(R"([["serial"], {"fields": ["a"], "unless": "b"}])"), "t.json");
  REQUIRE(schema.ok());
  REQUIRE(schema->find("unit")->unique.size() == 2);
  CHECK(to_string(schema->find("unit")->unique[1]) == "unique(a) unless b");
  CHECK_THAT(error_of(with_key(R"([["number"]])")),
             contains("t.json:3: unit.unique: no field 'number' in unit"));
  CHECK_THAT(error_of(with_key(R"([{"fields": ["a"], "unless": "x"}])")), contains("no field 'x'"));
  CHECK_THAT(error_of(with_key(R"([["a", "b"]])")),
             contains("at most one field of a key is a list"));
  CHECK_THAT(error_of(with_key("[[]]")), contains("at least one field"));
  CHECK_THAT(error_of(with_key("[]")), contains("is a list of keys"));
  CHECK_THAT(error_of(with_key("[7]")), contains("at least one field"));
}

TEST_CASE("schema: a ledger says what gives and what takes") {
  const auto with_ledger = [](const std::string& ledger) {
    return R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {"move": {
"kind": "fact", "fields": {"n": {"type": "quantity"}, "h": {"type": "int"}, "from": {"type": "text"},
"tags": {"type": "text_list"}}}},
"ledgers": {"stock": {)" +
           ledger + "}}}";
  };
  const auto entry = [&](const std::string& text) {
    return with_ledger("\"entries\": [\n{" + text + "}]");
  };
  const std::string good = R"("of": "move", "account": ["from"], "takes": "n")";
  const auto schema = load_schema(entry(good), "t.json");
  REQUIRE(schema.ok());
  REQUIRE(schema->ledgers.size() == 1);
  CHECK(to_string(schema->ledgers[0]) == "at least 0; move takes n at from");
  CHECK_THAT(error_of(entry(R"("of": "part", "account": ["from"], "takes": "n")")),
             contains("t.json:5: ledgers.stock.entries: no collection 'part'"));
  CHECK_THAT(error_of(entry(R"("of": "move", "account": ["to"], "takes": "n")")),
             contains("no field 'to' in move"));
  CHECK_THAT(error_of(entry(R"("of": "move", "account": ["tags"], "takes": "n")")),
             contains("'tags' is a list"));
  CHECK_THAT(error_of(entry(R"("of": "move", "account": ["from"], "takes": "from")")),
             contains("'from' is no number"));
  CHECK_THAT(error_of(entry(R"("of": "move", "account": ["from"], "takes": 2)")), contains("or 1"));
  CHECK_THAT(error_of(entry(R"("of": "move", "account": ["from"])")),
             contains("needs 'gives', 'takes' or 'states'"));
  CHECK_THAT(error_of(entry(good + R"(, "where": {"to": 1})")), contains("no field 'to'"));
  CHECK_THAT(error_of(entry(R"("of": "move", "account": ["from"], "gives": "n")")),
             contains("nothing takes from this ledger"));
  CHECK_THAT(error_of(with_ledger(R"("two_sided": true, "at_least": 1, "entries": [])")),
             contains("no other bound"));
  CHECK_THAT(error_of(with_ledger(R"("outside": [])")), contains("list of names"));
  const std::string sides = R"(, "entries": [{"of": "move", "account": ["from"], "takes": "n"}])";
  CHECK(
      load_schema(with_ledger(R"("two_sided": true, "within_hours": 48)" + sides), "t.json").ok());
  CHECK_THAT(error_of(with_ledger(R"("within_hours": 48)" + sides)),
             contains("of a two-sided ledger"));
  CHECK_THAT(error_of(with_ledger(R"("two_sided": true, "within_hours": 1000000)" + sides)),
             contains("at most 87840"));
  const std::string taking = R"({"of": "move", "account": ["from"], "takes": "n"})";
  const auto awaited = [&](const std::string& within, const std::string& bound = "") {
    return with_ledger(
        bound + R"("entries": [{"of": "move", "account": ["from"], "gives": "n", "within": )" +
        within + "}, " + taking + "]");
  };
  CHECK(load_schema(awaited(R"("h")"), "t.json").ok());
  CHECK_THAT(error_of(awaited(R"("from")")), contains("'from' is no whole number"));
  CHECK_THAT(error_of(awaited(R"("nothing")")), contains("no field 'nothing'"));
  CHECK_THAT(error_of(awaited(R"("h")", R"("two_sided": true, )")),
             contains("without another bound"));
  CHECK_THAT(
      error_of(with_ledger(
          R"("entries": [{"of": "move", "account": ["from"], "takes": "n", "within": "n"}])")),
      contains("only what is given can be awaited"));
}

TEST_CASE("schema: a ledger that is counted says when everything was so") {
  const auto with = [](const std::string& bound, const std::string& taking,
                       const std::string& count, const std::string& kind = "fact") {
    const std::string rule = kind == "fact" ? "" : R"(, "rule": "office")";
    return R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
"move": {"kind": "fact", "fields": {"n": {"type": "int"}, "van": {"type": "text"}, "at": {"type": "time"}}},
"count": {"kind": ")" +
           kind + R"(", "fields": {"n": {"type": "int")" + rule + R"(}, "van": {"type": "text")" +
           rule + R"(}, "at": {"type": "time")" + rule + R"(}}}},
"ledgers": {"stock": {)" +
           bound + R"("entries": [
{"of": "move", "account": ["van"], "takes": "n")" +
           taking + R"(},
{"of": "count", "account": ["van"], )" +
           count + "}]}}}";
  };
  const std::string at = R"(, "at": "at")";
  const std::string count = R"("states": "n", "at": "at", "where": {"van": null})";
  const auto schema = load_schema(with("", at, count), "t.json");
  REQUIRE(schema.ok());
  CHECK(schema->ledgers[0].is_counted());
  CHECK(to_string(schema->ledgers[0]) ==
        "as counted; move takes n when at at van; count van=null states n when at at van");
  CHECK_THAT(error_of(with("", "", count)), contains("'at' is needed where an entry"));
  CHECK_THAT(error_of(with("", at, R"("takes": "n", "at": "at")")), contains("and only there"));
  CHECK_THAT(error_of(with("", R"(, "at": "van")", count)), contains("'van' is no time"));
  CHECK_THAT(error_of(with("", R"(, "at": "when")", count)), contains("no field 'when' in move"));
  CHECK_THAT(error_of(with("", at, R"("states": 1, "at": "at")")),
             contains("a field that holds a number"));
  CHECK_THAT(error_of(with(R"("at_least": 0, )", at, count)), contains("no other bound"));
  CHECK_THAT(error_of(with(R"("two_sided": true, )", at, count)), contains("no other bound"));
  CHECK_THAT(error_of(with("", at, count, "document")), contains("only facts"));
}

TEST_CASE("schema: a hold names other fields of its record and a text") {
  const auto with_hold = [](const std::string& hold) {
    return with_field(R"("type": "text", "rule": "office", "hold": )" + hold);
  };
  CHECK_THAT(error_of(with_hold(R"({"on": ["price"], "as": "held"})")),
             contains("t.json:4: visit.notes: no other field 'price' in visit"));
  CHECK_THAT(error_of(with_hold(R"({"on": ["notes"], "as": "held"})")), contains("no other field"));
  CHECK_THAT(error_of(with_hold(R"({"as": "held"})")), contains("needs 'on'"));
  CHECK_THAT(error_of(with_hold(R"({"on": ["price"]})")), contains("needs 'as'"));
}

TEST_CASE("schema: organisations name a tree, people, and what belongs to whom") {
  const auto with = [](const std::string& organisations, const std::string& tree_field,
                       const std::string& person, const std::string& unit = "") {
    return R"({"daybook_schema": 1, "name": "t", "version": 1,
)" + organisations +
           R"("collections": {
"place": {"kind": "document",)" +
           tree_field + R"( "fields": {
  "above": {"type": "reference", "references": "place", "rule": "office"}}},
"person": {"kind": "document",)" +
           person + R"( "fields": {
  "login": {"type": "text", "rule": "office"},
  "works_at": {"type": "reference", "references": "place", "rule": "office"}}},
"unit": {"kind": "document",)" +
           unit + R"( "fields": {
  "owner": {"type": "reference", "references": "person", "rule": "office"},
  "at": {"type": "reference", "references": "place", "rule": "office"}}}}})";
  };
  const std::string organisations = R"("organisations": {"tree": "place", "people": "person"},)";
  const std::string above = R"("organisation_field": "above",)";
  const std::string person = R"("scope_field": "login", "organisation_field": "works_at",)";
  const auto good =
      load_schema(with(organisations, above, person, R"("organisation_field": "at",)"), "t.json");
  if (!good.ok()) FAIL(to_string(good.error()));
  CHECK(good->organisations.tree == "place");
  CHECK(good->organisations.people == "person");
  CHECK(good->find("unit")->organisation_field == "at");

  const auto refused = [&](const std::string& json, const std::string& line,
                           const std::string& says) {
    const auto error = error_of(json);
    INFO(error);
    CHECK_THAT(error, contains("t.json:" + line));
    CHECK_THAT(error, contains(says));
  };
  refused(with(R"("organisations": {"tree": "site", "people": "person"},)", above, person), "2",
          "no document 'site'");
  refused(with(R"("organisations": {"tree": "place", "people": "staff"},)", above, person), "2",
          "no collection 'staff'");
  refused(with(R"("organisations": {"tree": "place"},)", above, person), "2", "no collection ''");
  refused(with(R"("organisations": {"tree": "place", "root": "x"},)", above, person), "2",
          "unknown key 'root'");
  refused(with(organisations, "", person), "2", "place needs 'organisation_field'");
  refused(with(organisations, above, R"("organisation_field": "works_at",)"), "2", "scope_field");
  refused(with(organisations, above, R"("scope_field": "login",)"), "2", "organisation_field");
  refused(with(organisations, above, person, R"("organisation_field": "owner",)"), "8",
          "'owner' is no reference from unit to place");
  refused(with(organisations, above, person, R"("organisation_field": "where",)"), "8",
          "'where' is no reference");
  refused(with("", "", "", R"("organisation_field": "at",)"), "8", "has no 'organisations'");
}
