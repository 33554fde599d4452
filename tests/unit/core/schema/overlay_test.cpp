// SPDX-License-Identifier: Apache-2.0
// Additions of a deployment to a delivered schema: what they may say, and what clashes.
#include "core/schema/overlay.hpp"

#include <fstream>
#include <sstream>

#include "core/schema/load.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;
using daybook::test::contains;

namespace {

const std::string kBase = R"({"daybook_schema": 1, "name": "lift", "version": 4, "collections": {
"visit": {"kind": "document", "label": {"zh": "单", "en": "Visit"}, "fields": {
"category": {"type": "text", "rule": "office", "values": ["free", "paid"]},
"notes": {"type": "text", "rule": "keep_both"}}}},
"views": {"open": {"sql": "select id from visit -- \"all\"\n"}}})";

Result<std::string> merged(const std::string& overlay) {
  return merge_overlay({kBase, "base.json"}, {overlay, "own.json"});
}

std::string adding(const std::string& more) {
  return R"({"daybook_schema": 1, "version": 3, )" + more + "}";
}

std::string refused(const std::string& overlay) {
  const auto text = merged(overlay);
  REQUIRE_FALSE(text.ok());
  return to_string(text.error());
}

}  // namespace

TEST_CASE("overlay: what it adds is one schema with what was there") {
  const auto text = merged(adding(R"("collections": {
"visit": {"label": {"zh": "服务单", "en": "Job"}, "fields": {
"category": {"values": ["goodwill"], "label": {"zh": "类别", "en": "Category"}},
"crane": {"type": "bool", "rule": "office"}},
"events": {"paid": {"field": "category", "equals": "paid"}}},
"booking": {"kind": "fact", "fields": {"visit": {"type": "reference", "references": "visit"}}}},
"views": {"cranes": {"sql": "select * from open join visit using (id) where crane = 1"}},
"acts": {"book": {"about": "visit", "creates": [{"collection": "booking", "set": {"visit": ":about"}}]}})"));
  if (!text.ok()) FAIL(to_string(text.error()));
  const auto schema = load_schema(*text, "merged");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  CHECK(schema->name == "lift");
  CHECK(schema->version == 7);
  const auto* visit = schema->find("visit");
  CHECK(visit->label_en == "Job");
  CHECK(visit->find("category")->values == std::vector<std::string>{"free", "paid", "goodwill"});
  CHECK(visit->find("category")->label_zh == "类别");
  CHECK(visit->find("crane") != nullptr);
  CHECK(visit->find_event("paid") != nullptr);
  CHECK(schema->find("booking") != nullptr);
  CHECK(schema->find_view("open")->sql == "select id from visit -- \"all\"\n");
  CHECK(schema->find_view("cranes") != nullptr);
  CHECK(schema->find_act("book") != nullptr);
}

TEST_CASE("overlay: the merged text is written in one way only") {
  const std::string overlay =
      adding(R"("collections": {"visit": {"fields": {"a": {"type": "int", "rule": "grows"}}}})");
  std::string spread = overlay;
  for (std::size_t at = spread.find(", "); at != std::string::npos; at = spread.find(", ", at + 3))
    spread.replace(at, 2, " ,\n");
  const auto once = merged(overlay);
  const auto again = merged(spread);
  REQUIRE(once.ok());
  REQUIRE(again.ok());
  CHECK(*once == *again);
  CHECK(load_schema(*once, "a")->digest == load_schema(*again, "b")->digest);
}

TEST_CASE("overlay: whatever stands in both names both places") {
  CHECK_THAT(
      refused(
          adding("\"collections\": {\"visit\": {\"fields\": {\n\"notes\": {\"type\": \"int\"}}}}")),
      contains("own.json:2: visit.notes: stands in base.json:4 already; an overlay only adds"));
  CHECK_THAT(refused(adding(R"("collections": {"visit": {"kind": "fact"}})")),
             contains("visit.kind: stands in base.json:2"));
  CHECK_THAT(refused(adding(R"("collections": {"visit": {"shared": true}})")),
             contains("not for an overlay to say"));
  CHECK_THAT(refused(adding(R"("views": {"open": {"sql": "select 1"}})")),
             contains("views.open: stands in base.json:5"));
  CHECK_THAT(refused(adding(
                 R"("collections": {"visit": {"fields": {"category": {"values": ["paid"]}}}})")),
             contains("'paid': stands in base.json:3"));
  CHECK_THAT(
      refused(adding(R"("collections": {"visit": {"fields": {"notes": {"values": ["x"]}}}})")),
      contains("any value is allowed already"));
  CHECK_THAT(refused(adding(
                 R"("collections": {"visit": {"fields": {"category": {"rule": "technician"}}}})")),
             contains("visit.category: stands in"));
}

TEST_CASE("overlay: an overlay is a file of this format with a version") {
  CHECK_THAT(refused("[]"), contains("an overlay is an object"));
  CHECK_THAT(refused("{"), contains("own.json:1"));
  CHECK_THAT(refused(R"({"version": 1})"), contains("needs 'daybook_schema': 1"));
  CHECK_THAT(refused(R"({"daybook_schema": 1})"), contains("needs 'version'"));
  CHECK_THAT(refused(R"({"daybook_schema": 1, "version": 0})"), contains("from 1"));
  CHECK_THAT(refused(adding(R"("deadline_hours": {"high": 1})")),
             contains("has collections, views, acts and ledgers"));
  CHECK_THAT(refused(adding(R"("views": [])")), contains("views: is an object"));
}

TEST_CASE("overlay: the example of SCHEMA.md fits its worked example") {
  std::ifstream file("core/schema/SCHEMA.md");
  std::stringstream page;
  page << file.rdbuf();
  const auto fenced = [&](const std::string& fence) {
    const auto from = page.str().find(fence) + fence.size();
    return page.str().substr(from, page.str().find("```\n", from) - from);
  };
  const auto text =
      merge_overlay({fenced("```json\n"), "base.json"}, {fenced("```json overlay\n"), "own.json"});
  if (!text.ok()) FAIL(to_string(text.error()));
  const auto schema = load_schema(*text, "merged");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  CHECK(schema->version == 5);
}
