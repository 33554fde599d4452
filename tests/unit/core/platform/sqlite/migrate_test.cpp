// SPDX-License-Identifier: Apache-2.0
// Unit tests of migrations: forward only, and foreign or newer files stay as they are.
#include "core/platform/sqlite/migrate.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/core/platform/sqlite/scratch.hpp"

using namespace daybook;
using namespace daybook::sqlite;
using namespace daybook::test;

namespace {

constexpr Migration kGood[] = {
    {1, "0001_begin", "create table t(a);", nullptr},
    {2, "0002_more", "alter table t add column b; create table u(c);", nullptr},
    {3, "0003_filled", "delete from t;",
     +[](Connection& c) { return c.run("insert into t values (42, 1)"); }},
};

constexpr Migration kBroken[] = {
    {1, "0001_begin", "create table t(a);", nullptr},
    {2, "0002_broken", "create table u(c); create table u(c);", nullptr},
};

constexpr std::uint32_t kOurs = 0x64617962;

FileFormat format_of(std::span<const Migration> steps, std::size_t count) {
  return {kOurs, steps.first(count)};
}

std::uint32_t version_of(const Result<std::unique_ptr<Connection>>& connection) {
  REQUIRE(connection.ok());
  return static_cast<std::uint32_t>(
      (*connection)->find_int64("pragma user_version").value().value());
}

}  // namespace

TEST_CASE("sqlite: a new file gets every step, an old one those it lacks", "[sqlite]") {
  const Scratch scratch;
  {
    const auto first = open_file(scratch.file(), format_of(kGood, 1));
    CHECK(version_of(first) == 1);
    REQUIRE((*first)->run("insert into t values (1)").ok());
    CHECK((*first)->find_int64("pragma application_id").value() == kOurs);
  }
  const auto now = open_file(scratch.file(), format_of(kGood, 3));
  CHECK(version_of(now) == 3);
  CHECK((*now)->find_int64("select a from t").value() == 42);
  const auto again = open_file(scratch.file(), format_of(kGood, 3));
  CHECK(version_of(again) == 3);
}

TEST_CASE("sqlite: a step that fails is undone, and the steps before it stay", "[sqlite]") {
  const Scratch scratch;
  const auto broken = open_file(scratch.file(), format_of(kBroken, 2));
  REQUIRE_FALSE(broken.ok());
  CHECK_THAT(broken.error().detail, contains("0002_broken"));
  const auto before = open_file(scratch.file(), format_of(kBroken, 1));
  CHECK(version_of(before) == 1);
  CHECK_FALSE((*before)->execute("select * from u").ok());
}

TEST_CASE("sqlite: a newer file is refused and stays the same, byte for byte", "[sqlite]") {
  const Scratch scratch;
  { REQUIRE(open_file(scratch.file(), format_of(kGood, 3)).ok()); }
  const std::string before = content_of(scratch.path("test.db"));
  const auto refused = open_file(scratch.file(), format_of(kGood, 2));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Errc::kTooNew);
  CHECK(refused.error().detail == "format 3, this build knows 2");
  CHECK(content_of(scratch.path("test.db")) == before);
  CHECK_FALSE(std::filesystem::exists(scratch.path("test.db-wal")));
}

TEST_CASE("sqlite: a newer file with a log left behind is refused and both stay the same",
          "[sqlite]") {
  const Scratch scratch;
  {
    // As after a power cut: the log is copied away while its owner lives, and put back when the
    // owner is gone.
    const auto owner = open_file(scratch.file("owner.db"), format_of(kGood, 2));
    REQUIRE(owner.ok());
    REQUIRE((*owner)->checkpoint().ok());
    REQUIRE(migrate(**owner, format_of(kGood, 3)).ok());
    std::filesystem::copy_file(scratch.path("owner.db"), scratch.path("test.db"));
    std::filesystem::copy_file(scratch.path("owner.db-wal"), scratch.path("test.db-wal"));
  }
  const std::string file = content_of(scratch.path("test.db"));
  const std::string log = content_of(scratch.path("test.db-wal"));
  REQUIRE_FALSE(log.empty());
  CHECK(open_file(scratch.file(), format_of(kGood, 2)).error().code == Errc::kTooNew);
  CHECK(content_of(scratch.path("test.db")) == file);
  CHECK(content_of(scratch.path("test.db-wal")) == log);
  CHECK(version_of(open_file(scratch.file(), format_of(kGood, 3))) == 3);
}

TEST_CASE("sqlite: another program's file is refused and stays the same", "[sqlite]") {
  const Scratch scratch;
  auto options = scratch.file();
  options.wal = false;
  { REQUIRE(opened(options)->execute("create table theirs(a)").ok()); }
  const std::string theirs = content_of(options.path);
  CHECK(open_file(options, format_of(kGood, 3)).error().code == Errc::kInvalid);
  CHECK(content_of(options.path) == theirs);

  write_content(scratch.path("letter.txt"), "Dear customer");
  CHECK(open_file(scratch.file("letter.txt"), format_of(kGood, 3)).error().code == Errc::kCorrupt);
  CHECK(content_of(scratch.path("letter.txt")) == "Dear customer");
}

TEST_CASE("sqlite: an empty file that somebody touched is a new file", "[sqlite]") {
  const Scratch scratch;
  write_content(scratch.path("test.db"), "");
  CHECK(version_of(open_file(scratch.file(), format_of(kGood, 3))) == 3);
}

TEST_CASE("sqlite: read-only opens the present format and migrates nothing", "[sqlite]") {
  const Scratch scratch;
  auto reading = scratch.file();
  reading.read_only = true;
  CHECK(open_file(reading, format_of(kGood, 3)).error().code == Errc::kNotFound);
  { REQUIRE(open_file(scratch.file(), format_of(kGood, 2)).ok()); }
  CHECK(open_file(reading, format_of(kGood, 3)).error().code == Errc::kNotSupported);
  CHECK(version_of(open_file(reading, format_of(kGood, 2))) == 2);
}

TEST_CASE("sqlite: a file in memory migrates too", "[sqlite]") {
  OpenOptions options;
  options.path = ":memory:";
  CHECK(version_of(open_file(options, format_of(kGood, 3))) == 3);
}

TEST_CASE("sqlite: a key is refused before the file is looked at", "[sqlite]") {
  const Scratch scratch;
  auto options = scratch.file();
  options.key = Bytes(16, 1);
  CHECK(open_file(options, format_of(kGood, 1)).error().code == Errc::kNotSupported);
}
