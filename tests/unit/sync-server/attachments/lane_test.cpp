// SPDX-License-Identifier: Apache-2.0
// Who may bring what, who may read it, and what the book says of it.
#include "tests/unit/sync-server/attachments/lane_world.hpp"

using namespace daybook;
using namespace daybook::test;

TEST_CASE("lane: a set that names a content promises it, whatever becomes of the set",
          "[attachments]") {
  LaneWorld house;
  const auto digest = house.name(house.li, house.visit, bytes_of("photo"));
  auto promises = must(house.world.store.promises_of(digest, 10));
  REQUIRE(promises.size() == 1);
  CHECK(promises[0].device == house.li.device);
  CHECK(promises[0].record == house.visit);
  CHECK_FALSE(promises[0].kept);
  // Of a visit that is not his.
  const auto other = house.name(house.wang, house.visit, bytes_of("another"));
  promises = must(house.world.store.promises_of(other, 10));
  REQUIRE(promises.size() == 1);
  CHECK(promises[0].device == house.wang.device);
}

TEST_CASE("lane: only what a set of the device names may come", "[attachments]") {
  LaneWorld house;
  const auto digest = house.name(house.li, house.visit, bytes_of("photo"));
  const auto admitted = house.admit(house.li, digest);
  REQUIRE(admitted.ok());
  CHECK_FALSE(admitted->is_here);
  CHECK(admitted->size == 5);
  CHECK(house.admit(house.wang, digest).error().code == Errc::kNotFound);
  CHECK(house.admit(house.li, sha256(bytes_of("unknown"))).error().code == Errc::kNotFound);
}

TEST_CASE("lane: what another device brought is here for this one when it has proved or brought it",
          "[attachments]") {
  LaneWorld house;
  const auto digest = house.name(house.li, house.visit, bytes_of("plate"));
  house.arrived(house.li, digest, 5);
  CHECK(must(house.admit(house.li, digest)).is_here);
  house.name(house.wang, house.visit, bytes_of("plate"));
  CHECK_FALSE(must(house.admit(house.wang, digest)).is_here);
  house.arrived(house.wang, digest, 5);
  CHECK(must(house.admit(house.wang, digest)).is_here);
  // Stored once, brought by the first; two facts.
  CHECK(must(house.world.store.find_content(digest))->device == house.li.device);
  CHECK(must(house.world.store.promises_of(digest, 10)).size() == 2);
}

TEST_CASE("lane: a device reads what a record in its scopes has by a kept promise",
          "[attachments]") {
  LaneWorld house;
  const auto digest = house.name(house.li, house.visit, bytes_of("photo"));
  CHECK(house.reads(house.li, digest).error().code == Errc::kNotFound);  // nothing is here
  house.arrived(house.li, digest, 5);
  CHECK(must(house.reads(house.li, digest)) == 5);
  CHECK(house.reads(house.wang, digest).error().code == Errc::kNotFound);  // not his visit
  // He names the digest in a record of his own: that proves nothing.
  house.name(house.wang, house.visit_of("wang"), bytes_of("photo"));
  CHECK(house.reads(house.wang, digest).error().code == Errc::kNotFound);
  house.arrived(house.wang, digest, 5);
  CHECK(must(house.reads(house.wang, digest)) == 5);
}

TEST_CASE("lane: quotas of a record and of a day, and what they say", "[attachments]") {
  LaneWorld house;
  house.limits.record_bytes_max = 10;
  house.limits.device_day_bytes_max = 12;
  const auto first = house.name(house.li, house.visit, bytes_of("12345678"));
  const auto second = house.name(house.li, house.visit, bytes_of("abc"));
  REQUIRE(house.admit(house.li, first).ok());
  house.arrived(house.li, first, 8);
  CHECK(house.admit(house.li, second).error().code == Errc::kTooLarge);
  CHECK(house.admit(house.li, second).error().field == "quota.record");
  const auto third = house.name(house.li, house.visit_of("li"), bytes_of("ABCDE"));
  CHECK(house.admit(house.li, third).error().code == Errc::kBusy);
  CHECK(house.admit(house.li, third).error().field == "quota.day");
  house.world.clock.advance(25LL * 60 * 60 * 1000);
  CHECK(house.admit(house.li, third).ok());
}

TEST_CASE("lane: what was removed for privacy does not come again, and is not given",
          "[attachments]") {
  LaneWorld house;
  const auto digest = house.name(house.li, house.visit, bytes_of("photo"));
  house.arrived(house.li, digest, 5);
  auto content = *must(house.world.store.find_content(digest));
  content.removed_ms = 1;
  content.removed_why = "the customer asked";
  house.world.within([&] { return must(house.world.store.put_content(content)), 0; });
  const auto again = house.admit(house.li, digest);
  CHECK(again.error().code == Errc::kForbidden);
  CHECK(again.error().detail == "removed: the customer asked");
  CHECK(house.ask([&](Lane& lane) { return lane.show(digest); }).error().code == Errc::kForbidden);
  CHECK_FALSE(house.reads(house.li, digest).ok());
}

TEST_CASE("lane: headquarters is told a type only where nothing runs in it", "[attachments]") {
  LaneWorld house;
  const auto digest = house.name(house.li, house.visit, bytes_of("photo"));
  house.arrived(house.li, digest, 5);
  const auto show = [&] { return must(house.ask([&](Lane& lane) { return lane.show(digest); })); };
  CHECK(show().media_type == "image/jpeg");
  CHECK(show().ending == ".jpg");
  auto promise = must(house.world.store.promises_of(digest, 1)).at(0);
  promise.media_type = "text/html";
  house.world.within([&] { return must(house.world.store.put_promise(promise)), 0; });
  CHECK(show().media_type == "application/octet-stream");
}

TEST_CASE("lane: what a phone brought for one set is kept for the next that names it",
          "[attachments]") {
  LaneWorld house;
  const auto photo = house.name(house.li, house.visit, bytes_of("a plate"));
  house.arrived(house.li, photo, 7);
  house.name(house.li, house.visit_of("li"), bytes_of("a plate"));
  house.name(house.wang, house.visit_of("wang"), bytes_of("a plate"));
  const auto promises = must(house.world.store.promises_of(photo, 10));
  REQUIRE(promises.size() == 3);
  for (const auto& promise : promises) CHECK(promise.kept == (promise.device == house.li.device));
  CHECK(must(house.admit(house.li, photo)).is_here);
  CHECK_FALSE(must(house.admit(house.wang, photo)).is_here);
}
