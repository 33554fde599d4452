// SPDX-License-Identifier: Apache-2.0
// A disk with no room left, by a limit on the pages of the file: SQLite reports it as it reports a
// full disk.
#include "core/platform/sqlite/transaction.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/platform/sqlite/scratch.hpp"

using namespace daybook;
using namespace daybook::sqlite;
using namespace daybook::test;

TEST_CASE("sqlite: a full disk is named, and the transaction is wholly undone", "[sqlite]") {
  const Scratch scratch;
  const auto connection = opened(scratch.file());
  REQUIRE(
      connection->execute("create table t(a); insert into t values (1); pragma max_page_count=10")
          .ok());
  Errc met = Errc::kOk;
  {
    auto transaction = Transaction::begin(*connection);
    REQUIRE(transaction.ok());
    REQUIRE(connection->run("insert into t values (2)").ok());
    for (int i = 0; i < 100 && met == Errc::kOk; ++i) {
      const auto written = connection->run("insert into t values (?)", Bytes(4000));
      if (!written.ok()) met = written.error().code;
    }
  }
  CHECK(met == Errc::kDiskFull);
  CHECK_FALSE(connection->in_transaction());
  CHECK(connection->find_int64("select count(*) from t").value() == 1);
  CHECK(connection->check().ok());
}

TEST_CASE("sqlite: a savepoint in a full disk does not pretend", "[sqlite]") {
  const Scratch scratch;
  const auto connection = opened(scratch.file());
  REQUIRE(connection->execute("create table t(a); pragma max_page_count=10").ok());
  auto transaction = Transaction::begin(*connection);
  REQUIRE(transaction.ok());
  {
    auto savepoint = Savepoint::begin(*connection);
    REQUIRE(savepoint.ok());
    bool failed = false;
    for (int i = 0; i < 100 && !failed; ++i) {
      failed = !connection->run("insert into t values (?)", Bytes(4000)).ok();
    }
    REQUIRE(failed);
  }
  // SQLite may undo the savepoint or all of the transaction; either way commit says the truth.
  const bool still_open = connection->in_transaction();
  CHECK(transaction->commit().ok() == still_open);
  CHECK(connection->find_int64("select count(*) from t").value() == 0);
}
