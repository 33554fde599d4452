// SPDX-License-Identifier: Apache-2.0
// The resumable exchange over real TLS and a line that breaks.
#include "client-lib/net/carrier.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/unit/client-lib/net/office_and_phone.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

Bytes turned(BytesView request) { return {request.rbegin(), request.rend()}; }

void print(const char* what, const Carrier& carrier, const HttpsClient& client) {
  const auto& c = carrier.counters();
  std::printf(
      "%s: %llu connections, %llu cuts, payload up %llu (again %llu) down %llu, line up %llu down "
      "%llu\n",
      what, static_cast<unsigned long long>(c.connections), static_cast<unsigned long long>(c.cuts),
      static_cast<unsigned long long>(c.payload_up),
      static_cast<unsigned long long>(c.payload_resent),
      static_cast<unsigned long long>(c.payload_down),
      static_cast<unsigned long long>(client.counters().line_up),
      static_cast<unsigned long long>(client.counters().line_down));
}

}  // namespace

TEST_CASE("carrier: an exchange goes through whole, and the next needs no new session",
          "[carrier]") {
  OfficeAndPhone world;
  world.office.carry_out = turned;
  HttpsClient client(world.address());
  Carrier carrier(client, world.device, *world.signer, world.rng);
  for (const std::size_t size : {0U, 1U, 1000U, 70'000U, 3'000'000U}) {
    INFO(size);
    const Bytes request = some_bytes(size, size);
    const auto reply = carrier.exchange("/v1/sync", request);
    REQUIRE(reply.ok());
    CHECK(*reply == turned(request));
  }
  CHECK(world.office.sessions_opened() == 1);
  CHECK(world.office.carried_out() == 5);
  CHECK(carrier.counters().cuts == 0);
  CHECK(carrier.counters().payload_resent == 0);
  CHECK(client.counters().connections == 1);
  REQUIRE(carrier.terms().has_value());
  CHECK(carrier.terms()->lifetime_s == 900);
}

TEST_CASE(
    "carrier: over a line that breaks after every 2,000 bytes both ways it still gets through",
    "[carrier]") {
  OfficeAndPhone world;
  world.office.carry_out = turned;
  LineFaults faults;
  faults.cut_every_bytes = 2000;
  world.line->apply(faults);
  HttpsClient client(world.address());
  Carrier carrier(client, world.device, *world.signer, world.rng);
  const Bytes request = some_bytes(20'000, 4);
  auto reply = carrier.exchange("/v1/sync", request);
  INFO((reply.ok() ? std::string() : to_string(reply.error())));
  REQUIRE(reply.ok());
  CHECK(*reply == turned(request));
  CHECK(world.office.carried_out() == 1);
  CHECK(world.line->counters().cuts >= 10);
  CHECK(carrier.counters().cuts > 0);
  print("2,000 bytes a connection, 20,000 there and back", carrier, client);
}

TEST_CASE("carrier: wherever the line is cut, the exchange ends well and once", "[carrier]") {
  for (std::uint64_t cut = 1400; cut <= 6000; cut += 317) {
    INFO("cut every " << cut);
    OfficeAndPhone world(cut);
    world.office.carry_out = turned;
    LineFaults faults;
    faults.cut_every_bytes = cut;
    faults.cut_spread_percent = 20;
    world.line->apply(faults);
    HttpsClient client(world.address());
    Carrier carrier(client, world.device, *world.signer, world.rng);
    const Bytes request = some_bytes(3000, cut);
    Result<Bytes> reply = failure(Errc::kCut);
    for (int tries = 0; tries < 60 && !reply.ok(); ++tries) {
      reply = carrier.exchange("/v1/sync", request);
      if (!reply.ok()) REQUIRE(reply.error().code == Errc::kCut);
    }
    REQUIRE(reply.ok());
    CHECK(*reply == turned(request));
    CHECK(world.office.carried_out() == 1);
  }
}

TEST_CASE("carrier: a line that carries no handshake gives up, and the same exchange goes on later",
          "[carrier]") {
  OfficeAndPhone world;
  HttpsClient client(world.address());
  Carrier carrier(client, world.device, *world.signer, world.rng);
  const Bytes request = some_bytes(50'000, 9);
  LineFaults faults;
  faults.cut_every_bytes = 20'000;
  world.line->apply(faults);
  // Part of it, then nothing at all.
  std::thread worse([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    LineFaults bad;
    bad.cut_every_bytes = 300;
    world.line->apply(bad);
  });
  auto first = carrier.exchange("/v1/sync", request);
  worse.join();
  if (!first.ok()) {
    CHECK(first.error().code == Errc::kCut);
    world.line->apply({});
    first = carrier.exchange("/v1/sync", request);
  }
  REQUIRE(first.ok());
  CHECK(*first == request);
  CHECK(world.office.carried_out() == 1);
}

TEST_CASE("carrier: a lost reply is fetched, not made again", "[carrier]") {
  OfficeAndPhone world;
  HttpsClient client(world.address());
  Carrier carrier(client, world.device, *world.signer, world.rng);
  REQUIRE(carrier.exchange("/v1/sync", some_bytes(10, 1)).ok());
  LineFaults faults;
  faults.lose_replies = 1;
  world.line->apply(faults);
  const auto reply = carrier.exchange("/v1/sync", some_bytes(800, 2));
  REQUIRE(reply.ok());
  CHECK(*reply == some_bytes(800, 2));
  CHECK(world.office.carried_out() == 2);
  CHECK(carrier.counters().cuts == 1);
  CHECK(carrier.counters().payload_resent == 0);
}

TEST_CASE(
    "carrier: an office that forgot gets everything again, one that was restarted may answer anew",
    "[carrier]") {
  OfficeAndPhone world;
  HttpsClient client(world.address());
  Carrier carrier(client, world.device, *world.signer, world.rng);
  int times = 0;
  world.office.carry_out = [&](BytesView) {
    return some_bytes(40'000, static_cast<std::uint64_t>(++times));
  };
  LineFaults faults;
  faults.cut_every_bytes = 9000;
  world.line->apply(faults);
  std::thread restart([&] {
    while (world.office.carried_out() == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(8));
    world.office.forget_exchanges();
    world.office.forget_tokens();
  });
  const auto reply = carrier.exchange("/v1/sync", some_bytes(30'000, 3));
  restart.join();
  INFO((reply.ok() ? std::string() : to_string(reply.error())));
  REQUIRE(reply.ok());
  CHECK((*reply == some_bytes(40'000, 1) || *reply == some_bytes(40'000, 2)));
}

TEST_CASE("carrier: a token is renewed when it is refused, and a revoked phone stops",
          "[carrier]") {
  OfficeAndPhone world;
  HttpsClient client(world.address());
  Carrier carrier(client, world.device, *world.signer, world.rng);
  REQUIRE(carrier.exchange("/v1/sync", some_bytes(10, 1)).ok());
  world.office.forget_tokens();
  REQUIRE(carrier.exchange("/v1/sync", some_bytes(5000, 2)).ok());
  CHECK(world.office.sessions_opened() == 2);
  world.office.revoke();
  const auto refused = carrier.exchange("/v1/sync", some_bytes(10, 3));
  CHECK(refused.error().code == Errc::kRevoked);
}

TEST_CASE("carrier: a token is worth nothing on another connection or with another key",
          "[carrier]") {
  OfficeAndPhone world;
  const Bytes other_seed(32, 8);
  const auto thief = std::move(ed25519_signer(other_seed)).value();
  HttpsClient client(world.address());
  Carrier carrier(client, world.device, *thief, world.rng);
  CHECK(carrier.exchange("/v1/sync", some_bytes(10, 1)).error().code == Errc::kUnauthorized);
  CHECK(world.office.carried_out() == 0);

  HttpsClient honest_client(world.address());
  Carrier honest(honest_client, world.device, *world.signer, world.rng);
  REQUIRE(honest.exchange("/v1/sync", some_bytes(10, 1)).ok());
  const auto refused = world.office.tokens_refused();
  honest_client.disconnect();
  REQUIRE(
      honest.exchange("/v1/sync", some_bytes(10, 2)).ok());  // a new connection brings a new proof
  CHECK(world.office.tokens_refused() == refused);
}

TEST_CASE("carrier: an answer that is not to this exchange acknowledges nothing", "[carrier]") {
  OfficeAndPhone world;
  HttpsClient client(world.address());
  Carrier carrier(client, world.device, *world.signer, world.rng);
  const Bytes request = some_bytes(100, 1);
  const auto replace = [](http::Response& response, std::string_view name,
                          const std::string& value) {
    for (auto& header : response.headers) {
      if (header.name == name) header.value = value;
    }
  };
  std::string field;
  std::function<void(http::Response&)> spoil;
  const auto tried = [&](std::string expected) {
    world.office.spoil = spoil;
    const auto reply = carrier.exchange("/v1/sync", request);
    REQUIRE_FALSE(reply.ok());
    CHECK(reply.error().code == Errc::kUntrusted);
    CHECK(reply.error().field == expected);
  };
  spoil = [&](http::Response& r) { replace(r, "exchange-id", "AAAAAAAAAAAAAAAAAAAAAA"); };
  tried("exchange-id");
  spoil = [&](http::Response& r) { r.headers.clear(); };
  tried("exchange-id");
  spoil = [&](http::Response& r) { replace(r, "exchange-state", "received=100;reply=0100"); };
  tried("exchange-state");
  spoil = [&](http::Response& r) { replace(r, "exchange-state", "received=101;reply=-"); };
  tried("exchange-state");
  spoil = [&](http::Response& r) { replace(r, "exchange-digest", "short"); };
  tried("exchange-digest");
  spoil = [&](http::Response& r) {
    r.content_type = "text/html";
    if (r.body.empty()) r.status = 302;
  };
  tried("office");
  // Every byte right but one: the digest finds it.
  spoil = [&](http::Response& r) {
    if (!r.body.empty()) r.body[0] ^= 1;
  };
  tried("exchange-digest");
  world.office.spoil = [](http::Response&) {};
  const auto reply = carrier.exchange("/v1/sync", request);
  REQUIRE(reply.ok());
  CHECK(*reply == request);
}

TEST_CASE("carrier: a captive portal and an interceptor are strangers, and nothing is said to them",
          "[carrier]") {
  OfficeAndPhone world;
  HttpsClient client(world.address());
  Carrier carrier(client, world.device, *world.signer, world.rng);
  LineFaults faults;
  faults.mode = LineMode::portal;
  world.line->apply(faults);
  const auto at_portal = carrier.exchange("/v1/sync", some_bytes(10, 1));
  CHECK(at_portal.error().code == Errc::kUntrusted);
  CHECK(world.line->counters().portal_answers >= 1);

  OfficeAndPhone stranger(2);
  HttpsClient fooled({"127.0.0.1", stranger.line->port(), {world.door.pin()}});
  Carrier to_stranger(fooled, world.device, *world.signer, world.rng);
  const auto refused = to_stranger.exchange("/v1/sync", some_bytes(10, 1));
  CHECK(refused.error().code == Errc::kUntrusted);
  CHECK(refused.error().field == "tls.pin");
  CHECK(stranger.office.sessions_opened() == 0);

  world.line->apply({});
  CHECK(carrier.exchange("/v1/sync", some_bytes(10, 1)).ok());
}
