// SPDX-License-Identifier: Apache-2.0
// Deadlines, refusals, cuts, streams and the stop of the door, over real TLS on loopback.
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "tests/support/catch.hpp"
#include "tests/unit/sync-server/net/echo_handler.hpp"
#include "tests/unit/sync-server/net/office_door.hpp"
#include "tests/unit/sync-server/net/raw_client.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

}  // namespace

TEST_CASE("net: a head that dribbles is answered 408, a silent connection just ends", "[net]") {
  EchoHandler handler;
  HttpLimits limits;
  limits.head_ms_max = 300;
  limits.handshake_ms_max = 300;
  limits.idle_ms_max = 600;
  OfficeDoor door(handler, limits);

  RawClient slow(door.port());
  REQUIRE(slow.good());
  const auto begun = now_ms();
  for (const char c : std::string("GET /")) slow.send(std::string(1, c));
  CHECK_THAT(slow.read_all(3000), contains("408 Request Timeout"));
  CHECK(slow.ended());
  CHECK(now_ms() - begun < 2000);

  RawClient silent(door.port());
  CHECK(silent.read_all(3000).empty());
  CHECK(silent.ended());

  RawClient resting(door.port());
  resting.send(kGet);
  resting.read_until("GET /a", 1000);
  const auto rest = now_ms();
  CHECK(resting.read_all(3000).empty());
  CHECK(resting.ended());
  CHECK(now_ms() - rest >= 400);

  const int plain = connect_plain(door.port());
  char byte = 0;
  CHECK(::recv(plain, &byte, 1, 0) == 0);  // no TLS: ended by the deadline
  ::close(plain);
  const int http = connect_plain(door.port());
  REQUIRE(::send(http, kGet.data(), kGet.size(), 0) > 0);
  std::string answer(256, '\0');
  const auto got = ::recv(http, answer.data(), answer.size(), 0);
  answer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  CHECK(answer.find("HTTP") == std::string::npos);
  ::close(http);
  CHECK(eventually([&] { return door.listener().counts().connections == 0; }));
}

TEST_CASE("net: a body that stops is cut off, and what had arrived is handed over", "[net]") {
  EchoHandler handler;
  HttpLimits limits;
  limits.rate_window_ms = 300;  // 76 bytes in each
  OfficeDoor door(handler, limits);
  {
    RawClient slow(door.port());
    slow.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n0123456789");
    CHECK_THAT(slow.read_all(3000), contains("408"));
    CHECK(slow.ended());
    REQUIRE(handler.cut().size() == 1);
    CHECK(text_of(handler.cut()[0].partial.body) == "0123456789");
    CHECK(handler.cut()[0].content_length == 1000);
  }
  {
    RawClient steady(door.port());
    steady.send("POST /steady HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 10; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(70));
      steady.send(std::string(100, 'x'));
    }
    CHECK_THAT(steady.read_until("1000", 3000), contains("POST /steady 1000"));
  }
  {
    RawClient cut(door.port());
    cut.send("PUT /cut?at=1 HTTP/1.1\r\nHost: h\r\nX-Mark: 7\r\nContent-Length: 5000\r\n\r\n" +
             std::string(3000, 'y'));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const linger at_once{1, 0};
    ::setsockopt(cut.socket(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::shutdown(cut.socket(), SHUT_RDWR);
  }
  REQUIRE(eventually([&] { return handler.cut().size() == 2; }));
  const auto second = handler.cut()[1];
  CHECK(second.partial.body.size() == 3000);
  CHECK(second.partial.path == "/cut");
  CHECK(*second.partial.find_header("x-mark") == "7");
  CHECK_FALSE(second.partial.channel.is_zero());
  CHECK(handler.asked().size() == 1);
}

TEST_CASE("net: a request refused on its head is not read, and its body is no request", "[net]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  RawClient client(door.port());
  client.send("POST /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 34\r\n\r\n" + kGet + kGet);
  const auto answer = client.read_all(3000);
  CHECK_THAT(answer, contains("401 Unauthorized"));
  CHECK(answer.find("HTTP/1.1 200") == std::string::npos);
  CHECK(client.ended());
  CHECK(handler.asked().empty());
  CHECK(handler.cut().empty());

  RawClient bodiless(door.port());
  bodiless.send("GET /refuse HTTP/1.1\r\nHost: h\r\n\r\n" + kGet);
  // Nothing was left unread: the connection goes on.
  CHECK_THAT(bodiless.read_until("GET /a", 3000), contains("200 OK"));
}

TEST_CASE("net: replies carry a length and the security headers, and never a broken line",
          "[net]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  RawClient client(door.port());
  client.send("GET /a HTTP/1.1\r\nHost: office.example:1\r\n\r\n");
  const auto plain = client.read_until("GET /a 0", 3000);
  CHECK_THAT(plain, contains("Content-Length: 8\r\n"));
  CHECK_THAT(plain, contains("Cache-Control: no-store\r\n"));
  CHECK_THAT(plain, contains("X-Content-Type-Options: nosniff\r\n"));
  CHECK(plain.find("Server:") == std::string::npos);
  client.send("GET /split HTTP/1.1\r\nHost: office.example\r\n\r\n");
  const auto split = client.read_all(3000);
  CHECK_THAT(split, contains("500 Internal Server Error"));
  CHECK(split.find("x-split") == std::string::npos);
  CHECK_THAT(split, contains("Connection: close"));
  CHECK(client.ended());
  // A refusal is JSON; by name it carries HSTS, by address not.
  RawClient named(door.port());
  named.send("GET /forget HTTP/1.1\r\nHost: office.example\r\n\r\n");
  const auto by_name = named.read_until("unanswered", 3000);
  CHECK_THAT(by_name, contains("Strict-Transport-Security: max-age=63072000\r\n"));
  CHECK_THAT(by_name, contains("500 "));  // the handler forgot it, the connection did not hang
  RawClient addressed(door.port());
  addressed.send("GET /forget HTTP/1.1\r\nHost: 127.0.0.1:8443\r\n\r\n");
  CHECK(addressed.read_until("unanswered", 3000).find("Strict") == std::string::npos);
}

TEST_CASE("net: an answer that takes too long is 503, and comes too late afterwards", "[net]") {
  EchoHandler handler;
  HttpLimits limits;
  limits.answer_ms_max = 200;
  OfficeDoor door(handler, limits);
  RawClient client(door.port());
  client.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n" + kGet);
  CHECK_THAT(client.read_all(3000), contains("503 Service Unavailable"));
  CHECK(client.ended());
  for (auto& sink : handler.take_waiting()) sink.reply(http::Response{});
  CHECK(eventually([&] { return door.listener().counts().connections == 0; }));
}

TEST_CASE("net: a reader that does not read is let go", "[net]") {
  EchoHandler handler;
  HttpLimits limits;
  limits.rate_window_ms = 200;
  OfficeDoor door(handler, limits);
  RawClient client(door.port());
  const int small = 4096;
  ::setsockopt(client.socket(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  for (int i = 0; i < 4; ++i) client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(eventually([&] { return door.listener().counts().connections == 0; }));
}

TEST_CASE("net: the limits on connections, neighbours and requests hold", "[net]") {
  EchoHandler handler;
  HttpLimits limits;
  limits.connections_per_peer_max = 3;
  limits.requests_per_connection_max = 3;
  OfficeDoor door(handler, limits);
  RawClient first(door.port());
  RawClient second(door.port());
  {
    RawClient third(door.port());
    CHECK(third.good());
    RawClient fourth(door.port());
    CHECK_FALSE(fourth.good());
  }
  CHECK(eventually([&] { return door.listener().counts().connections == 2; }));
  RawClient again(door.port());
  CHECK(again.good());
  first.send(kGet + kGet + kGet + kGet);
  const auto answers = first.read_all(3000);
  CHECK(first.ended());
  CHECK(handler.asked().size() == 3);
  CHECK_THAT(answers, contains("Connection: close"));

  CHECK(HttpLimits{}.problem().empty());
  HttpLimits raised;
  raised.body_size_max += 1;
  CHECK(raised.problem() == "body_size_max");
  HttpLimits zero;
  zero.idle_ms_max = 0;
  CHECK(zero.problem() == "idle_ms_max");
  HttpLimits many;
  many.connections_max = HttpLimits::kConnectionsCeiling;
  many.connections_per_peer_max = HttpLimits::kConnectionsCeiling;
  CHECK(many.problem().empty());
  many.connections_per_peer_max += 1;
  CHECK(many.problem() == "connections_per_peer_max");
}

TEST_CASE("net: a live stream carries events, pings and ends at once when closed", "[net]") {
  EchoHandler handler;
  HttpLimits limits;
  limits.stream_ping_ms = 150;
  OfficeDoor door(handler, limits);
  RawClient client(door.port());
  client.send("GET /live HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK_THAT(client.read_until("\r\n\r\n", 3000), contains("Content-Type: text/event-stream\r\n"));
  REQUIRE(eventually([&] { return handler.streams().size() == 1; }));
  auto stream = handler.streams()[0];
  stream->write("event: bell\ndata: 17\n\n");
  CHECK_THAT(client.read_until("17\n\n", 3000), contains("event: bell\n"));
  CHECK_THAT(client.read_until(":\n\n:\n\n", 3000), contains(":\n\n:\n\n"));
  stream->write("data: last\n\n");
  const auto begun = now_ms();
  stream->close();
  CHECK_THAT(client.read_all(3000), contains("data: last"));
  CHECK(client.ended());
  CHECK(now_ms() - begun < 200);
  CHECK(stream->closed());
  stream->write("data: nobody\n\n");
}

TEST_CASE("net: a connection becomes a line when it may, and carries bytes both ways", "[net]") {
  EchoHandler handler;
  HttpLimits limits;
  limits.stream_ping_ms = 150;
  limits.upgrade = "echo/1";
  OfficeDoor door(handler, limits);
  RawClient client(door.port());
  const std::string wish = "GET /line HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: ";
  client.send(wish + "echo/1\r\n\r\nearly");
  CHECK_THAT(client.read_until("early", 3000),
             contains("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                      "Upgrade: echo/1\r\n\r\nearly"));
  client.send("GET / HTTP/1.1\r\n");
  CHECK_THAT(client.read_until("HTTP/1.1\r\n", 3000), contains("GET / HTTP/1.1\r\n"));
  CHECK_THAT(client.read_until("<ping><ping>", 3000), contains("<ping>"));
  client.send("!");
  client.read_all(3000);
  CHECK(client.ended());
  for (const char* other : {"echo/2", "h2c", "echo/1, h2c"}) {
    RawClient refused(door.port());
    refused.send(wish + other + "\r\n\r\n");
    CHECK_THAT(refused.read_all(3000), contains("HTTP/1.1 400 "));
  }
  RawClient posting(door.port());
  posting.send("POST /line HTTP/1.1\r\nHost: h\r\nUpgrade: echo/1\r\nContent-Length: 0\r\n\r\n");
  CHECK_THAT(posting.read_all(3000), contains("HTTP/1.1 400 "));
}

TEST_CASE("net: a stream whose reader is slow or gone is closed", "[net]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  {
    RawClient slow(door.port());
    const int small = 4096;
    ::setsockopt(slow.socket(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    slow.send("GET /live HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(eventually([&] { return handler.streams().size() == 1; }));
    auto stream = handler.streams()[0];
    const std::string event = "data: " + std::string(1000, 'x') + "\n\n";
    int written = 0;
    while (!stream->closed() && written < 100'000) {
      stream->write(event);
      if (++written % 32 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    CHECK(stream->closed());
    CHECK(written < 4000);
    CHECK(eventually([&] { return door.listener().counts().connections == 0; }));
  }
  {
    RawClient gone(door.port());
    gone.send("GET /live HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(eventually([&] { return handler.streams().size() == 2; }));
  }
  CHECK(eventually([&] { return handler.streams()[1]->closed(); }));
}

TEST_CASE("net: a stream whose reader is behind but reads is kept, however many pings are due",
          "[net]") {
  EchoHandler handler;
  HttpLimits limits;
  limits.stream_ping_ms = 300;
  OfficeDoor door(handler, limits);
  RawClient behind(door.port());
  const int small = 32 * 1024;
  ::setsockopt(behind.socket(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  behind.send("GET /live HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(eventually([&] { return handler.streams().size() == 1; }));
  auto stream = handler.streams()[0];
  constexpr int pieces = 60;
  std::string text;
  for (int i = 0; i < pieces; ++i)
    text += "data: " + std::string(20'000, 'x') + " piece " + std::to_string(i) + ";\n\n";
  stream->write(text);
  for (int i = 0; i < pieces; ++i) {
    const std::string end = " piece " + std::to_string(i) + ";";
    INFO(end);
    REQUIRE_THAT(behind.read_until(end, 3000), contains(end));
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
  }
  CHECK_FALSE(stream->closed());
}

TEST_CASE("net: a stop answers what is in flight, closes streams and welcomes nobody", "[net]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  RawClient waiting(door.port());
  RawClient live(door.port());
  RawClient resting(door.port());
  waiting.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  live.send("GET /live HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(eventually([&] { return handler.asked().size() == 2 && handler.streams().size() == 1; }));
  auto sinks = handler.take_waiting();
  REQUIRE(sinks.size() == 1);

  std::thread clerk([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    http::Response response;
    response.body = copy_of(view_of("done"));
    sinks[0].reply(std::move(response));
  });
  std::string answer;
  std::thread reader([&] { answer = waiting.read_all(5000); });
  std::thread listener([&] { live.read_all(5000); });
  const auto took = door.stop_ms();
  clerk.join();
  reader.join();
  listener.join();
  CHECK_THAT(answer, contains("done"));
  CHECK_THAT(answer, contains("Connection: close"));
  CHECK(live.ended());
  CHECK(handler.streams()[0]->closed());
  CHECK(resting.read_all(1000).empty());
  CHECK(resting.ended());
  CHECK(took >= 250);
  CHECK(took < 4000);
  CHECK(connect_plain(door.port()) == -1);
}

TEST_CASE("net: a reader that leaves while his ping falls due does not keep the door from stopping",
          "[net]") {
  EchoHandler handler;
  HttpLimits limits;
  limits.stream_ping_ms = 300;
  OfficeDoor door(handler, limits);
  {
    std::vector<std::unique_ptr<RawClient>> readers;
    for (int i = 0; i < 5; ++i) {
      readers.push_back(std::make_unique<RawClient>(door.port()));
      readers.back()->send("GET /live HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    REQUIRE(eventually([&] { return handler.streams().size() == 5; }));
    door.hold_loop(600);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  CHECK(eventually([&] { return door.listener().counts().connections == 0; }));
  CHECK(door.stops_within(2000));
}

TEST_CASE("net: a stop does not wait for ever", "[net]") {
  EchoHandler handler;
  HttpLimits limits;
  limits.stop_ms_max = 300;
  OfficeDoor door(handler, limits);
  RawClient waiting(door.port());
  waiting.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(eventually([&] { return handler.asked().size() == 1; }));
  CHECK(door.stop_ms() < 2000);
  handler.take_waiting();
}
