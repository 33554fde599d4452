// SPDX-License-Identifier: Apache-2.0
// kill -9 while the SQLite store writes: a child writes groups of sets as ingest does and is killed
// at a random moment; the store that is opened afterwards holds every group that was acknowledged,
// at most one more, each whole, and nothing of any other. Prints where the kills hit. The seed is
// DAYBOOK_SEED, or 1.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <random>

#include "sync-server/store/sqlite/sqlite_server_store.hpp"
#include "tests/conformance/server_store/chained.hpp"
#include "tests/support/temporary_folder.hpp"

namespace daybook::test {

namespace {

constexpr int kKills = 200;
constexpr int kKillsPerStore = 20;
constexpr std::uint64_t kSetsPerGroup = 5;
constexpr std::uint64_t kNeverCommitted =
    50'000'000;  // numbers of sets that a savepoint takes back

enum class Phase : int { kOpening, kBetween, kInTransaction, kInSavepoint, kInCommit, kCount };
constexpr std::array<const char*, 5> kPhaseNames = {"opening", "between groups", "in a transaction",
                                                    "in a savepoint", "in the commit"};

// Seen by both processes; the child's last words.
struct Shared {
  std::atomic<int> phase;
  std::atomic<std::uint64_t> acknowledged;  // groups
};

std::unique_ptr<SqliteServerStore> open_store(const std::string& path) {
  SqliteStoreOptions options;
  options.path = path;
  options.cache_kib = 64;  // so small that a group reaches the disk before its commit
  return good(SqliteServerStore::open(options));
}

void write_group(ServerStore& store, std::uint64_t group, Shared& shared) {
  good(store.begin());
  shared.phase = static_cast<int>(Phase::kInTransaction);
  for (std::uint64_t i = 1; i <= kSetsPerGroup; ++i) {
    const std::uint64_t number = (group - 1) * kSetsPerGroup + i;
    good(store.savepoint());
    shared.phase = static_cast<int>(Phase::kInSavepoint);
    put_chained_set(store, number, std::string(3'000, 'x'));
    good(store.release());
    shared.phase = static_cast<int>(Phase::kInTransaction);
    if (number % 3 != 0) continue;
    good(store.savepoint());
    put_chained_set(store, kNeverCommitted + number, "taken back");
    good(store.rollback_to_savepoint());
  }
  good(store.put_setting(
      "group", Bytes{static_cast<std::uint8_t>(group), static_cast<std::uint8_t>(group >> 8)}));
  shared.phase = static_cast<int>(Phase::kInCommit);
  good(store.commit());
  shared.acknowledged = group;
  shared.phase = static_cast<int>(Phase::kBetween);
}

// The child: writes until it is killed.
[[noreturn]] void write_for_ever(const std::string& path, Shared& shared) {
  const auto store = open_store(path);
  if (good(store->epochs()).empty()) in_transaction(*store, [&] { start_epoch(*store, 1); });
  for (std::uint64_t group = good(store->head()).version / kSetsPerGroup + 1;; ++group) {
    write_group(*store, group, shared);
  }
}

void check_group(ServerStore& store, std::uint64_t group) {
  for (std::uint64_t i = 1; i <= kSetsPerGroup; ++i) {
    const std::uint64_t number = (group - 1) * kSetsPerGroup + i;
    const auto record = record_number("visit", number);
    REQUIRE(good(store.find_record(record)).has_value());
    REQUIRE(good(store.find_member("user:wang", record))->version == number);
    REQUIRE(good(store.history_of(record, 9)) == std::vector<Version>{number});
    REQUIRE(good(store.find_set(uuid_number(100'000 + number)))->version == number);
    REQUIRE(good(store.find_admitted(3, number))->version == number);
  }
}

// Returns the groups that the store holds.
std::uint64_t check_store(const std::string& path, std::uint64_t checked,
                          std::uint64_t acknowledged) {
  const auto store = open_store(path);  // reads all pages
  const auto head = good(store->head());
  REQUIRE(head.version % kSetsPerGroup == 0);
  const std::uint64_t groups = head.version / kSetsPerGroup;
  REQUIRE(groups >= acknowledged);
  REQUIRE(groups <= acknowledged + 1);
  for (std::uint64_t group = checked + 1; group <= groups; ++group) check_group(*store, group);
  CHECK(good(store->count_records("visit")) == head.version);
  CHECK(good(store->feed_of("user:wang", 0, std::nullopt, SIZE_MAX)).size() == head.version);
  const auto chain = good(verify_chain(*store));
  CHECK(chain.ok());
  CHECK(chain.checked == head.version);
  const auto marker = good(store->find_setting("group")).value_or(Bytes{0, 0});
  CHECK(marker == Bytes{static_cast<std::uint8_t>(groups), static_cast<std::uint8_t>(groups >> 8)});
  return groups;
}

// Starts the child, kills it after `delay_us`, and says where that hit.
Phase kill_a_writer(const std::string& path, Shared& shared, unsigned delay_us) {
  shared.phase = static_cast<int>(Phase::kOpening);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) write_for_ever(path, shared);
  ::usleep(delay_us);
  REQUIRE(::kill(child, SIGKILL) == 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));  // it did not end by itself
  return static_cast<Phase>(shared.phase.load());
}

std::uint64_t seed() {
  const char* const text = std::getenv("DAYBOOK_SEED");
  return text == nullptr ? 1 : std::stoull(text);
}

}  // namespace

TEST_CASE("store/sqlite: kill -9 at any moment loses no acknowledged group and keeps no half one") {
  void* const page =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(page != MAP_FAILED);
  auto& shared = *new (page) Shared{};
  std::mt19937_64 random(seed());
  std::array<int, static_cast<std::size_t>(Phase::kCount)> hits{};
  std::uint64_t groups_in_all = 0;
  for (int kills = 0; kills < kKills; kills += kKillsPerStore) {
    const TemporaryFolder folder;
    shared.acknowledged = 0;
    std::uint64_t groups = 0;
    for (int i = 0; i < kKillsPerStore; ++i) {
      INFO("seed " << seed() << ", kill " << kills + i);
      const auto phase =
          kill_a_writer(folder.file("book.db"), shared, static_cast<unsigned>(random() % 60'000));
      ++hits[static_cast<std::size_t>(phase)];
      groups = check_store(folder.file("book.db"), groups, shared.acknowledged);
      shared.acknowledged = groups;
    }
    groups_in_all += groups;
  }
  for (std::size_t i = 0; i < hits.size(); ++i)
    std::printf("%4d kills hit %s\n", hits[i], kPhaseNames[i]);
  std::printf("%llu groups survived, seed %llu\n", static_cast<unsigned long long>(groups_in_all),
              static_cast<unsigned long long>(seed()));
  const int inside = kKills - hits[static_cast<std::size_t>(Phase::kOpening)] -
                     hits[static_cast<std::size_t>(Phase::kBetween)];
  CHECK(inside >= 50);
  ::munmap(page, sizeof(Shared));
}

}  // namespace daybook::test
