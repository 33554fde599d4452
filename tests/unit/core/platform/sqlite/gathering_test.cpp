// SPDX-License-Identifier: Apache-2.0
// The log is written in larger pieces, and nobody can tell: neither who reads what he has just
// written, nor who looks on, nor who runs out of room.
#include <signal.h>
#include <sys/resource.h>

#include "core/platform/sqlite/gathering_vfs.hpp"
#include "core/platform/sqlite/transaction.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/platform/sqlite/scratch.hpp"

using namespace daybook;
using namespace daybook::sqlite;
using namespace daybook::test;

namespace {

constexpr int kSmallCacheKib = 64;  // so that a transaction is written long before its end

std::int64_t count_in(Connection& connection) {
  return *connection.find_int64("select count(*) from t").value();
}

Result<void> insert(Connection& connection, int first, int count) {
  for (int i = first; i < first + count; ++i)
    DAYBOOK_TRY(connection.run("insert into t(number, content) values (?, ?)", i, Bytes(1000)));
  return success();
}

// No file of this process grows beyond so many bytes.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("sqlite: what a long transaction wrote is read in it, and by others after it",
          "[sqlite]") {
  const Scratch scratch;
  OpenOptions options = scratch.file();
  options.cache_kib = kSmallCacheKib;
  REQUIRE(gathering_vfs() != nullptr);
  auto connection = opened(options);
  REQUIRE(connection->execute("create table t(number integer primary key, content blob)").ok());
  OpenOptions looking = scratch.file();
  looking.read_only = true;
  const auto other = opened(looking);
  for (int round = 0; round < 5; ++round) {
    auto transaction = Transaction::begin(*connection);
    REQUIRE(transaction.ok());
    for (int part = 0; part < 4; ++part) {
      REQUIRE(insert(*connection, round * 2000 + part * 500, 500).ok());
      CHECK(count_in(*connection) == round * 2000 + part * 500 + 500);
      auto savepoint = Savepoint::begin(*connection);
      REQUIRE(savepoint.ok());
      REQUIRE(connection->run("update t set content = ? where number % 3 = 0", Bytes(900)).ok());
      savepoint->roll_back();
      CHECK(
          *connection->find_int64("select count(*) from t where length(content) = 1000").value() ==
          count_in(*connection));
      CHECK(count_in(*other) == round * 2000);
    }
    REQUIRE(transaction->commit().ok());
    CHECK(count_in(*other) == round * 2000 + 2000);
    if (round == 2) REQUIRE(connection->checkpoint().ok());
  }
  {
    auto taken_back = Transaction::begin(*connection);
    REQUIRE(taken_back.ok());
    REQUIRE(insert(*connection, 20'000, 1000).ok());
  }
  CHECK(count_in(*connection) == 10'000);
  CHECK(connection->check().ok());
  connection.reset();
  connection = opened(options);
  CHECK(count_in(*connection) == 10'000);
  CHECK(connection->check().ok());
}

TEST_CASE("sqlite: a commit that is not synced is there for others at once", "[sqlite]") {
  const Scratch scratch;
  auto connection = opened(scratch.file());
  REQUIRE(connection->execute("create table t(number integer primary key, content blob)").ok());
  REQUIRE(connection->execute("pragma synchronous=normal").ok());
  OpenOptions looking = scratch.file();
  looking.read_only = true;
  const auto other = opened(looking);
  for (int i = 0; i < 300; ++i) {
    REQUIRE(insert(*connection, i, 1).ok());
    CHECK(count_in(*other) == i + 1);
  }
}

TEST_CASE("sqlite: a log that finds no room ends its transaction, and the next one begins well",
          "[sqlite]") {
  const Scratch scratch;
  OpenOptions options = scratch.file();
  options.cache_kib = kSmallCacheKib;
  auto connection = opened(options);
  REQUIRE(connection->execute("create table t(number integer primary key, content blob)").ok());
  REQUIRE(insert(*connection, 0, 50).ok());
  const std::uintmax_t log = std::filesystem::file_size(scratch.path("test.db-wal"));
  for (const int rows : {100, 300, 3000}) {
    // With few rows it is the commit that finds out, with more a page that had to make way.
    {
      const SizeLimit limit(static_cast<rlim_t>(log + 40'000));
      auto transaction = Transaction::begin(*connection);
      REQUIRE(transaction.ok());
      const bool inserted = insert(*connection, 1000, rows).ok();
      CHECK_FALSE((inserted && transaction->commit().ok()));
    }
    CHECK(count_in(*connection) == 50);
    REQUIRE(connection->check().ok());
  }
  REQUIRE(insert(*connection, 1000, 500).ok());
  connection.reset();
  connection = opened(options);
  CHECK(count_in(*connection) == 550);
  CHECK(connection->check().ok());
}
