// SPDX-License-Identifier: Apache-2.0
// Views and acts in a schema file: what loads, what is refused at which line, and what a piece of
// SQL shows without a database.
#include <fstream>
#include <sstream>

#include "core/schema/compare.hpp"
#include "core/schema/load.hpp"
#include "core/schema/sql_text.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;
using daybook::test::contains;

namespace {

std::string file_with(const std::string& more) {
  return R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
"visit": {"kind": "document", "fields": {"status": {"type": "text", "rule": "technician"}}},
"note": {"kind": "fact", "fields": {"visit": {"type": "reference", "references": "visit"}, "text": {"type": "text"}}}},
)" + more +
         "}";
}

Schema want_schema(const std::string& more) {
  auto schema = load_schema(file_with(more), "t.json");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  return *std::move(schema);
}

std::string refused(const std::string& more) {
  const auto schema = load_schema(file_with(more), "t.json");
  REQUIRE_FALSE(schema.ok());
  return to_string(schema.error());
}

std::string view_of_sql(const std::string& sql) {
  return R"("views": {"v": {"sql": ")" + sql + R"("}})";
}

std::string act_of(const std::string& inside) { return R"("acts": {"go": {)" + inside + "}}"; }

std::string why_not(std::string_view sql) {
  const auto text = read_sql_text(sql);
  return text.ok() ? "fine" : text.error().detail;
}

std::string read_page(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("schema acts: a whole file loads with its views and acts as written") {
  const auto schema = load_schema(read_page("tests/scenarios/acts.json"), "acts.json");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  const auto* stock = schema->find_view("van_stock");
  REQUIRE(stock != nullptr);
  CHECK(stock->at == Where::kBoth);
  CHECK(stock->label_zh == "随车库存");
  CHECK_THAT(stock->sql,
             contains("of each part: everything that came to him less what he used.\nselect"));
  CHECK(schema->find_view("today")->at == Where::kPhone);
  const auto* swap = schema->find_act("swap");
  REQUIRE(swap != nullptr);
  CHECK(swap->by == Where::kPhone);
  CHECK(swap->about == "visit");
  REQUIRE(swap->find_argument("quantity") != nullptr);
  CHECK(swap->find_argument("quantity")->required);
  CHECK(swap->find_argument("quantity")->min == 1);
  CHECK(swap->creates.at(1).as == "old");
  CHECK(swap->creates.at(1).when == ":keeps_old is not 1");
  CHECK(schema->find_act("depart")->conditions.at(1).warn);
  CHECK(schema->find_act("issue")->creates.front().as == "movement");
  CHECK(schema->find_act("receive_old_part")->sets.back() ==
        std::pair<std::string, std::string>("due", ""));
}

TEST_CASE("schema acts: the example of SCHEMA.md loads in the worked example") {
  const std::string page = read_page("core/schema/SCHEMA.md");
  const std::string fence = "```json views and acts\n{";
  const auto from = page.find(fence);
  REQUIRE(from != std::string::npos);
  const auto start = from + fence.size();
  const std::string example = page.substr(start, page.find("}\n```", start) - start);
  const auto schema =
      load_schema(R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
"part": {"kind": "document", "fields": {"name": {"type": "text", "rule": "office"}}},
"visit": {"kind": "document", "fields": {"status": {"type": "text", "rule": "technician"}}},
"movement": {"kind": "fact", "fields": {"technician": {"type": "text"}, "quantity": {"type": "quantity"},
"at": {"type": "time"},
"part": {"type": "reference", "references": "part"}, "visit": {"type": "reference", "references": "visit"}}}},)" +
                      example + "}",
                  "SCHEMA.md");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  CHECK(schema->views.size() == 1);
  CHECK(schema->acts.size() == 1);
}

TEST_CASE("schema acts: a view is one select without parameters, and no collection") {
  CHECK_THAT(refused(R"("views": {"visit": {"sql": "select 1"}})"),
             contains("a collection has this name"));
  CHECK_THAT(refused(R"("views": {"exact_x": {"sql": "select 1"}})"), contains("are taken"));
  CHECK_THAT(refused(R"("views": {"v": {"at": "home", "sql": "select 1"}})"),
             contains("phone, office or both"));
  CHECK_THAT(refused(R"("views": {"v": {}})"), contains("t.json:4: views.v: needs 'sql'"));
  CHECK_THAT(refused(view_of_sql("delete from visit")), contains("begins with select"));
  CHECK_THAT(refused(view_of_sql("select :me")), contains("takes no parameter"));
  CHECK_THAT(refused(view_of_sql("select 1; select 2")), contains("without ';'"));
  CHECK_THAT(refused(view_of_sql("select 1) union select (2")),
             contains("closed that nobody opened"));
  CHECK_THAT(refused(view_of_sql(std::string(40'000, ' '))), contains("at most 32768 bytes"));
  CHECK(want_schema(view_of_sql("select ';' as a /* ; */ from visit -- ;")).views.size() == 1);
}

TEST_CASE("schema acts: an act names what there is, and asks for what it can know") {
  CHECK_THAT(refused(act_of("")), contains("creates nothing and sets nothing"));
  CHECK_THAT(refused(act_of(R"("about": "order", "sets": {"status": "1"})")),
             contains("no collection 'order'"));
  CHECK_THAT(refused(act_of(R"("sets": {"status": "1"})")), contains("needs 'about'"));
  CHECK_THAT(refused(act_of(R"("about": "note", "sets": {"text": "1"})")), contains("is a fact"));
  CHECK_THAT(refused(act_of(R"("about": "visit", "sets": {"colour": "1"})")),
             contains("no field 'colour' in visit"));
  CHECK_THAT(refused(act_of(R"("about": "visit", "sets": {"status": ":colour"})")),
             contains("nothing is called ':colour' here"));
  CHECK_THAT(refused(act_of(R"("creates": [{"collection": "note", "set": {"text": ":about"}}])")),
             contains(":about"));
  CHECK_THAT(
      refused(act_of(
          R"("about": "visit", "takes": {"now": {"type": "text"}}, "sets": {"status": "1"})")),
      contains("has a meaning already"));
  CHECK_THAT(
      refused(act_of(
          R"("about": "visit", "takes": {"x": {"type": "text", "rule": "office"}}, "sets": {"status": "1"})")),
      contains("unknown key 'rule'"));
  CHECK_THAT(
      refused(act_of(
          R"("about": "visit", "requires": [{"holds": "1", "say": {"zh": "缺"}}], "sets": {"status": "1"})")),
      contains("in 'zh' and in 'en'"));
  CHECK_THAT(refused(act_of(
                 R"("creates": [{"collection": "note", "set": {"text": "1"}},
{"collection": "note", "set": {"text": "1"}}])")),
             contains("two records are called 'note'"));
  const Schema schema = want_schema(
      act_of(R"("by": "both", "about": "visit", "takes": {"x": {"type": "text"}}, "creates": [
{"collection": "note", "as": "a", "set": {"visit": ":about", "text": ":x || :new_b || :new || :me || :now || :today"}},
{"collection": "note", "as": "b", "set": {"text": ":new_a"}}])"));
  CHECK(schema.acts.front().by == Where::kBoth);
}

TEST_CASE("schema acts: SQL that would unfold without end is refused before anybody reads it") {
  std::string views = R"("views": {"v0": {"sql": "select * from visit"})";
  for (int i = 1; i <= 12; ++i) {
    const std::string before = "v" + std::to_string(i - 1);
    views += ", \"v" + std::to_string(i) + R"(": {"sql": "select * from )" + before + " a, " +
             before + R"( b"})";
  }
  CHECK_THAT(refused(views + "}"), contains("unfolds into more than"));
  std::string with = "with w0 as (select * from visit)";
  for (int i = 1; i <= 12; ++i) {
    const std::string before = "w" + std::to_string(i - 1);
    with += ", w" + std::to_string(i) + " as materialized (select * from " + before +
            " a join main." + before + " b)";
  }
  CHECK_THAT(why_not(with + " select * from w12"), contains("unfold too far"));
  CHECK(why_not("with a as (select 1), b(x, y) as (select 1, 2 from a), c as (select * from b) "
                "select * from a, b, c") == "fine");
}

TEST_CASE("schema acts: what SQL shows without a database") {
  const auto text = read_sql_text(
      "SELECT a.\"B c\", 'it''s :no', [d] -- :nor\n FROM \"Van_Stock\" a WHERE x = :one AND y IN "
      "(:two) AND :one > 0x1F");
  REQUIRE(text.ok());
  CHECK(text->first_word == "select");
  CHECK(text->parameters == std::set<std::string>{"one", "two"});
  CHECK(text->names.count("van_stock") == 1);
  CHECK(text->names.count("b c") == 1);
  CHECK(text->sources.count("van_stock") == 1);
  CHECK(why_not("") == "empty");
  CHECK(why_not("  -- nothing") == "empty");
  CHECK(why_not("select 'x") == "a quote is left open: '");
  CHECK(why_not("select /* x") == "a comment is left open");
  CHECK(why_not("select (1") == "a bracket is left open");
  CHECK_THAT(why_not("select ?1"), contains("not with '?'"));
  CHECK_THAT(why_not("select @a"), contains("not with '@'"));
  CHECK_THAT(why_not("select $a"), contains("not with '$'"));
  CHECK_THAT(why_not("select :1"), contains("without a name"));
  CHECK_THAT(why_not(std::string_view("select 1\0", 9)), contains("control character"));
}

TEST_CASE("schema acts: a comparison says which view and which part of an act changed") {
  const Schema before =
      want_schema(R"("views": {"v": {"sql": "select 1 as a"}, "gone": {"sql": "select 2 as a"}},)" +
                  act_of(R"("about": "visit", "sets": {"status": "'a'"})"));
  const Schema after = want_schema(
      R"("views": {"v": {"at": "phone", "sql": ["select  1", " as a"]}, "new": {"sql": "select 3 as a"}},)" +
      act_of(
          R"("about": "visit", "requires": [{"holds": "1", "say": {"zh": "缺", "en": "lacks"}}],
"sets": {"status": "'b'"})"));
  std::vector<std::string> sentences;
  for (const auto& change : compare(before, after)) sentences.push_back(sentence_of(change, false));
  CHECK(sentences ==
        std::vector<std::string>{"views.v: view both: select 1 as a -> phone: select 1 as a",
                                 "views.new: view none -> both: select 3 as a",
                                 "views.gone: view both: select 2 as a -> none",
                                 "acts.go.requires: act none -> 1 (says 缺 / lacks)",
                                 "acts.go.sets: act status = 'a' -> status = 'b'"});
  CHECK(compare(after, after).empty());
  for (const auto& change : compare(before, after)) CHECK_FALSE(misreads_records(change));
}

TEST_CASE("schema acts: what only acts write, some act writes") {
  const auto file = [](const std::string& collection, const std::string& field,
                       const std::string& acts) {
    return R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
"visit": {"kind": "document", "fields": {"status": {"type": "text", "rule": "technician")" +
           field + R"(}}},
"note": {"kind": "fact")" +
           collection + R"(, "fields": {"text": {"type": "text"}}}},
"acts": {"go": {"by": "office", "about": "visit", )" +
           acts + "}}}";
  };
  const auto loads = [&](const std::string& collection, const std::string& field,
                         const std::string& acts) {
    const auto schema = load_schema(file(collection, field, acts), "t.json");
    return schema.ok() ? std::string("loads") : to_string(schema.error());
  };
  const std::string flag = R"(, "only_by_act": true)";
  const std::string makes = R"("creates": [{"collection": "note", "set": {"text": "'a'"}}])";
  const std::string sets = R"("sets": {"status": "'done'"})";
  CHECK(loads(flag, "", makes) == "loads");
  CHECK(loads("", flag, sets) == "loads");
  CHECK_THAT(loads(flag, "", sets), contains("note: only_by_act, and no act writes it"));
  CHECK_THAT(loads("", flag, makes), contains("visit.status: only_by_act, and no act writes it"));

  const auto before = *load_schema(file("", "", makes), "t.json");
  const auto after = *load_schema(file(flag, "", makes), "t.json");
  const auto changes = compare(before, after);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].after == "fact, only by act");
}
