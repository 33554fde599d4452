// SPDX-License-Identifier: Apache-2.0
// Unit tests of statements: parameters, columns, and the shelf they rest on.
#include "core/platform/sqlite/statement.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/core/platform/sqlite/scratch.hpp"

using namespace daybook;
using namespace daybook::sqlite;
using namespace daybook::test;

namespace {

enum class Colour : std::uint8_t { kRed = 3 };

std::unique_ptr<Connection> in_memory() {
  OpenOptions options;
  options.path = ":memory:";
  return opened(options);
}

Statement prepared(Connection& connection, std::string_view sql) {
  auto statement = connection.prepare(sql);
  REQUIRE(statement.ok());
  return std::move(statement).value();
}

}  // namespace

TEST_CASE("sqlite: every kind of parameter comes back as it went in", "[sqlite]") {
  const auto connection = in_memory();
  auto statement = prepared(*connection, "select ?, ?, ?, ?, ?, ?, ?, ?, ?");
  const Uuid id = Uuid::from(Bytes(16, 9)).value();
  const Digest digest = Digest::from(Bytes(32, 8)).value();
  statement.bind_all(INT64_MIN, std::uint64_t{7}, true, Colour::kRed, "短", Bytes{0, 1, 0}, id,
                     digest, nullptr);
  REQUIRE(statement.step().value());
  CHECK(statement.int64(0) == INT64_MIN);
  CHECK(statement.uint64(1) == 7);
  CHECK(statement.boolean(2));
  CHECK(statement.int64(3) == 3);
  CHECK(statement.text(4) == "短");
  CHECK(same_bytes(statement.bytes(5), Bytes{0, 1, 0}));
  CHECK(statement.uuid(6) == id);
  CHECK(statement.digest(7) == digest);
  CHECK(statement.is_null(8));
  CHECK(statement.check().ok());
}

TEST_CASE("sqlite: empty is not null", "[sqlite]") {
  const auto connection = in_memory();
  auto statement = prepared(*connection, "select ?, ?, ?, ?");
  statement.bind_all(std::string_view{}, BytesView{}, std::optional<std::int64_t>{},
                     std::optional<std::string>{""});
  REQUIRE(statement.step().value());
  CHECK(statement.kind(0) == ColumnKind::kText);
  CHECK(statement.kind(1) == ColumnKind::kBytes);
  CHECK(statement.kind(2) == ColumnKind::kNull);
  CHECK(statement.kind(3) == ColumnKind::kText);
}

TEST_CASE("sqlite: text keeps a zero character inside", "[sqlite]") {
  const auto connection = in_memory();
  auto statement = prepared(*connection, "select ?");
  statement.bind_all(std::string_view("a\0b", 3));
  REQUIRE(statement.step().value());
  CHECK(statement.text(0) == std::string_view("a\0b", 3));
}

TEST_CASE("sqlite: a column of another kind is damage, and the error sticks", "[sqlite]") {
  const auto connection = in_memory();
  auto statement =
      prepared(*connection, "select 'text' as a, -1 as b, x'00' as c union all select 1, 2, 3");
  REQUIRE(statement.step().value());
  CHECK(statement.int64(0) == 0);
  CHECK(statement.uint64(1) == 0);
  CHECK(statement.uuid(2).is_zero());
  REQUIRE_FALSE(statement.check().ok());
  CHECK(statement.check().error().code == Errc::kCorrupt);
  CHECK(statement.check().error().field == "column a");
  CHECK(statement.step().error().code == Errc::kCorrupt);
  statement.reset();
  CHECK(statement.step().ok());
}

TEST_CASE("sqlite: a parameter too many is an error at the step", "[sqlite]") {
  const auto connection = in_memory();
  auto statement = prepared(*connection, "select ?");
  statement.bind_all(1, 2);
  CHECK(statement.step().error().field == "sqlite.bind[2]");
}

TEST_CASE("sqlite: parameters can be found by name", "[sqlite]") {
  const auto connection = in_memory();
  auto statement = prepared(*connection, "select :b, :a");
  CHECK(statement.parameter_count() == 2);
  CHECK(statement.find_parameter(":a") == 2);
  CHECK(statement.find_parameter(":c") == 0);
  CHECK(statement.column_count() == 2);
  CHECK(statement.column_name(0) == ":b");
}

TEST_CASE("sqlite: a statement given back comes again without its parameters", "[sqlite]") {
  const auto connection = in_memory();
  const std::string sql = "select ?";
  { prepared(*connection, sql).bind_all(5); }
  auto again = prepared(*connection, sql);
  REQUIRE(again.step().value());
  CHECK(again.is_null(0));
}

TEST_CASE("sqlite: one text may be on loan several times at once", "[sqlite]") {
  const auto connection = in_memory();
  REQUIRE(connection->execute("create table t(a); insert into t values (1), (2)").ok());
  auto outer = prepared(*connection, "select a from t order by a");
  std::int64_t sum = 0;
  while (outer.step().value()) {
    auto inner = prepared(*connection, "select a from t order by a");
    while (inner.step().value()) sum += outer.int64(0) * inner.int64(0);
  }
  CHECK(sum == 9);
}

TEST_CASE("sqlite: texts made up without end are forgotten again, those on loan are not",
          "[sqlite]") {
  const auto connection = in_memory();
  auto kept = prepared(*connection, "select 'kept'");
  for (int i = 0; i < 1000; ++i)
    CHECK(connection->find_int64("select " + std::to_string(i)).value() == i);
  REQUIRE(kept.step().value());
  CHECK(kept.text(0) == "kept");
}

TEST_CASE("sqlite: a statement outlives a change of the schema", "[sqlite]") {
  const auto connection = in_memory();
  REQUIRE(connection->execute("create table t(a); insert into t values (1)").ok());
  CHECK(connection->find_int64("select count(*) from t").value() == 1);
  REQUIRE(connection->execute("alter table t add column b; create index i on t(b)").ok());
  CHECK(connection->find_int64("select count(*) from t").value() == 1);
}

TEST_CASE("sqlite: find_int64 tells no row, null and a number apart from damage", "[sqlite]") {
  const auto connection = in_memory();
  CHECK_FALSE(connection->find_int64("select 1 where false").value());
  CHECK_FALSE(connection->find_int64("select null").value());
  CHECK(connection->find_int64("select ? + ?", 3, 4).value() == 7);
  CHECK(connection->find_int64("select 'x'").error().code == Errc::kCorrupt);
}

TEST_CASE("sqlite: changes and row ids are told", "[sqlite]") {
  const auto connection = in_memory();
  REQUIRE(connection->execute("create table t(a)").ok());
  REQUIRE(connection->run("insert into t values (1), (2)").ok());
  CHECK(connection->changes() == 2);
  CHECK(connection->last_row_id() == 2);
}
