// SPDX-License-Identifier: Apache-2.0
// The core's thread: opens before it is asked, answers in order, and what breaks stays broken.
#include "client-lib/abi/core_worker.hpp"

#include "tests/support/catch.hpp"

namespace daybook::abi {
namespace {

Result<Desk> empty_desk() { return Desk{}; }

}  // namespace

TEST_CASE("abi/worker: an error while opening is the answer to starting", "[abi]") {
  const auto worker = CoreWorker::start(
      []() -> Result<Desk> { return failure(Errc::kTooNew, "file"); }, [](Desk&) {});
  REQUIRE_FALSE(worker.ok());
  CHECK(worker.error().code == Errc::kTooNew);
}

TEST_CASE("abi/worker: a broken invariant is answered, and everything after it too", "[abi]") {
  const auto worker = CoreWorker::start(empty_desk, [](Desk&) {});
  REQUIRE(worker.ok());
  const auto ask = [&](bool holds) {
    return (*worker)->ask<int>([&](Desk&) -> Result<int> {
      ensure(holds);
      return 7;
    });
  };
  CHECK(*ask(true) == 7);
  CHECK((*worker)->check().ok());
  const auto broken = ask(false);
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().code == Errc::kInternal);
  CHECK_THAT(broken.error().detail, daybook::test::contains("holds"));
  CHECK_FALSE((*worker)->check().ok());
  CHECK(ask(true).error().code == Errc::kInternal);
}

TEST_CASE("abi/worker: whatever is thrown ends at the thread's door", "[abi]") {
  const auto worker = CoreWorker::start(empty_desk, [](Desk&) {});
  REQUIRE(worker.ok());
  const auto thrown = (*worker)->ask<int>([](Desk&) -> Result<int> { throw 42; });
  REQUIRE_FALSE(thrown.ok());
  CHECK(thrown.error().code == Errc::kInternal);
}

TEST_CASE("abi/worker: what comes after each question runs on the same thread", "[abi]") {
  int after = 0;
  std::thread::id first, second;
  {
    const auto worker = CoreWorker::start(empty_desk, [&](Desk&) {
      ++after;
      second = std::this_thread::get_id();
    });
    REQUIRE(worker.ok());
    for (int i = 0; i < 3; ++i) {
      CHECK((*worker)
                ->ask<int>([&](Desk&) -> Result<int> {
                  first = std::this_thread::get_id();
                  return i;
                })
                .ok());
    }
  }
  CHECK(after == 4);  // once for opening
  CHECK(first == second);
  CHECK(first != std::this_thread::get_id());
}

}  // namespace daybook::abi
