// SPDX-License-Identifier: Apache-2.0
// A schema comes from elsewhere. What its SQL must not reach, on empty tables and in a file that
// has tables of ours in it.
#include "core/acts/act_door.hpp"
#include "core/acts/evaluate.hpp"
#include "core/acts/sql_check.hpp"
#include "core/platform/sqlite/connection.hpp"
#include "core/schema/load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace daybook;
using daybook::test::contains;

namespace {

Schema schema_with(const std::string& more) {
  const std::string text =
      R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
"visit": {"kind": "document", "fields": {
"status": {"type": "text", "rule": "technician"}, "n": {"type": "int", "rule": "grows"}}}}, )" +
      more + "}";
  auto schema = load_schema(text, "t.json");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  return *std::move(schema);
}

Schema view_schema(const std::string& sql) {
  return schema_with(R"("views": {"v": {"sql": ")" + sql + R"("}})");
}

Schema act_schema(const std::string& sql) {
  return schema_with(
      R"("acts": {"go": {"requires": [{"holds": ")" + sql +
      R"(", "say": {"zh": "缺", "en": "lacks"}}], "creates": [{"collection": "visit", "set": {"status": "'x'"}}]}})");
}

// A phone's file as far as this matters: a collection, and tables that are none.
struct File {
  File() : path(folder.file("daybook.db")) {
    sqlite::OpenOptions options;
    options.path = path;
    auto opened = sqlite::Connection::open(options);
    REQUIRE(opened.ok());
    file = *std::move(opened);
    REQUIRE(file->execute("create table visit(id, _version, _state, status, n);"
                          "insert into visit values('a', 1, '', 'offered', 1);"
                          "create table daybook_setting(name, value);"
                          "insert into daybook_setting values('key_seed', 'secret');"
                          "create table left_over(secret)")
                .ok());
  }
  Error run(const std::string& sql) {
    const Schema schema = act_schema(sql);
    auto door = open_act_door(path, schema, Where::kPhone);
    REQUIRE(door.ok());
    ActCall call;
    call.me = "zhang";
    const auto effect = evaluate_act({**door, schema, Where::kPhone, [] { return Uuid{{1}}; }},
                                     schema.acts[0], call);
    if (!effect.ok()) return effect.error();
    return failure(Errc::kOk, effect->may_go_on ? "holds" : "does not hold");
  }
  test::TemporaryFolder folder;
  std::string path;
  std::unique_ptr<sqlite::Connection> file;
};

// What a view or an expression must not do.
const std::vector<std::string> kForbidden = {
    "select value from daybook_setting",
    "select name from sqlite_schema",
    "select name from sqlite_master",
    "select * from pragma_table_info('visit')",
    "select * from pragma_database_list",
    "select secret from left_over",
    "select load_extension('x.so')",
    "select randomblob(1000000000)",
    "select zeroblob(1000000000)",
    "select readfile('/etc/passwd')",
    "select writefile('/tmp/x', 'y')",
    "select fts3_tokenizer('x')",
    "select last_insert_rowid()",
    "select sqlite_version()",
    "select sqlite_compileoption_get(1)",
    "select random()",
    "select * from dbstat",
    "select (select value from daybook_setting) from visit",
    "with visit as (select value from daybook_setting) select * from visit",
};

}  // namespace

TEST_CASE("acts, hostile: a view reads collections and computes, and nothing else") {
  for (const auto& sql : kForbidden) {
    INFO(sql);
    const auto trouble = find_view_trouble(view_schema(sql), Where::kPhone);
    REQUIRE(trouble.ok());
    CHECK(trouble->size() == 1);
    CHECK_FALSE(check_sql(view_schema(sql)).ok());
  }
  for (const std::string sql :
       {"select count(*) as n from visit", "select 1 as a", "values (1)",
        "with recursive c(x) as (select 1 union all select x + 1 from c where x < 9) select x from "
        "c",
        "select j.value from visit, json_each(visit.status) j",
        "select n, sum(n) over (order by id rows 2 preceding) as s from visit"}) {
    INFO(sql);
    const auto checked = check_sql(view_schema(sql));
    CHECK((checked.ok() ? "" : to_string(checked.error())) == "");
  }
}

TEST_CASE("acts, hostile: an expression reaches nothing of ours in a real file") {
  File file;
  for (const auto& sql : kForbidden) {
    INFO(sql);
    const Error error = file.run("exists(" + sql + ")");
    CHECK((error.code == Errc::kReadOnly || error.code == Errc::kInvalid));
    CHECK(error.field == "acts.go.requires[0]");
  }
  CHECK(file.run("(select count(*) from visit) = 1").field == "holds");
  CHECK(file.run("(select status from visit) = 'done'").field == "does not hold");
  CHECK(file.run("null").field == "does not hold");
}

TEST_CASE("acts, hostile: an expression that never ends is cut off, all of an act together") {
  File file;
  const std::string forever =
      "(with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c)";
  const Error error = file.run(forever);
  CHECK(error.code == Errc::kTimedOut);
  CHECK(error.field == "acts.go.requires[0]");
  // Each of these is within the bound, and ten are not.
  std::string conditions;
  for (int i = 0; i < 10; ++i) {
    conditions +=
        (i == 0 ? "" : ", ") +
        std::string(
            R"({"holds": "(with recursive c(x) as (select 1 union all select x + 1 from c )"
            R"(where x < 500000) select count(*) from c) > 1", "say": {"zh": "缺", "en": "lacks"}})");
  }
  const Schema schema =
      schema_with(R"("acts": {"go": {"requires": [)" + conditions +
                  R"(], "creates": [{"collection": "visit", "set": {"status": "'x'"}}]}})");
  auto door = open_act_door(file.path, schema, Where::kPhone);
  REQUIRE(door.ok());
  const ActWorld world{**door, schema, Where::kPhone, [] { return Uuid{{1}}; }};
  CHECK(evaluate_act(world, schema.acts[0], {}).error().code == Errc::kTimedOut);
}

TEST_CASE("acts, hostile: what an expression gives has to fit its field") {
  File file;
  const auto error_of = [&](const std::string& field, const std::string& sql) {
    const Schema schema =
        schema_with(R"("acts": {"go": {"creates": [{"collection": "visit", "set": {")" + field +
                    R"(": ")" + sql + R"("}}]}})");
    auto door = open_act_door(file.path, schema, Where::kPhone);
    REQUIRE(door.ok());
    const auto effect =
        evaluate_act({**door, schema, Where::kPhone, [] { return Uuid{{1}}; }}, schema.acts[0], {});
    return effect.ok() ? std::string("fine") : to_string(effect.error());
  };
  CHECK(error_of("n", "7") == "fine");
  CHECK(error_of("n", "7.5") ==
        "wrong_type at acts.go.creates.visit.set.n: expects int, not a fraction");
  CHECK(error_of("n", "'7'") ==
        "wrong_type at acts.go.creates.visit.set.n: expects int, not a text");
  CHECK(error_of("status", "x'00'") ==
        "wrong_type at acts.go.creates.visit.set.status: expects text, not bytes");
}

TEST_CASE("acts, hostile: a view in trouble is named, and those that stand on it") {
  const Schema schema = schema_with(
      R"("views": {"bad": {"sql": "select colour from visit"}, "on_it": {"sql": "select * from bad"},
"later": {"sql": "select * from good"}, "good": {"sql": "select id, status from visit"}})");
  const auto trouble = find_view_trouble(schema, Where::kPhone);
  REQUIRE(trouble.ok());
  std::vector<std::string> places;
  for (const auto& each : *trouble) places.push_back(each.place);
  CHECK(places == std::vector<std::string>{"views.bad", "views.on_it", "views.later"});
  CHECK_THAT(trouble->front().detail, contains("no such column: colour"));
}
