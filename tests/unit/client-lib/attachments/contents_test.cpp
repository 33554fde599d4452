// SPDX-License-Identifier: Apache-2.0
// What goes next in the lane, and what becomes of what does not get through.
#include "client-lib/attachments/contents.hpp"

#include "client-lib/local/sqlite/sqlite_local_store.hpp"
#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

Digest content(std::uint8_t number) {
  Digest digest;
  digest.raw.fill(number);
  return digest;
}

LocalStoreOptions in_memory() {
  LocalStoreOptions options;
  options.path = ":memory:";
  return options;
}

struct LanePhone {
  std::unique_ptr<LocalStore> store = want(open_sqlite_local_store(in_memory()));
  ManualClock clock;
  Contents contents{*store, clock};

  // As a commit leaves it: the set `set` names it.
  void name(std::uint8_t number, std::uint64_t set, std::uint8_t priority = 2) {
    want(contents.added(content(number), 1000, std::nullopt));
    auto row = *want(contents.find(content(number)));
    row.state = ContentState::kWaiting;
    row.number = set;
    row.priority = priority;
    want(store->begin());
    want(store->put_content(row));
    want(store->commit());
  }
  // Only looks: nothing is under way afterwards.
  std::optional<Digest> next(std::uint64_t held = 100, bool metered = false) {
    const auto row = want(contents.next(held, metered));
    contents.stopped();
    return row ? std::optional(row->digest) : std::nullopt;
  }
  void stopped(std::uint8_t number, Error why, std::uint64_t bytes = 0) {
    want(contents.carried(content(number), 1000, {bytes, std::move(why)}));
  }
  void through(std::uint8_t number) {
    want(contents.carried(content(number), 1000, {1000, std::nullopt}));
  }
  LocalContent row(std::uint8_t number) { return *want(contents.find(content(number))); }
};

}  // namespace

TEST_CASE("contents: signatures go first, then evidence, then the rest, each in its order",
          "[attachments]") {
  LanePhone phone;
  phone.name(1, 1, 2);
  phone.name(2, 2, 1);
  phone.name(3, 3, 0);
  phone.name(4, 4, 1);
  for (const std::uint8_t expected : std::vector<std::uint8_t>{3, 2, 4, 1}) {
    CHECK(phone.next() == content(expected));
    phone.through(expected);
    CHECK(phone.row(expected).state == ContentState::kBrought);
    CHECK(phone.row(expected).carried == 1000);
  }
  CHECK_FALSE(phone.next());
}

TEST_CASE("contents: nothing goes before the office has the set that names it", "[attachments]") {
  LanePhone phone;
  phone.name(1, 5);
  CHECK_FALSE(phone.next(4));
  CHECK(phone.next(5) == content(1));
  want(phone.contents.added(content(2), 7, std::nullopt));
  phone.through(1);
  CHECK_FALSE(phone.next());  // no set names the other
}

TEST_CASE("contents: on a metered line what may wait waits, what is wanted now does not",
          "[attachments]") {
  LanePhone phone;
  phone.name(1, 1, 0);
  phone.name(2, 2);
  want(phone.contents.choose_line(content(1), ContentLine::kUnmetered));
  CHECK(phone.next(100, true) == content(2));
  CHECK(phone.next(100, false) == content(1));
  want(phone.contents.choose_line(content(2), ContentLine::kNow));
  CHECK(phone.next(100, false) == content(2));
}

TEST_CASE("contents: what somebody asked for comes before what the office can wait for",
          "[attachments]") {
  LanePhone phone;
  phone.name(1, 1, 0);
  want(phone.contents.want(content(9)));
  CHECK(phone.next() == content(9));
  want(phone.contents.carried(content(9), 4321, {4321, std::nullopt}));
  CHECK(phone.row(9).state == ContentState::kFetched);
  CHECK(phone.row(9).size == 4321);
  CHECK(phone.next() == content(1));
}

TEST_CASE("contents: a line that fails pauses the lane, longer each time, and is tried again",
          "[attachments]") {
  LanePhone phone;
  phone.name(1, 1);
  phone.name(2, 2);
  phone.stopped(1, failure(Errc::kCut, "line"), 300);
  CHECK(phone.row(1).carried == 300);
  CHECK(phone.row(1).trouble->code == Errc::kCut);
  CHECK(phone.next() == content(1));  // it carried something: go on at once
  phone.stopped(1, failure(Errc::kCut, "line"), 300);
  CHECK_FALSE(phone.next());
  CHECK(phone.contents.retry_in_ms() == 1'000);
  phone.clock.advance(1'000);
  CHECK(phone.next() == content(1));
  phone.stopped(1, failure(Errc::kOffline, "line"));
  CHECK(phone.contents.retry_in_ms() == 2'000);
  for (int i = 0; i < 20; ++i) phone.stopped(1, failure(Errc::kOffline, "line"));
  CHECK(phone.contents.retry_in_ms() == 300'000);
  phone.clock.advance(300'000);
  phone.through(1);
  CHECK(phone.next() == content(2));
  CHECK(phone.contents.retry_in_ms() == -1);
}

TEST_CASE("contents: one that is refused for good holds up no other", "[attachments]") {
  for (const Errc code :
       {Errc::kForbidden, Errc::kTooLarge, Errc::kWrongHash, Errc::kInvalid, Errc::kWrongType}) {
    LanePhone phone;
    phone.name(1, 1);
    phone.name(2, 2);
    phone.stopped(1, failure(code, "content", "why"));
    CHECK(phone.row(1).state == ContentState::kRefused);
    CHECK(phone.row(1).trouble->detail == "why");
    CHECK(phone.next() == content(2));
  }
}

TEST_CASE("contents: one whose day's quota is used up waits alone", "[attachments]") {
  LanePhone phone;
  phone.name(1, 1);
  phone.name(2, 2);
  phone.stopped(1, failure(Errc::kBusy, "quota.day"));
  CHECK(phone.row(1).state == ContentState::kWaiting);
  CHECK(phone.next() == content(2));
  phone.through(2);
  CHECK_FALSE(phone.next());
  CHECK(phone.contents.retry_in_ms() == 60'000);
  phone.clock.advance(60'000);
  CHECK(phone.next() == content(1));
}

TEST_CASE("contents: what no set names may go, evidence stays", "[attachments]") {
  LanePhone phone;
  want(phone.contents.added(content(1), 1, std::nullopt));
  phone.name(2, 2);
  want(phone.contents.forget(content(1)));
  CHECK_FALSE(want(phone.contents.find(content(1))).has_value());
  CHECK(phone.contents.forget(content(2)).error().code == Errc::kForbidden);
  CHECK(phone.contents.forget(content(3)).error().code == Errc::kNotFound);
}

TEST_CASE("contents: an office that was restored is asked again for all it had", "[attachments]") {
  LanePhone phone;
  phone.name(1, 1);
  phone.name(2, 2);
  phone.through(1);
  phone.stopped(2, failure(Errc::kForbidden, "content", "removed"));
  want(phone.store->begin());
  want(phone.contents.office_restored());
  want(phone.store->commit());
  CHECK(phone.row(1).state == ContentState::kWaiting);
  CHECK(phone.row(1).carried == 0);
  CHECK(phone.row(2).state == ContentState::kRefused);
}

TEST_CASE("contents: added again, it is as it was", "[attachments]") {
  LanePhone phone;
  phone.name(1, 1);
  phone.through(1);
  want(phone.contents.added(content(1), 1000, ContentLine::kNow));
  CHECK(phone.row(1).state == ContentState::kBrought);
  want(phone.contents.want(content(1)));
  CHECK(phone.row(1).state == ContentState::kBrought);
}

TEST_CASE(
    "contents: what is under way is not given to the next line, until it is known what came of it",
    "[attachments]") {
  LanePhone phone;
  phone.name(1, 1);
  phone.name(2, 2);
  CHECK(want(phone.contents.next(100, false))->digest == content(1));
  CHECK(want(phone.contents.next(100, false))->digest == content(2));
  CHECK_FALSE(want(phone.contents.next(100, false)).has_value());
  phone.stopped(2, failure(Errc::kBusy, "quota.day"));
  phone.through(1);
  CHECK_FALSE(want(phone.contents.next(100, false)).has_value());
  phone.clock.advance(60'000);
  CHECK(want(phone.contents.next(100, false))->digest == content(2));
}

TEST_CASE("contents: only what is safe is freed, the oldest first, and no more than must be",
          "[attachments]") {
  LanePhone phone;
  for (std::uint8_t number = 1; number <= 4; ++number) {
    phone.clock.advance(1000);
    phone.name(number, number);
    phone.through(number);
  }
  for (const std::uint8_t number : std::vector<std::uint8_t>{3, 1, 2})
    want(phone.contents.stands(content(number), false, true));
  const auto freed = want(phone.contents.free(1500, 100));
  REQUIRE(freed.size() == 2);
  CHECK(freed[0].digest == content(1));
  CHECK(freed[1].digest == content(2));
  CHECK(phone.row(1).state == ContentState::kFreed);
  CHECK(phone.row(3).state == ContentState::kSafe);
  CHECK(phone.row(4).state == ContentState::kBrought);  // the office has it, no backup has
  // Whoever was killed before the bytes went is told of them again.
  CHECK(want(phone.contents.free(1500, 100)).size() == 2);
}

TEST_CASE("contents: a freed one is fetched when somebody wants it, and not offered meanwhile",
          "[attachments]") {
  LanePhone phone;
  phone.name(1, 1);
  phone.through(1);
  want(phone.contents.stands(content(1), false, true));
  want(phone.contents.free(0, 100));
  want(phone.contents.stands(content(1), true, false));
  CHECK_FALSE(phone.next());  // it has nothing to bring
  want(phone.contents.want(content(1)));
  CHECK(phone.next() == content(1));
  phone.through(1);
  CHECK(phone.row(1).state == ContentState::kFetched);
}

TEST_CASE("contents: what the office asks for again goes again, and is no longer safe",
          "[attachments]") {
  LanePhone phone;
  phone.name(1, 1);
  phone.name(2, 2);
  phone.through(1);
  phone.through(2);
  want(phone.contents.stands(content(1), false, true));
  std::optional<LocalContent> after;
  CHECK(want(phone.contents.to_ask_after(after, 1)).front().digest == content(1));
  CHECK(want(phone.contents.to_ask_after(after, 1)).front().digest == content(2));
  CHECK(want(phone.contents.to_ask_after(after, 1)).empty());
  want(phone.contents.stands(content(1), true, false));
  CHECK(phone.next() == content(1));
  CHECK(want(phone.contents.free(0, 100)).empty());
}
