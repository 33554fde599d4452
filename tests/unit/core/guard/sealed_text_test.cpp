// SPDX-License-Identifier: Apache-2.0
// What a sealed paper says of other records, from its text and from its own fields.
#include "core/guard/sealed_text.hpp"

#include "core/base/hex.hpp"
#include "core/domain/signature/sealed_form.hpp"
#include "core/schema/load.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

constexpr const char* kRules =
    R"json({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
"unit": {"kind": "document", "fields": {"serial": {"type": "text", "rule": "office"},
  "model": {"type": "text", "rule": "office"}}},
"job": {"kind": "document", "fields": {"cause": {"type": "text", "rule": "office"},
  "place": {"type": "text", "rule": "office"}, "unit": {"type": "reference", "references": "unit", "rule": "office"}}},
"part": {"kind": "fact", "fields": {"job": {"type": "reference", "references": "job"}, "name": {"type": "text"}}},
"slip": {"kind": "fact", "fields": {
  "job": {"type": "reference", "references": "job"}, "unit": {"type": "reference", "references": "unit"},
  "rows": {"type": "text_list"}, "edition": {"type": "int"}, "read": {"type": "text"},
  "content": {"type": "bytes"}, "manifest": {"type": "bytes"}, "included_upto": {"type": "bytes"}},
  "covers": {"about": "job", "rows": "rows", "version": "edition",
    "content": {"job": ["cause", "place"], "unit": [], "part": []}SAYS}}}})json";

Schema rules_with(const std::string& says) {
  std::string text = kRules;
  text.replace(text.find("SAYS"), 4, says);
  auto schema = load_schema(text, "t.json");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  return *schema;
}

template <class Fixed>
Fixed filled(std::uint8_t byte) {
  Fixed fixed;
  fixed.raw.fill(byte);
  return fixed;
}

PaperRules paper_of(const Schema& schema) {
  auto papers = load_papers(schema);
  REQUIRE(papers.ok());
  REQUIRE(papers->size() == 1);
  return papers->front();
}

Value id_value(const Uuid& id) { return Value::bytes(copy_of(id.view())); }

}  // namespace

TEST_CASE("sealed text: documents word by word, and that a field was empty", "[guard]") {
  const Schema schema = rules_with("");
  const RecordRef job{"job", filled<Uuid>(2)}, unit{"unit", filled<Uuid>(3)};
  SealedForm form;
  form.paper = "form";
  form.id = filled<Uuid>(1);
  form.subject = job.id;
  form.rules = "t";
  form.rules_version = 1;
  form.records.push_back({job, {{"cause", Value::text("fuse")}}});
  form.records.push_back({{"part", filled<Uuid>(4)}, {{"name", Value::text("fuse")}}});
  form.records.push_back({unit, {{"serial", Value::text("A1")}}});
  form.included_upto.office = {filled<EpochId>(5), 17};
  const auto parts = encode_form(form);
  REQUIRE(parts.ok());
  const auto text = read_sealed_text(schema, paper_of(schema),
                                     {{"content", Value::bytes(parts->content)},
                                      {"included_upto", Value::bytes(parts->included_upto)},
                                      {"manifest", Value::bytes(parts->manifest)}});
  CHECK(text.seen == Base{filled<EpochId>(5), 17});
  REQUIRE(text.words.size() == 4);
  CHECK(text.words[0].place == Place{job, "cause"});
  CHECK(text.words[0].said == Value::text("fuse"));
  CHECK(text.words[1].place == Place{job, "place"});
  CHECK(text.words[1].said.is_null());
  CHECK(text.words[2].place == Place{unit, "serial"});
  CHECK(text.words[3].place == Place{unit, "model"});
}

TEST_CASE("sealed text: a field of the paper that repeats another's", "[guard]") {
  const Schema schema = rules_with(R"(, "says": {"read": "unit.serial"})");
  const auto rules = paper_of(schema);
  const auto unit = filled<Uuid>(3);
  const auto text =
      read_sealed_text(schema, rules, {{"read", Value::text("A1")}, {"unit", id_value(unit)}});
  REQUIRE(text.words.size() == 1);
  CHECK(text.words[0].place == Place{{"unit", unit}, "serial"});
  CHECK(text.words[0].said == Value::text("A1"));
  CHECK(text.seen == Base{});
  CHECK(read_sealed_text(schema, rules, {{"unit", id_value(unit)}}).words.empty());
  CHECK(read_sealed_text(schema, rules, {{"read", Value::text("A1")}}).words.empty());
  CHECK(to_string(rules).find("says read of unit.serial") != std::string::npos);
  for (const auto* wrong :
       {R"("read": "unit.size")", R"("read": "serial")", R"("edition": "unit.serial")",
        R"("other": "unit.serial")", R"("read": 7)", R"("read": "rows.serial")"}) {
    std::string broken = kRules;
    broken.replace(broken.find("SAYS"), 4, std::string(R"(, "says": {)") + wrong + "}");
    INFO(wrong);
    const auto schema_of_it = load_schema(broken, "t.json");
    REQUIRE_FALSE(schema_of_it.ok());
    CHECK(to_string(schema_of_it.error()).find("a reference of the paper") != std::string::npos);
  }
}

TEST_CASE("sealed text: rows are named by their ids; what is no id names nothing", "[guard]") {
  const auto rules = paper_of(rules_with(""));
  const auto a = filled<Uuid>(7), b = filled<Uuid>(8);
  const Value list =
      Value::list({Value::text(to_string(a)), Value::text("the fuse"), Value::text(to_string(b))});
  CHECK(rows_named(rules, {{"rows", list}}) == std::set<Uuid>{a, b});
  CHECK(rows_named(rules, {}).empty());
}
