// SPDX-License-Identifier: Apache-2.0
// Unit tests of transactions and savepoints that undo themselves.
#include "core/platform/sqlite/transaction.hpp"

#include "core/base/ensure.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/platform/sqlite/scratch.hpp"

using namespace daybook;
using namespace daybook::sqlite;
using namespace daybook::test;

namespace {

struct Fixture {
  Scratch scratch;
  std::unique_ptr<Connection> connection = opened(scratch.file());
  Fixture() { REQUIRE(connection->execute("create table t(a integer primary key)").ok()); }
  bool insert(int a) { return connection->run("insert into t values (?)", a).ok(); }
  std::int64_t count() { return connection->find_int64("select count(*) from t").value().value(); }
};

template <class Guard>
Guard begun(Connection& connection) {
  auto guard = Guard::begin(connection);
  REQUIRE(guard.ok());
  return std::move(guard).value();
}

}  // namespace

TEST_CASE("sqlite: a transaction stays when it is committed and only then", "[sqlite]") {
  Fixture f;
  {
    auto transaction = begun<Transaction>(*f.connection);
    CHECK(f.insert(1));
  }
  CHECK(f.count() == 0);
  {
    auto transaction = begun<Transaction>(*f.connection);
    CHECK(f.insert(1));
    CHECK(f.connection->in_transaction());
    REQUIRE(transaction.commit().ok());
  }
  CHECK(f.count() == 1);
  CHECK_FALSE(f.connection->in_transaction());
}

TEST_CASE("sqlite: committing twice is a broken invariant", "[sqlite]") {
  Fixture f;
  auto transaction = begun<Transaction>(*f.connection);
  REQUIRE(transaction.commit().ok());
  CHECK_THROWS_AS(transaction.commit(), BrokenInvariant);
}

TEST_CASE("sqlite: a savepoint undoes its own work and leaves what was before", "[sqlite]") {
  Fixture f;
  auto transaction = begun<Transaction>(*f.connection);
  CHECK(f.insert(1));
  {
    auto refused = begun<Savepoint>(*f.connection);
    CHECK(f.insert(2));
    {
      auto inner = begun<Savepoint>(*f.connection);
      CHECK(f.insert(3));
      REQUIRE(inner.release().ok());
    }
    CHECK(f.count() == 3);
  }
  CHECK(f.count() == 1);
  auto taken = begun<Savepoint>(*f.connection);
  CHECK(f.insert(2));
  REQUIRE(taken.release().ok());
  REQUIRE(transaction.commit().ok());
  CHECK(f.count() == 2);
}

TEST_CASE("sqlite: a savepoint goes on after an error inside it", "[sqlite]") {
  Fixture f;
  auto transaction = begun<Transaction>(*f.connection);
  {
    auto savepoint = begun<Savepoint>(*f.connection);
    CHECK(f.insert(1));
    CHECK_FALSE(f.insert(1));
  }
  CHECK(f.insert(1));
  REQUIRE(transaction.commit().ok());
  CHECK(f.count() == 1);
}

TEST_CASE("sqlite: a read transaction sees one state while others write", "[sqlite]") {
  Fixture f;
  auto options = f.scratch.file();
  options.read_only = true;
  const auto reader = opened(options);
  auto snapshot = Transaction::begin(*reader, Transaction::Kind::kRead);
  REQUIRE(snapshot.ok());
  CHECK(reader->find_int64("select count(*) from t").value() == 0);
  CHECK(f.insert(1));
  CHECK(reader->find_int64("select count(*) from t").value() == 0);
  snapshot->roll_back();
  CHECK(reader->find_int64("select count(*) from t").value() == 1);
}

TEST_CASE("sqlite: a moved transaction belongs to its new owner", "[sqlite]") {
  Fixture f;
  auto first = begun<Transaction>(*f.connection);
  CHECK(f.insert(1));
  {
    Transaction second = std::move(first);
    REQUIRE(second.commit().ok());
  }
  CHECK(f.count() == 1);
}
