// SPDX-License-Identifier: Apache-2.0
// What each step costs on the line, in bytes of TCP payload. Printed, and bounded, because a line
// that breaks after 2,000 bytes forgives nothing: a longer hello or another header shows here
// first.
#include <cstdio>

#include "client-lib/net/carrier.hpp"
#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/client-lib/net/office_and_phone.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Cost {
  std::uint64_t up;
  std::uint64_t down;
  std::uint64_t both() const { return up + down; }
};

class Meter {
 public:
  explicit Meter(HttpsClient& client) : client_(client) {}
  Cost read(const char* what) {
    const auto now = client_.counters();
    const Cost cost{now.line_up - before_.line_up, now.line_down - before_.line_down};
    before_ = now;
    std::printf("  %-44s up %5llu  down %5llu  both %5llu\n", what,
                static_cast<unsigned long long>(cost.up),
                static_cast<unsigned long long>(cost.down),
                static_cast<unsigned long long>(cost.both()));
    return cost;
  }

 private:
  HttpsClient& client_;
  HttpsCounters before_;
};

// Lets what is on its way arrive.
void settle(HttpsClient& client) {
  REQUIRE(client.pause(50).ok());
  REQUIRE(client.connect().ok());
}

}  // namespace

TEST_CASE("carrier: every step costs no more than it should", "[carrier]") {
  OfficeAndPhone world;
  HttpsClient client(world.direct());
  DeviceSession session(client, world.device, *world.signer);
  Meter meter(client);
  std::printf("bytes on the line:\n");

  REQUIRE(client.connect().ok());
  const auto shaken = meter.read("full handshake, but for its last flight");
  settle(client);
  CHECK(shaken.both() + meter.read("the last flight and the ticket").both() <= 1100);
  REQUIRE(session.make_ready().ok());
  CHECK(meter.read("session: nonce and token").both() <= 900);

  client.disconnect();
  REQUIRE(client.connect().ok());
  settle(client);
  CHECK(client.counters().handshakes_resumed == 1);
  CHECK(meter.read("resumed handshake (and the old goodbye)").both() <= 600);

  const auto id = Uuid::from(some_bytes(16, 5)).value();
  HttpCall ask;
  ask.target = "/v1/exchange/" + to_base64url(id.view());
  REQUIRE(session.request(ask)->status == 200);
  CHECK(meter.read("asking for the state, with proof").both() <= 500);
  REQUIRE(session.request(ask)->status == 200);
  CHECK(meter.read("asking again on the same connection").both() <= 400);

  const Bytes body = some_bytes(500, 6);
  HttpCall part;
  part.method = "POST";
  part.target = "/v1/sync";
  part.content_type = "application/cbor";
  part.headers.push_back({"Exchange", print_exchange({id, 0, 1000, 0})});
  part.body = body;
  REQUIRE(session.request(part)->status == 202);
  const auto half = meter.read("sending 500 bytes, more to come");
  CHECK(half.both() - 500 <= 520);
  part.headers[0].value = print_exchange({id, 500, 1000, 0});
  part.reply_size_max = 2000;
  REQUIRE(session.request(part)->status == 200);
  const auto rest = meter.read("sending 500 bytes, 1,000 come back");
  CHECK(rest.both() - 1500 <= 700);
}
