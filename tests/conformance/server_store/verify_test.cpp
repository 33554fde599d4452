// SPDX-License-Identifier: Apache-2.0
// verify_chain() over the port: a book that was touched shows where.
#include "sync-server/store/memory/memory_server_store.hpp"
#include "tests/conformance/server_store/chained.hpp"

namespace daybook::test {

namespace {

// Ten commits in two epochs; `touch` may change one of them before it is written.
template <class Touch>
ChainCheck check_after(Touch touch) {
  MemoryServerStore store;
  in_transaction(store, [&] {
    start_epoch(store, 1);
    for (std::uint64_t number = 1; number <= 10; ++number) {
      if (number == 7) start_epoch(store, 2);
      auto row = commit_of(0, 3, number);
      row.body = {static_cast<std::uint8_t>(number)};
      row = chained(store, std::move(row));
      touch(row);
      good(store.put_commit(row));
    }
  });
  return good(verify_chain(store));
}

}  // namespace

TEST_CASE("store: a chain of heads over two epochs verifies") {
  const auto check = check_after([](CommitRow&) {});
  CHECK(check.ok());
  CHECK(check.checked == 10);

  MemoryServerStore empty;
  CHECK(good(verify_chain(empty)).ok());
}

TEST_CASE("store: whatever is changed in a commit shows at its version") {
  const std::vector<void (*)(CommitRow&)> touches = {
      [](CommitRow& row) { row.body.push_back(0); },
      [](CommitRow& row) { row.body_hash.raw[3] ^= 1; },
      [](CommitRow& row) { row.verdict = Verdict::kRefused; },
      [](CommitRow& row) { row.outcome = {1}; },
      [](CommitRow& row) { row.received_ms += 1; },
      [](CommitRow& row) { row.set.raw[5] ^= 1; },
  };
  for (const auto touch : touches) {
    for (const Version version : {Version{1}, Version{6}, Version{7}, Version{10}}) {
      const auto check = check_after([&](CommitRow& row) {
        if (row.version == version) touch(row);
      });
      REQUIRE_FALSE(check.ok());
      CHECK(check.first_bad == version);
      CHECK(check.checked == version - 1);
    }
  }
}

TEST_CASE("store: a commit that was written under another epoch shows") {
  MemoryServerStore store;
  good(store.begin());
  start_epoch(store, 1);
  good(store.put_commit(chained(store, commit_number(0))));
  auto foreign = chained(store, commit_number(0));
  foreign.head = head_after(leaf_of(uuid_number(9), good(store.head()).head, foreign));
  good(store.put_commit(foreign));
  good(store.commit());
  CHECK(good(verify_chain(store)).first_bad == Version{2});
}

TEST_CASE("store: versions belong to the epoch that starts before them") {
  const std::vector<EpochRow> log = {{uuid_number(1), {}, 0, {}},
                                     {uuid_number(2), uuid_number(1), 5, {}},
                                     {uuid_number(3), uuid_number(2), 5, {}}};
  CHECK(epoch_of(log, 1) == uuid_number(1));
  CHECK(epoch_of(log, 5) == uuid_number(1));
  CHECK(epoch_of(log, 6) == uuid_number(3));  // nothing was committed in the second
  CHECK(epoch_of({}, 1) == EpochId{});
}

}  // namespace daybook::test
