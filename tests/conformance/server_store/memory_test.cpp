// SPDX-License-Identifier: Apache-2.0
// The memory store under the suite, and what only it can do: snapshots and bad days.
#include "sync-server/store/memory/memory_server_store.hpp"
#include "tests/conformance/server_store/samples.hpp"
#include "tests/conformance/server_store/suite.hpp"

namespace daybook::test {

namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  ServerStore& store() override { return store_; }
  void reopen() override {
    store_.rollback();
  }  // it lives as long as the object: a stop takes back what is open

 private:
  MemoryServerStore store_;
};

}  // namespace

TEST_CASE("store/memory: keeps the contract of the port") {
  for (const auto& one : all_cases()) {
    DYNAMIC_SECTION(one.sentence) {
      MemoryUnderTest under_test;
      one.run(under_test);
    }
  }
}

TEST_CASE("store/memory: a snapshot brings back what was, and only that") {
  MemoryServerStore store;
  const auto record = record_number("visit", 1);
  in_transaction(store, [&] {
    good(store.put_commit(commit_number(1)));
    good(store.put_record(state_of(record, 1, "kept"), std::nullopt));
  });
  const auto snapshot = store.snapshot();
  in_transaction(store, [&] {
    good(store.put_commit(commit_number(2)));
    good(store.put_record(state_of(record, 2, "lost"), std::nullopt));
    good(store.put_member(member_of("shared", record, 2)));
  });
  store.restore(snapshot);
  CHECK(good(store.head()).version == 1);
  CHECK(good(store.find_record(record)) == std::optional(state_of(record, 1, "kept")));
  CHECK(good(store.feed_of("shared", 0, std::nullopt, 9)).empty());

  MemoryServerStore other;  // a backup may be brought back into another server
  other.restore(snapshot);
  in_transaction(other, [&] { good(other.put_commit(commit_number(2))); });
  CHECK(good(store.head()).version == 1);
  CHECK(good(other.head()).version == 2);
}

TEST_CASE(
    "store/memory: after a bad write every call fails until the rollback, and nothing remains") {
  MemoryServerStore store;
  in_transaction(store, [&] { good(store.put_setting("a", Bytes{1})); });
  good(store.begin());
  store.fail_after(1, Errc::kDiskFull);
  good(store.put_setting("a", Bytes{2}));
  CHECK(code_of(store.put_setting("b", Bytes{2})) == Errc::kDiskFull);
  CHECK(code_of(store.put_setting("b", Bytes{2})) == Errc::kDiskFull);
  CHECK(code_of(store.find_setting("a")) == Errc::kDiskFull);
  CHECK(code_of(store.rollback_to_savepoint()) == Errc::kDiskFull);
  CHECK(code_of(store.commit()) == Errc::kDiskFull);
  store.rollback();
  CHECK(good(store.find_setting("a")) == std::optional(Bytes{1}));
  CHECK_FALSE(good(store.find_setting("b")).has_value());

  good(store.begin());
  store.fail_after(1, Errc::kIo);
  good(store.put_setting("a", Bytes{3}));
  CHECK(code_of(store.commit()) == Errc::kIo);  // the commit is a write too
  store.rollback();
  CHECK(good(store.find_setting("a")) == std::optional(Bytes{1}));
  in_transaction(store, [&] { good(store.put_setting("a", Bytes{4})); });
}

}  // namespace daybook::test
