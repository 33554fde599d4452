// SPDX-License-Identifier: Apache-2.0
// The SQLite store under the suite, and what only a file can do: be owned, be damaged, be too new,
// be copied while it serves.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "core/platform/sqlite/statement.hpp"
#include "sync-server/store/sqlite/backup.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"
#include "tests/conformance/server_store/chained.hpp"
#include "tests/conformance/server_store/suite.hpp"
#include "tests/support/temporary_folder.hpp"

namespace daybook::test {

namespace {

std::unique_ptr<SqliteServerStore> open_store(const std::string& path, bool read_only = false) {
  SqliteStoreOptions options;
  options.path = path;
  options.read_only = read_only;
  return good(SqliteServerStore::open(options));
}

Errc code_of_opening(const std::string& path, bool read_only = false, bool create = true) {
  SqliteStoreOptions options;
  options.path = path;
  options.read_only = read_only;
  options.create = create;
  return code_of(SqliteServerStore::open(options));
}

class SqliteUnderTest final : public StoreUnderTest {
 public:
  ServerStore& store() override { return *store_; }
  void reopen() override {
    store_.reset();
    store_ = open_store(folder_.file("book.db"));
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<SqliteServerStore> store_ = open_store(folder_.file("book.db"));
};

Bytes bytes_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

void write_file(const std::string& path, BytesView bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

// A closed store of `sets` sets in one file.
void make_book(const std::string& path, std::uint64_t sets) {
  const auto store = open_store(path);
  in_transaction(*store, [&] {
    start_epoch(*store, 1);
    for (std::uint64_t number = 1; number <= sets; ++number)
      put_chained_set(*store, number, "电视无信号");
  });
  good(store->checkpoint());
}

// No file of this process grows beyond a size, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uint64_t size_max) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit tight{size_max, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tight);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() { lift(); }
  void lift() const { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

// SQL that no verb offers, on a closed store.
void run_sql(const std::string& path, const std::string& sql) {
  sqlite::OpenOptions options;
  options.path = path;
  const auto connection = good(sqlite::Connection::open(options));
  good(connection->execute(sql));
}

}  // namespace

TEST_CASE("sqlite store: a book of format 1 opens, is brought up to date and still adds up") {
  TemporaryFolder folder;
  const std::string path = folder.file("book.db");
  {
    sqlite::OpenOptions options;
    options.path = path;
    const auto connection = good(sqlite::Connection::open(options));
    const Bytes sql = bytes_of_file("tests/golden/store/server_v1.sql");
    good(connection->execute(std::string(text_of(sql))));
  }
  CHECK(code_of_opening(path, true) == Errc::kNotSupported);  // looking on changes nothing
  {
    const auto store = open_store(path);
    CHECK(good(store->head()).version == 14);
    CHECK(good(store->list_users()).size() == 3);
    CHECK(good(store->list_tokens()).empty());
    in_transaction(*store, [&] {
      good(store->put_webhook({uuid_number(1), "u", Bytes(32, 1), {}, true, 14, 0, 0, 0, ""}));
    });
  }
  const auto proof = good(prove_store(path));
  CHECK(proof.head.version == 14);
  CHECK(proof.records > 0);
}

TEST_CASE("store/sqlite: keeps the contract of the port") {
  for (const auto& one : all_cases()) {
    DYNAMIC_SECTION(one.sentence) {
      SqliteUnderTest under_test;
      one.run(under_test);
    }
  }
}

TEST_CASE("store/sqlite: what a commit acknowledged is on the disk") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.file("book.db"));
  const auto pragmas = good(store->pragmas());
  const auto value_of = [&](const std::string& name) {
    for (const auto& [key, value] : pragmas) {
      if (key == name) return value;
    }
    return std::string("missing");
  };
  CHECK(value_of("journal_mode") == "wal");
  CHECK(value_of("synchronous") == "2");
  CHECK(value_of("mmap_size") == "0");
  CHECK(value_of("cache_size") == "-8192");
}

TEST_CASE("store/sqlite: a second server on the same store is refused, readers are not") {
  const TemporaryFolder folder;
  const auto path = folder.file("book.db");
  auto owner = open_store(path);
  in_transaction(*owner, [&] { put_chained_set(*owner, 1, "a"); });

  SqliteStoreOptions options;
  options.path = path;
  const auto second = SqliteServerStore::open(options);
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().code == Errc::kBusy);
  CHECK_THAT(second.error().detail, contains("in use by process " + std::to_string(::getpid())));

  const auto reader = good(SqliteServerStore::open_to_look_on(path));
  CHECK(good(reader->head()).version == 1);
  good(reader->begin());  // one snapshot
  CHECK(good(reader->count_records("visit")) == 1);
  in_transaction(*owner, [&] { put_chained_set(*owner, 2, "b"); });
  CHECK(good(reader->head()).version == 1);
  CHECK(good(reader->count_records("visit")) == 1);
  CHECK(code_of(reader->put_setting("a", Bytes{1})) == Errc::kReadOnly);
  CHECK(code_of(reader->put_commit(commit_number(3))) == Errc::kReadOnly);
  CHECK(code_of(reader->append_epoch({uuid_number(1), {}, 1, {}})) == Errc::kReadOnly);
  good(reader->commit());
  CHECK(good(reader->head()).version == 2);
  CHECK(good(reader->find_record(record_number("visit", 2))).has_value());

  owner.reset();
  CHECK(good(open_store(path)->head()).version == 2);
}

TEST_CASE("store/sqlite: a missing file is not made unless asked") {
  const TemporaryFolder folder;
  CHECK(code_of_opening(folder.file("none.db"), true) == Errc::kNotFound);
  CHECK(code_of_opening(folder.file("none.db"), false, false) == Errc::kNotFound);
  CHECK(folder.files().empty());
}

TEST_CASE("store/sqlite: a store that a newer Daybook wrote is left untouched") {
  const TemporaryFolder folder;
  const auto path = folder.file("book.db");
  make_book(path, 3);
  run_sql(path, "pragma user_version = 999; pragma wal_checkpoint(truncate)");
  const auto before = bytes_of_file(path);
  CHECK(code_of_opening(path) == Errc::kTooNew);
  CHECK(code_of_opening(path, true) == Errc::kTooNew);
  CHECK(bytes_of_file(path) == before);
}

TEST_CASE("store/sqlite: another program's file is left untouched") {
  const TemporaryFolder folder;
  const auto path = folder.file("other.db");
  run_sql(path, "pragma application_id = 7; create table t (x); pragma wal_checkpoint(truncate)");
  const auto before = bytes_of_file(path);
  CHECK(code_of_opening(path) == Errc::kInvalid);
  CHECK(bytes_of_file(path) == before);
  write_file(folder.file("text.db"),
             view_of("this is not a database, it only has a name like one, and a hundred bytes "
                     "and a few more, so that a header could be here"));
  CHECK(code_of_opening(folder.file("text.db")) == Errc::kCorrupt);
}

TEST_CASE("store/sqlite: a damaged page is noticed when the store is opened") {
  const TemporaryFolder folder;
  const auto path = folder.file("book.db");
  make_book(path, 300);
  const auto whole = bytes_of_file(path);
  constexpr std::size_t kPage = 4096;
  REQUIRE(whole.size() > 20 * kPage);
  std::size_t noticed = 0;
  std::size_t pages = 0;
  for (std::size_t at = kPage; at < whole.size(); at += kPage) {
    auto damaged = whole;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), 64, std::uint8_t{0xee});
    write_file(path, damaged);
    ++pages;
    if (code_of_opening(path) == Errc::kCorrupt) ++noticed;
  }
  CHECK(noticed == pages);
  write_file(path, BytesView(whole).first(whole.size() / 2));
  CHECK(code_of_opening(path) == Errc::kCorrupt);
  write_file(path, whole);
  CHECK(code_of_opening(path) == Errc::kOk);
}

TEST_CASE(
    "store/sqlite: of a large file the roots are looked at when it is opened, and the proof reads "
    "all of it") {
  const TemporaryFolder folder;
  SqliteStoreOptions options;
  options.path = folder.file("book.db");
  make_book(options.path, 300);
  options.checked_bytes_max = 0;
  CHECK(code_of(SqliteServerStore::open(options)) == Errc::kOk);
  const auto whole = bytes_of_file(options.path);
  constexpr std::size_t kPage = 4096;
  std::size_t at_opening = 0;
  for (std::size_t at = kPage; at < whole.size(); at += kPage) {
    auto damaged = whole;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), 64, std::uint8_t{0xee});
    write_file(options.path, damaged);
    if (code_of(SqliteServerStore::open(options)) == Errc::kCorrupt) ++at_opening;
    CHECK(code_of(prove_store(options.path)) == Errc::kCorrupt);
  }
  CHECK(at_opening >= 10);
}

TEST_CASE("store/sqlite: bytes that are no record any more are corrupt, not wrong") {
  const TemporaryFolder folder;
  const auto path = folder.file("book.db");
  make_book(path, 3);
  run_sql(path,
          "update records set row = x'ff00' where number = 2; update commits set verdict = 77 "
          "where version = 3");
  const auto store = open_store(path);
  CHECK(code_of(store->find_record(record_number("visit", 1))) == Errc::kOk);
  CHECK(code_of(store->find_record(record_number("visit", 2))) == Errc::kCorrupt);
  CHECK(code_of(store->find_commit(3)) == Errc::kCorrupt);
  CHECK(good(verify_chain(*store)).first_bad == Version{3});
}

TEST_CASE(
    "store/sqlite: when the disk refuses, nothing goes on until the rollback, and nothing "
    "remains") {
  const TemporaryFolder folder;
  SqliteStoreOptions options;
  options.path = folder.file("book.db");
  options.cache_kib = 64;  // a large transaction reaches the disk before its commit
  auto store = good(SqliteServerStore::open(options));
  in_transaction(*store, [&] { put_chained_set(*store, 1, "a"); });
  const FileSizeLimit small(bytes_of_file(options.path + "-wal").size() + 40'000);

  good(store->begin());
  Result<void> put = success();
  std::uint64_t number = 2;
  while (put.ok() && number < 1'000) {
    put = store->put_record(state_of(record_number("visit", number++), 1, std::string(3'000, 'x')),
                            std::nullopt);
  }
  REQUIRE_FALSE(put.ok());
  CHECK((put.error().code == Errc::kIo || put.error().code == Errc::kDiskFull));
  CHECK_FALSE(store->put_setting("a", Bytes{1}).ok());  // it would be written alone
  CHECK_FALSE(store->savepoint().ok());
  CHECK_FALSE(store->commit().ok());
  store->rollback();
  CHECK(good(store->count_records("visit")) == 1);

  small.lift();
  in_transaction(*store, [&] { put_chained_set(*store, 2, "b"); });
  store.reset();
  store = good(SqliteServerStore::open(options));
  CHECK(good(store->count_records("visit")) == 2);
  CHECK_FALSE(good(store->find_setting("a")).has_value());
  CHECK(good(verify_chain(*store)).ok());
}

TEST_CASE("store/sqlite: a store is copied while it serves") {
  const TemporaryFolder folder;
  const auto path = folder.file("book.db");
  const auto store = open_store(path);
  in_transaction(*store, [&] {
    start_epoch(*store, 1);
    for (std::uint64_t number = 1; number <= 50; ++number) put_chained_set(*store, number, "a");
  });
  good(store->begin());
  put_chained_set(*store, 51, "not committed");
  const auto proof = good(copy_store(path, folder.file("copy.db")));
  good(store->commit());
  CHECK(proof.head.version == 50);
  CHECK(proof.records == 50);
  CHECK(proof.size == bytes_of_file(folder.file("copy.db")).size());
  CHECK(folder.files() == std::vector<std::string>{"book.db", "book.db-shm", "book.db-wal",
                                                   "book.db.lock", "copy.db"});
  CHECK(code_of(copy_store(path, folder.file("copy.db"))) == Errc::kAlreadyExists);
  CHECK(code_of(copy_store(folder.file("none.db"), folder.file("copy2.db"))) == Errc::kNotFound);

  const auto copy = open_store(folder.file("copy.db"));
  CHECK(good(copy->head()).version == 50);
  CHECK(good(copy->epochs()).size() == 1);
  in_transaction(*copy, [&] { put_chained_set(*copy, 51, "another future"); });
  CHECK(good(verify_chain(*copy)).ok());
}

TEST_CASE("store/sqlite: a copy of a damaged book is no backup") {
  const TemporaryFolder folder;
  const auto path = folder.file("book.db");
  make_book(path, 20);
  run_sql(path, "update commits set received_ms = received_ms + 1 where version = 12");
  const auto proof = copy_store(path, folder.file("copy.db"));
  REQUIRE_FALSE(proof.ok());
  CHECK(proof.error().code == Errc::kCorrupt);
  CHECK_THAT(proof.error().detail, contains("commit 12"));
  for (const auto& name : folder.files()) CHECK_THAT(name, !contains("copy"));
}

}  // namespace daybook::test
