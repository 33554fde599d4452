// SPDX-License-Identifier: Apache-2.0
// Unit tests of the door to SQLite: how files are opened, and how errors are told.
#include "core/platform/sqlite/connection.hpp"

#include <map>

#include "tests/support/catch.hpp"
#include "tests/unit/core/platform/sqlite/scratch.hpp"

using namespace daybook;
using namespace daybook::sqlite;
using namespace daybook::test;

namespace {

std::map<std::string, std::string> pragmas_of(Connection& connection) {
  const auto pragmas = connection.pragmas();
  REQUIRE(pragmas.ok());
  return {pragmas->begin(), pragmas->end()};
}

}  // namespace

TEST_CASE("sqlite: a file is opened durable and hardened, and says so", "[sqlite]") {
  const Scratch scratch;
  const auto connection = opened(scratch.file());
  auto pragmas = pragmas_of(*connection);
  CHECK(pragmas["journal_mode"] == "wal");
  CHECK(pragmas["synchronous"] == "2");
  CHECK(pragmas["mmap_size"] == "0");
  CHECK(pragmas["temp_store"] == "2");
  CHECK(pragmas["trusted_schema"] == "0");
  CHECK(pragmas["cell_size_check"] == "1");
  CHECK(pragmas["foreign_keys"] == "1");
  CHECK(pragmas["cache_size"] == "-2048");
  CHECK(pragmas["sqlite_version"] == library_version());
}

TEST_CASE("sqlite: without WAL the file stays one file, as durable as with it", "[sqlite]") {
  const Scratch scratch;
  auto options = scratch.file();
  options.wal = false;
  const auto connection = opened(options);
  CHECK(pragmas_of(*connection)["journal_mode"] == "delete");
  CHECK(pragmas_of(*connection)["synchronous"] == "2");
}

TEST_CASE("sqlite: files that are created are readable by their owner only", "[sqlite]") {
  const Scratch scratch;
  const auto connection = opened(scratch.file());
  REQUIRE(connection->execute("create table t(a)").ok());
  for (const char* name : {"test.db", "test.db-wal", "test.db-shm"}) {
    CAPTURE(name);
    const auto rights = std::filesystem::status(scratch.path(name)).permissions();
    CHECK((rights & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
          std::filesystem::perms::none);
  }
}

TEST_CASE("sqlite: a key is refused until files can be encrypted", "[sqlite]") {
  const Scratch scratch;
  auto options = scratch.file();
  options.key = Bytes(32, 1);
  CHECK(Connection::open(options).error().code == Errc::kNotSupported);
  CHECK_FALSE(std::filesystem::exists(options.path));
}

TEST_CASE("sqlite: what cannot be opened says why", "[sqlite]") {
  const Scratch scratch;
  auto missing = scratch.file("missing.db");
  missing.create = false;
  CHECK(Connection::open(missing).error().code == Errc::kNotFound);
  missing.create = true;
  missing.read_only = true;
  CHECK(Connection::open(missing).error().code == Errc::kNotFound);
  CHECK(Connection::open({}).error().code == Errc::kInvalid);
  CHECK(Connection::open(scratch.file("no/such/folder.db")).error().code == Errc::kIo);

  write_content(scratch.path("letter.txt"), std::string(5000, 'x'));
  CHECK(Connection::open(scratch.file("letter.txt")).error().code == Errc::kCorrupt);
  CHECK(content_of(scratch.path("letter.txt")) == std::string(5000, 'x'));
}

TEST_CASE("sqlite: a read-only connection cannot write", "[sqlite]") {
  const Scratch scratch;
  const auto writer = opened(scratch.file());
  REQUIRE(writer->execute("create table t(a); insert into t values (1)").ok());
  auto options = scratch.file();
  options.read_only = true;
  const auto reader = opened(options);
  CHECK(reader->find_int64("select a from t").value() == 1);
  CHECK(reader->execute("insert into t values (2)").error().code == Errc::kReadOnly);
  CHECK(reader->run("delete from t").error().code == Errc::kReadOnly);
}

TEST_CASE("sqlite: the file defends itself against its own SQL", "[sqlite]") {
  const Scratch scratch;
  const auto connection = opened(scratch.file());
  REQUIRE(connection->execute("create table t(a)").ok());
  CHECK_FALSE(
      connection->execute("pragma writable_schema=on; update sqlite_schema set sql='x'").ok());
  CHECK_FALSE(connection->execute("select load_extension('/tmp/x.so')").ok());
  CHECK_FALSE(connection->execute("select \"no such column\" from t").ok());
  CHECK_FALSE(connection->execute("attach ':memory:' as other").ok());
}

TEST_CASE("sqlite: errors are codes with SQLite's words and without values", "[sqlite]") {
  const Scratch scratch;
  const auto connection = opened(scratch.file());
  REQUIRE(connection
              ->execute("create table t(a integer primary key, b text not null, c integer check (c "
                        "> 0)) strict;"
                        "insert into t values (1, 'x', 1)")
              .ok());
  const auto code = [&](const char* sql) { return connection->run(sql).error().code; };
  CHECK(code("insert into t values (1, 'y', 1)") == Errc::kAlreadyExists);
  CHECK(code("insert into t values (2, null, 1)") == Errc::kInvalid);
  CHECK(code("insert into t values (2, 'y', -1)") == Errc::kInvalid);
  CHECK(code("selec 1") == Errc::kInvalid);
  CHECK(code("select 1; select 2") == Errc::kInvalid);
  CHECK(code("  ") == Errc::kInvalid);
  CHECK(code("select 1 from nowhere") == Errc::kInvalid);
  const Error clash = connection->run("insert into t values (1, 'a secret', 1)").error();
  CHECK_THAT(clash.detail, contains("UNIQUE constraint failed: t.a"));
  CHECK_THAT(clash.detail, !contains("secret"));
}

TEST_CASE("sqlite: what is too long is refused before it is stored", "[sqlite]") {
  const Scratch scratch;
  auto options = scratch.file();
  options.length_max = 100'000;
  const auto connection = opened(options);
  REQUIRE(connection->execute("create table t(a)").ok());
  CHECK(connection->run("insert into t values (?)", Bytes(100'001)).error().code ==
        Errc::kTooLarge);
  CHECK(connection->run("insert into t values (?)", Bytes(90'000)).ok());
  CHECK(connection->run("select zeroblob(100001)").error().code == Errc::kTooLarge);
}

TEST_CASE("sqlite: a second writer is told that the file is busy", "[sqlite]") {
  const Scratch scratch;
  auto options = scratch.file();
  options.busy_timeout_ms = 0;
  const auto one = opened(options);
  const auto two = opened(options);
  REQUIRE(one->execute("create table t(a); begin immediate; insert into t values (1)").ok());
  CHECK(two->execute("begin immediate").error().code == Errc::kBusy);
  REQUIRE(one->execute("commit").ok());
  CHECK(two->execute("begin immediate").ok());
}

TEST_CASE("sqlite: damage is found", "[sqlite]") {
  const Scratch scratch;
  {
    auto options = scratch.file();
    options.wal = false;
    const auto connection = opened(options);
    REQUIRE(connection->execute("create table t(a, b); create index i on t(b)").ok());
    for (int i = 0; i < 500; ++i)
      REQUIRE(connection->run("insert into t values (?, ?)", Bytes(100), i).ok());
    CHECK(connection->check().ok());
  }
  std::string content = content_of(scratch.path("test.db"));
  for (std::size_t i = 3 * 4096; i < content.size() && i < 8 * 4096; ++i) content[i] = '\x55';
  write_content(scratch.path("test.db"), content);
  const auto connection = opened(scratch.file());
  CHECK(connection->check().error().code == Errc::kCorrupt);
  CHECK(connection->find_int64("select sum(length(a)) from t").error().code == Errc::kCorrupt);
}

TEST_CASE("sqlite: a copy is whole while the original is written to, and never replaces a file",
          "[sqlite]") {
  const Scratch scratch;
  const auto connection = opened(scratch.file());
  REQUIRE(connection->execute("create table t(a); insert into t values (1), (2)").ok());
  const std::string copy = scratch.path("copy.db");
  REQUIRE(connection->copy_to(copy).ok());
  REQUIRE(connection->execute("insert into t values (3)").ok());
  CHECK(opened(scratch.file("copy.db"))->find_int64("select count(*) from t").value() == 2);
  CHECK(connection->copy_to(copy).error().code == Errc::kAlreadyExists);
  CHECK(connection->copy_to(scratch.path("no/such/folder.db")).error().code == Errc::kIo);
}

TEST_CASE("sqlite: a checkpoint empties the log, and waits for nobody who reads", "[sqlite]") {
  const Scratch scratch;
  auto options = scratch.file();
  options.busy_timeout_ms = 0;
  const auto connection = opened(options);
  REQUIRE(connection->execute("create table t(a); insert into t values (1)").ok());
  const auto reader = opened(options);
  REQUIRE(reader->execute("begin; select * from t").ok());
  REQUIRE(connection->execute("insert into t values (2)").ok());
  CHECK(connection->checkpoint().error().code == Errc::kBusy);
  REQUIRE(reader->execute("rollback").ok());
  REQUIRE(connection->checkpoint().ok());
  CHECK(std::filesystem::file_size(scratch.path("test.db-wal")) == 0);
}

TEST_CASE("sqlite: an attached file is as durable as the main one", "[sqlite]") {
  const Scratch scratch;
  auto options = scratch.file();
  options.attached_max = 1;
  const auto connection = opened(options);
  REQUIRE(connection->attach(scratch.path("staging.db"), "staging").ok());
  CHECK(connection->find_int64("pragma staging.synchronous").value() == 2);
  REQUIRE(connection->execute("create table staging.page(a); insert into staging.page values (7)")
              .ok());
  CHECK(connection->find_int64("select a from staging.page").value() == 7);
  CHECK_FALSE(connection->attach(scratch.path("second.db"), "second").ok());
  REQUIRE(connection->detach("staging").ok());
  CHECK_FALSE(connection->find_int64("select a from staging.page").ok());
}
