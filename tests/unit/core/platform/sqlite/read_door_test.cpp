// SPDX-License-Identifier: Apache-2.0
// Unit tests of the door for host-app SQL: what passes, what does not, and what is cut off.
#include "core/platform/sqlite/read_door.hpp"

#include <thread>

#include "tests/support/catch.hpp"
#include "tests/unit/core/platform/sqlite/scratch.hpp"

using namespace daybook;
using namespace daybook::sqlite;
using namespace daybook::test;

namespace {

struct House {
  Scratch scratch;
  std::unique_ptr<Connection> owner = opened(scratch.file());
  std::unique_ptr<ReadDoor> door;

  House() {
    REQUIRE(owner
                ->execute("create table c_visit(id integer primary key, state text, fee integer);"
                          "create table secret(word text);"
                          "create view visit as select id, state, fee from c_visit;"
                          "insert into c_visit values (1, 'planned', 100), (2, 'done', 250);"
                          "insert into secret values ('swordfish')")
                .ok());
    ReadDoorOptions options;
    options.file = scratch.file();
    options.steps_max = 3'000'000;
    options.may_read = [](std::string_view table) {
      return table == "visit" || table == "c_visit" || table == "json_each";
    };
    auto made = ReadDoor::open(options);
    REQUIRE(made.ok());
    door = std::move(made).value();
  }

  // "" when every step went well.
  std::string ask(std::string_view sql) {
    auto statement = door->prepare(sql);
    if (!statement.ok()) return std::string(name_of(statement.error().code));
    const auto ran = statement->run();
    return ran.ok() ? "" : std::string(name_of(ran.error().code));
  }
};

}  // namespace

TEST_CASE("read door: host apps may select, join, group, sort and recurse", "[sqlite]") {
  House house;
  for (const char* sql : {
           "select * from visit",
           "select count(*), avg(fee), max(state) from visit where fee > 10 group by state order "
           "by 1",
           "select a.id from visit a join visit b on b.id = a.id + 1",
           "with recursive n(i) as (select 1 union all select i + 1 from n where i < 10) select "
           "sum(i) from n",
           "select value from json_each('[1,2]')",
           "select id from visit where state in (select state from visit) limit 1",
           "explain query plan select * from visit where id = 1",
           "select 1",
           "with n as (select id from visit) select count(*) from n",
           "select count(*) from visit",
           "values (1), (2)",
       }) {
    CAPTURE(sql);
    CHECK(house.ask(sql) == "");
  }
}

TEST_CASE("read door: parameters and columns work as anywhere", "[sqlite]") {
  House house;
  auto find = house.door->prepare("select state, avg(fee) from visit where id = :id");
  REQUIRE(find.ok());
  find->bind(find->find_parameter(":id"), 2);
  REQUIRE(find->step().value());
  CHECK(find->text(0) == "done");
  CHECK(find->kind(1) == ColumnKind::kReal);
  CHECK(find->any_text(1) == "250.0");
}

TEST_CASE("read door: nothing that writes, attaches or configures gets through", "[sqlite]") {
  House house;
  const std::string before = content_of(house.scratch.path("test.db"));
  for (const char* sql : {
           "insert into c_visit values (3, 'x', 1)",
           "insert into c_visit values (3, 'x', 1) returning id",
           "update c_visit set fee = 0",
           "delete from c_visit",
           "replace into c_visit values (1, 'x', 1)",
           "create table t(a)",
           "create temp table t(a)",
           "create temp view v as select 1",
           "drop table c_visit",
           "drop view visit",
           "alter table c_visit add column z",
           "create index i on c_visit(fee)",
           "reindex",
           "analyze",
           "vacuum",
           "attach ':memory:' as other",
           "detach main",
           "pragma user_version",
           "pragma schema_version",
           "pragma query_only = off",
           "pragma journal_mode = delete",
           "select * from pragma_table_info('c_visit')",
           "begin",
           "commit",
           "savepoint s",
           "select load_extension('/tmp/x.so')",
           "create virtual table t using fts5(a)",
           "with x as (select 1) insert into c_visit select 9, 'x', 1",
       }) {
    CAPTURE(sql);
    const std::string said = house.ask(sql);
    const bool refused = said == "read_only" || said == "invalid";
    CHECK(refused);
  }
  CHECK(house.ask("insert into c_visit values (3, 'x', 1)") == "read_only");
  CHECK(house.owner->find_int64("select count(*) from c_visit").value() == 2);
  CHECK(content_of(house.scratch.path("test.db")) == before);
}

TEST_CASE(
    "read door: tables that are not for host apps stay closed, whatever the query calls itself",
    "[sqlite]") {
  House house;
  for (const char* sql : {
           "select * from secret",
           "select count(*) from secret",
           "select 1 from secret",
           "select rowid from secret",
           "select id, (select word from secret) from visit",
           "select * from visit where exists (select 1 from secret where word like 's%')",
           "with visit as (select word from secret) select * from visit",
           "select * from (select word from secret) as visit",
           "select * from sqlite_schema",
           "select * from sqlite_master",
           "select name from sqlite_schema where type in ('table', 'view')",
           "select * from dbstat",
       }) {
    CAPTURE(sql);
    const std::string said = house.ask(sql);
    const bool refused = said == "read_only" || said == "invalid";
    CHECK(refused);
  }
}

TEST_CASE("read door: without a list, all but SQLite's own tables may be read", "[sqlite]") {
  const House house;
  ReadDoorOptions options;
  options.file = house.scratch.file();
  const auto door = ReadDoor::open(options);
  REQUIRE(door.ok());
  CHECK((*door)->prepare("select * from secret").ok());
  CHECK((*door)->prepare("select * from sqlite_schema").error().code == Errc::kReadOnly);
}

TEST_CASE("read door: one statement at a time, and wrong SQL says what is wrong", "[sqlite]") {
  House house;
  CHECK(house.ask("select 1; select 2") == "invalid");
  CHECK(house.ask("select 1; -- nothing more") != "");
  CHECK(house.ask("select 1;") == "");
  CHECK(house.ask("") == "invalid");
  CHECK_THAT(house.door->prepare("select colour from visit").error().detail,
             contains("no such column: colour"));
}

TEST_CASE("read door: a query that works too long is cut off, and the next one runs", "[sqlite]") {
  House house;
  const std::string endless =
      "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
  CHECK(house.ask(endless) == "timed_out");
  CHECK(house.ask("select * from visit") == "");
}

TEST_CASE("read door: another thread may interrupt", "[sqlite]") {
  const House house;
  ReadDoorOptions options;
  options.file = house.scratch.file();
  options.steps_max = UINT64_MAX;
  const auto door = ReadDoor::open(options);
  REQUIRE(door.ok());
  auto endless = (*door)->prepare(
      "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n");
  REQUIRE(endless.ok());
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    (*door)->interrupt();
  });
  const auto stopped = endless->step();
  other.join();
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.error().code == Errc::kTimedOut);
}

TEST_CASE("read door: a snapshot lets several statements agree while the owner writes",
          "[sqlite]") {
  House house;
  const auto count = [&] {
    auto statement = house.door->prepare("select count(*) from visit");
    REQUIRE(statement.ok());
    REQUIRE(statement->step().value());
    return statement->int64(0);
  };
  REQUIRE(house.door->begin_snapshot().ok());
  CHECK(count() == 2);
  REQUIRE(house.owner->run("insert into c_visit values (3, 'planned', 1)").ok());
  CHECK(count() == 2);
  house.door->end_snapshot();
  CHECK(count() == 3);
}

TEST_CASE("read door: a new schema of the owner is met at the next query", "[sqlite]") {
  House house;
  CHECK(house.ask("select count(*) from visit") == "");
  REQUIRE(house.owner
              ->execute("drop view visit; create view visit as select id from c_visit;"
                        "create table later(a)")
              .ok());
  CHECK(house.ask("select count(*) from visit") == "");
  CHECK(house.ask("select state from visit") == "invalid");
  CHECK(house.ask("select count(*) from later") == "read_only");
}

TEST_CASE("read door: a view may call what a query may, JSON's functions too", "[sqlite]") {
  House house;
  REQUIRE(
      house.owner
          ->execute("drop view visit; create view visit as select json_array_length('[1,2]') as n, "
                    "j.value from c_visit, json_each('[3]') j")
          .ok());
  CHECK(house.ask("select n, value from visit") == "");
}
