// SPDX-License-Identifier: Apache-2.0
// The store in memory under the suite, and what only it can do: lose its power.
#include "core/platform/memory_blob_store.hpp"
#include "tests/conformance/blob_store/suite.hpp"

namespace daybook::test {

namespace {

class MemoryUnderTest final : public BlobStoreUnderTest {
 public:
  BlobStore& store() override { return store_; }
  void reopen() override {}  // it lives as long as the object
  void set_full(bool full) override { store_.set_room(full ? 100 : 1'000'000'000); }
  void fail_next_write() override { store_.fail_next_write(Errc::kIo); }

 private:
  MemoryBlobStore store_;
};

}  // namespace

TEST_CASE("blob_store/memory: keeps the contract of the port") {
  for (const auto& one : all_blob_store_cases()) {
    DYNAMIC_SECTION(one.sentence) {
      MemoryUnderTest under_test;
      one.run(under_test);
    }
  }
}

TEST_CASE("blob_store/memory: a power cut loses what was not acknowledged, but for a torn piece") {
  const auto bytes = sample(1'000, 1);
  const BytesView all(bytes);
  for (const std::uint64_t torn : {0, 300, 5'000}) {
    MemoryBlobStore store;
    good(store.grow(upload_number(1), 0, all.first(400)));
    store.cut_power_in_next_write(torn);
    CHECK(code_name(store.grow(upload_number(1), 400, all.subspan(400))) == "io");
    CHECK(store.is_dead());
    CHECK(code_name(store.kept(upload_number(1))) == "io");
    CHECK(code_name(store.drop(upload_number(1))) == "io");
    store.restart();
    const auto kept = good(store.kept(upload_number(1)));
    CHECK(kept == 400 + std::min<std::uint64_t>(torn, 600));
    good(store.grow(upload_number(1), kept, all.subspan(kept)));
    good(store.finish(upload_number(1), sha256(bytes), 1'000));
  }
}

TEST_CASE("blob_store/memory: a power cut in the end leaves either the upload or the content") {
  const auto bytes = sample(1'000, 2);
  for (const bool came_true : {false, true}) {
    MemoryBlobStore store;
    good(store.grow(upload_number(1), 0, bytes));
    store.cut_power_in_next_write(came_true ? 1 : 0);
    CHECK(code_name(store.finish(upload_number(1), sha256(bytes), 1'000)) == "io");
    store.restart();
    CHECK(good(store.size_of(sha256(bytes))).has_value() == came_true);
    CHECK(good(store.kept(upload_number(1))) == (came_true ? 0 : 1'000));
  }
}

}  // namespace daybook::test
