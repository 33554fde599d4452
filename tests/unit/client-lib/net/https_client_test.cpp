// SPDX-License-Identifier: Apache-2.0
// The HTTPS client against a real door: trust, deadlines, interruption, and what is left when the
// line breaks.
#include "client-lib/net/https_client.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "client-lib/net/right_of_way.hpp"
#include "tests/fault_line/fault_line.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/sync-server/net/echo_handler.hpp"
#include "tests/unit/sync-server/net/office_door.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

HttpCall get(std::string target) {
  HttpCall call;
  call.target = std::move(target);
  return call;
}

HttpCall post(std::string target, BytesView body) {
  HttpCall call;
  call.method = "POST";
  call.target = std::move(target);
  call.content_type = "application/octet-stream";
  call.body = body;
  return call;
}

ServerAddress address_of(const OfficeDoor& door) {
  return {"127.0.0.1", door.port(), {door.pin()}};
}

std::string body_of(const Result<HttpReply>& reply) {
  return reply.ok() ? std::string(text_of(reply->body)) : to_string(reply.error());
}

struct Line {
  explicit Line(std::uint16_t port) {
    LineOptions options;
    options.to_port = port;
    std::string why;
    line = FaultLine::open(options, why);
    REQUIRE(line != nullptr);
  }
  std::unique_ptr<FaultLine> line;
};

std::int64_t ms_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begun)
      .count();
}

}  // namespace

TEST_CASE("https: requests share a connection, and a rested one is replaced unseen", "[https]") {
  EchoHandler handler;
  HttpLimits limits;
  limits.idle_ms_max = 150;
  OfficeDoor door(handler, limits);
  HttpsClient client(address_of(door));
  const Bytes body(100'000, 'x');
  CHECK(body_of(client.request(get("/a?b=%20"))) == "GET /a 0");
  CHECK(body_of(client.request(post("/p", body))) == "POST /p 100000");
  CHECK(client.body_bytes_sent() == body.size());
  CHECK(client.connection() == 1);
  HttpCall head = get("/h");
  head.method = "HEAD";
  const auto headed = client.request(head);
  REQUIRE(headed.ok());
  CHECK(headed->body.empty());
  CHECK(*headed->find_header("content-length") == "9");
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  CHECK(body_of(client.request(post("/again", {}))) == "POST /again 0");
  CHECK(client.connection() == 2);
  CHECK(client.counters().handshakes_resumed == 1);
  const auto asked = handler.asked();
  REQUIRE(asked.size() == 4);
  CHECK(asked[0].channel == asked[1].channel);
  CHECK_FALSE(asked[2].channel == asked[3].channel);
  CHECK(asked[3].channel == client.channel());
}

TEST_CASE("https: a key outside the pin set hears nothing, and no pins reach nobody", "[https]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  HttpsClient wrong({"127.0.0.1", door.port(), {Digest{}}});
  const auto refused = wrong.request(get("/secret"));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Errc::kUntrusted);
  CHECK(refused.error().field == "tls.pin");
  CHECK_FALSE(wrong.connected());
  HttpsClient unpinned({"127.0.0.1", door.port(), {}});
  CHECK(unpinned.request(get("/secret")).error().code == Errc::kInvalid);
  CHECK(handler.asked().empty());

  // Either of two pins is enough: a key can be changed without stranding phones.
  HttpsClient two({"localhost", door.port(), {Digest{}, door.pin()}});
  CHECK(body_of(two.request(get("/a"))) == "GET /a 0");

  // A ticket does not outlive the key it was given under.
  HttpsClient client(address_of(door));
  REQUIRE(client.request(get("/a")).ok());
  door.renew_certificate();
  REQUIRE(door.listener().reload_certificate().ok());
  REQUIRE(client.request(get("/b")).ok());  // the open connection goes on
  client.disconnect();
  CHECK(client.request(get("/c")).error().code == Errc::kUntrusted);
}

TEST_CASE("https: nobody there, nobody answering and nothing moving are told apart", "[https]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  Line way(door.port());
  HttpsLimits limits;
  limits.connect_ms_max = 300;
  limits.stall_ms_max = 300;
  HttpsClient client({"127.0.0.1", way.line->port(), {door.pin()}}, limits);
  REQUIRE(client.request(get("/a")).ok());

  LineFaults faults;
  faults.mode = LineMode::stall;
  way.line->apply(faults);
  auto begun = std::chrono::steady_clock::now();
  CHECK(client.request(get("/b")).error().code == Errc::kTimedOut);
  CHECK(ms_since(begun) < 2000);
  begun = std::chrono::steady_clock::now();
  CHECK(client.request(get("/c")).error().code == Errc::kTimedOut);  // this time in the handshake
  CHECK(ms_since(begun) < 2000);

  faults.mode = LineMode::no_signal;
  way.line->apply(faults);
  CHECK(client.request(get("/d")).error().code == Errc::kOffline);
  HttpsClient nowhere({"no-such-host.invalid", 443, {door.pin()}}, limits);
  const auto unknown = nowhere.request(get("/e"));
  CHECK((unknown.error().code == Errc::kOffline || unknown.error().code == Errc::kTimedOut));
}

TEST_CASE("https: another thread can end a call, and every later one until allowed", "[https]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  HttpsClient client(address_of(door));
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    client.interrupt();
  });
  const auto begun = std::chrono::steady_clock::now();
  CHECK(client.request(get("/wait")).error().code == Errc::kClosed);
  other.join();
  CHECK(ms_since(begun) < 2000);
  CHECK(client.request(get("/a")).error().code == Errc::kClosed);
  CHECK(client.pause(10'000).error().code == Errc::kClosed);
  client.allow();
  CHECK(client.pause(1).ok());
  CHECK(body_of(client.request(get("/a"))) == "GET /a 0");
  handler.take_waiting();
}

TEST_CASE("https: a body gives way while records are on their way, and trickles on", "[https]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  RightOfWay way;
  const Bytes photo(256 * 1024, 7);
  HttpCall call;
  call.method = "POST";
  call.target = "/photo";
  call.body = photo;

  std::optional<RightOfWay::Passage> records(std::in_place, way);
  HttpsClient client(address_of(door), {}, &way);
  std::atomic<bool> is_through{false};
  Result<HttpReply> reply = HttpReply{};
  std::thread lane([&] {
    reply = client.request(call);
    is_through = true;
  });
  // In that time a megabyte passes when nothing holds it back.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK_FALSE(is_through);
  records.reset();
  lane.join();
  CHECK(body_of(reply) == "POST /photo 262144");

  records.emplace(way);
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    client.interrupt();
  });
  CHECK(client.request(call).error().code == Errc::kClosed);
  other.join();

  HttpsLimits limits;
  limits.gives_way_ms_max = 1;
  HttpsClient patient(address_of(door), limits, &way);
  CHECK(body_of(patient.request(call)) == "POST /photo 262144");
}

TEST_CASE("https: what had arrived before a cut can be taken", "[https]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  Line way(door.port());
  HttpsClient client({"127.0.0.1", way.line->port(), {door.pin()}});
  LineFaults faults;
  faults.cut_every_bytes = 100'000;
  way.line->apply(faults);
  HttpCall call = get("/large");
  call.reply_size_max = 4'000'000;
  CHECK(client.request(call).error().code == Errc::kCut);
  const auto partial = client.take_partial_reply();
  CHECK(partial.status == 200);
  CHECK(partial.body.size() > 60'000);
  CHECK(partial.body.size() < 100'000);
  CHECK(client.take_partial_reply().status == 0);

  const Bytes body(500'000, 'b');
  CHECK(client.request(post("/up", body)).error().code == Errc::kCut);
  CHECK(client.body_bytes_sent() > 50'000);
  REQUIRE(eventually([&] { return handler.cut().size() == 1; }));
  CHECK(handler.cut()[0].partial.body.size() > 60'000);
  CHECK(handler.cut()[0].partial.body.size() < 100'000);
}

TEST_CASE("https: refusals come through although the body was not wanted", "[https]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  HttpsClient client(address_of(door));
  const Bytes body(4'000'000, 'b');
  const auto refused = client.request(post("/refuse", body));
  REQUIRE(refused.ok());
  CHECK(refused->status == 401);
  CHECK_FALSE(client.connected());
  const Bytes larger(5'000'000, 'b');
  const auto oversized = client.request(post("/a", larger));
  REQUIRE(oversized.ok());
  CHECK(oversized->status == 413);
  CHECK(handler.asked().empty());

  HttpCall small = get("/large");
  small.reply_size_max = 1000;
  CHECK(client.request(small).error().code == Errc::kTooLarge);
  CHECK_FALSE(client.connected());
}

TEST_CASE("https: a call that could become two is not sent", "[https]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  HttpsClient client(address_of(door));
  HttpCall call = get("/a");
  call.headers.push_back({"X", "a\r\nY: b"});
  CHECK(client.request(call).error().code == Errc::kInvalid);
  CHECK(client.request(get("/a b")).error().code == Errc::kInvalid);
  CHECK(client.request(get("http://elsewhere/")).error().code == Errc::kInvalid);
  HttpCall with_body = get("/a");
  const Bytes body(3, 'x');
  with_body.body = body;
  CHECK(client.request(with_body).error().code == Errc::kInvalid);
  CHECK(handler.asked().empty());
}

TEST_CASE("https: a line carries bytes both ways, and a silent one ends by its deadline",
          "[https]") {
  EchoHandler handler;
  HttpLimits office;
  office.upgrade = "echo/1";
  OfficeDoor door(handler, office);
  HttpsLimits limits;
  limits.silence_ms_max = 300;
  HttpsClient client(address_of(door), limits);
  HttpCall wish = get("/line");
  wish.headers = {{"Connection", "Upgrade"}, {"Upgrade", "echo/1"}};
  CHECK(client.upgrade(wish).value().status == 101);
  CHECK(client.write_line(view_of("hear me")).ok());
  CHECK(text_of(client.read_line().value()) == "hear me");
  client.nudge();
  CHECK(client.read_line().value().empty());
  const auto begun = std::chrono::steady_clock::now();
  CHECK(client.read_line().error().code == Errc::kTimedOut);
  CHECK(ms_since(begun) < 2000);
  CHECK(client.read_line().error().code == Errc::kCut);

  CHECK(client.upgrade(wish).value().status == 101);
  std::thread closing([&] { handler.streams().back()->close(); });
  CHECK(client.read_line().error().code == Errc::kCut);
  closing.join();
  CHECK(body_of(client.upgrade(get("/a"))) == "GET /a 0");
}
