// SPDX-License-Identifier: Apache-2.0
// What waits for the host app is bounded, and nothing of it is lost without a word.
#include "client-lib/abi/event_queue.hpp"

#include "tests/support/catch.hpp"

namespace daybook::abi {
namespace {

std::string next(EventQueue& events) {
  const auto event = events.next(0);
  return event.ok() ? *event : std::string(name_of(event.error().code));
}

Uuid id_of(std::uint16_t number) {
  Uuid id;
  id.raw[14] = static_cast<std::uint8_t>(number >> 8);
  id.raw[15] = static_cast<std::uint8_t>(number);
  return id;
}

}  // namespace

TEST_CASE("abi/events: changes of one watch wait as one event", "[abi]") {
  EventQueue events;
  REQUIRE(events.add_watch({"visit", "part"}).ok());
  events.note_records("visit", {id_of(1)});
  events.note_records("visit", {id_of(2), id_of(1)});
  events.note_records("part", {});
  events.note_records("customer", {id_of(3)});
  CHECK(
      next(events) ==
      R"({"event":"watch","watch":1,"changes":[{"collection":"part"},{"collection":"visit","ids":[)"
      R"("00000000-0000-0000-0000-000000000001","00000000-0000-0000-0000-000000000002"]}]})");
  CHECK(next(events) == "timed_out");
}

TEST_CASE("abi/events: more ids than an event holds stand for the whole collection", "[abi]") {
  EventQueue events;
  REQUIRE(events.add_watch({"visit"}).ok());
  for (std::uint16_t i = 0; i <= kIdsPerEventMax; ++i) events.note_records("visit", {id_of(i)});
  CHECK(next(events) == R"({"event":"watch","watch":1,"changes":[{"collection":"visit"}]})");
}

TEST_CASE("abi/events: receipts beyond the limit are counted as missed, once", "[abi]") {
  EventQueue events;
  for (std::size_t i = 0; i < kReceiptsWaitingMax + 50; ++i) events.note_receipt("{}");
  CHECK_FALSE(events.has_room_for_receipt());
  for (std::size_t i = 0; i < kReceiptsWaitingMax; ++i)
    CHECK(next(events) == R"({"event":"receipt","receipt":{}})");
  CHECK(next(events) == R"({"event":"missed"})");
  CHECK(next(events) == "timed_out");
  CHECK(events.has_room_for_receipt());
}

TEST_CASE("abi/events: a watch that is taken away takes its event with it", "[abi]") {
  EventQueue events;
  const auto watch = events.add_watch({"visit"});
  REQUIRE(watch.ok());
  events.note_records("visit", {});
  CHECK(events.remove_watch(*watch).ok());
  CHECK_FALSE(events.remove_watch(*watch).ok());
  CHECK(next(events) == "timed_out");
  for (std::size_t i = 0; i < kWatchesMax; ++i) CHECK(events.add_watch({"visit"}).ok());
  CHECK_FALSE(events.add_watch({"visit"}).ok());
}

TEST_CASE("abi/events: the same news waits once, and an interruption is told once", "[abi]") {
  EventQueue events;
  events.note_status();
  events.note_schema();
  events.note_status();
  events.interrupt();
  CHECK(next(events) == "closed");
  CHECK(next(events) == R"({"event":"status"})");
  CHECK(next(events) == R"({"event":"schema"})");
  CHECK(next(events) == "timed_out");
}

}  // namespace daybook::abi
