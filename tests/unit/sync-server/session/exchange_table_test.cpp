// SPDX-License-Identifier: Apache-2.0
// What the office keeps of exchanges that broke: every byte that came through stays through.
#include "sync-server/session/exchange_table.hpp"

#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_ports.hpp"

using namespace daybook;
using namespace daybook::test;
using Step = ExchangeTable::Step;

namespace {

struct Table {
  ManualClock clock;
  SeededRng rng{7};
  ExchangeTable exchanges{clock};
  DeviceId device = rng.draw<DeviceId>();
  Uuid id = rng.draw<Uuid>();

  Step take(std::uint64_t offset, std::string_view body, std::uint64_t total) {
    const auto step =
        exchanges.take(device, "/v1/sync", {id, offset, total, 0}, view_of(body), 1000);
    REQUIRE(step.ok());
    return *step;
  }
};

}  // namespace

TEST_CASE("exchange: a request survives cuts at every byte and is carried out once", "[session]") {
  const std::string request = "0123456789";
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    Table table;
    CHECK(table.take(0, request.substr(0, cut), 10) == Step::kPart);
    CHECK(table.take(cut + 1, "", 10) == Step::kWrongOffset);
    CHECK(table.exchanges.state_of(table.device, table.id).received == cut);
    CHECK(table.take(cut - 1, request.substr(cut - 1), 10) == Step::kWhole);
    CHECK(text_of(table.exchanges.take_request(table.device, table.id)) == request);
    CHECK(table.take(10, "", 10) == Step::kRunning);
    table.exchanges.replied(table.device, table.id, {1, 2, 3});
    CHECK(table.take(10, "", 10) == Step::kReplied);
    CHECK(table.exchanges.reply_of(table.device, table.id)->size() == 3);
  }
}

TEST_CASE("exchange: what failed keeps its request and the same piece tries again", "[session]") {
  Table table;
  CHECK(table.take(0, "abc", 3) == Step::kWhole);
  table.exchanges.failed(table.device, table.id,
                         table.exchanges.take_request(table.device, table.id));
  CHECK(table.take(3, "", 3) == Step::kWhole);
  CHECK(text_of(table.exchanges.take_request(table.device, table.id)) == "abc");
}

TEST_CASE(
    "exchange: another device's id is unknown, another total is refused, and memory is bounded",
    "[session]") {
  Table table;
  CHECK(table.take(0, "abc", 5) == Step::kPart);
  CHECK(table.exchanges.state_of(table.rng.draw<DeviceId>(), table.id).received == 0);
  CHECK(
      table.exchanges.take(table.device, "/v1/sync", {table.id, 3, 6, 0}, {}, 1000).error().code ==
      Errc::kInvalid);
  CHECK(table.exchanges.take(table.device, "/v1/sync", {table.id, 0, 2000, 0}, {}, 1000)
            .error()
            .code == Errc::kTooLarge);
  const Uuid first = table.id;
  for (int i = 0; i < 4; ++i) {
    table.id = table.rng.draw<Uuid>();
    CHECK(table.take(0, "abc", 5) == Step::kPart);
  }
  CHECK(table.exchanges.state_of(table.device, first).received == 0);
}

TEST_CASE("exchange: a reply is kept for an hour, and what others hold costs a phone nothing",
          "[session]") {
  Table table;
  const DeviceId first = table.device;
  const Uuid first_id = table.id;
  CHECK(table.take(0, "abc", 3) == Step::kWhole);
  static_cast<void>(table.exchanges.take_request(table.device, table.id));
  table.exchanges.replied(table.device, table.id, {1, 2, 3});
  for (int i = 0; i < 100; ++i) {
    table.device = table.rng.draw<DeviceId>();
    table.id = table.rng.draw<Uuid>();
    CHECK(table.take(0, "abc", 5) == Step::kPart);
  }
  CHECK(table.exchanges.reply_of(first, first_id).has_value());
  table.clock.advance(62 * 60 * 1000);
  table.id = table.rng.draw<Uuid>();
  CHECK(table.take(0, "abc", 5) == Step::kPart);
  CHECK_FALSE(table.exchanges.reply_of(first, first_id).has_value());
}

TEST_CASE("exchange: the header is read by the letter", "[session]") {
  const std::string id(22, 'A');
  CHECK(read_exchange_header(id + ";0;10;0").ok());
  for (const char* bad :
       {"", ";00;10;0", ";-1;10;0", ";0;10", ";0;10;0;0", "; 0;10;0", ";0;99999999999;0"}) {
    INFO(bad);
    CHECK(!read_exchange_header(id + bad).ok());
  }
  CHECK(!read_exchange_header("AAAA;0;10;0").ok());
}
