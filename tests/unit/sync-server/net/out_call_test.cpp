// SPDX-License-Identifier: Apache-2.0
// Calling out: against a real listener with TLS, and against servers on loopback that say what no
// decent server would.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "sync-server/net/out_call.hpp"
#include "sync-server/net/out_url.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/sync-server/net/echo_handler.hpp"
#include "tests/unit/sync-server/net/office_door.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

class Elsewhere final : public EchoHandler {
 public:
  void on_request(http::Request request, http::ReplySink sink) override {
    if (request.path != "/moved") return EchoHandler::on_request(std::move(request), sink);
    http::Response moved;
    moved.status = 303;
    moved.headers.push_back({"Location", "/echo"});
    sink.reply(std::move(moved));
  }
};

// Accepts once, reads what ends with `wanted`, says `reply` and closes; says nothing at all when
// `reply` is empty, and waits for the other end to go.
class PlainServer {
 public:
  explicit PlainServer(std::string reply, std::string wanted = "\r\n\r\n")
      : reply_(std::move(reply)), wanted_(std::move(wanted)) {
    listening_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listening_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listening_, 4) == 0);
    REQUIRE(::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~PlainServer() {
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    ::close(listening_);
  }
  std::string url(const std::string& host = "127.0.0.1", const std::string& path = "/") const {
    return "http://" + host + ":" + std::to_string(port_) + path;
  }
  std::string asked() {
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([] {});
    return asked_;
  }

 private:
  void serve() {
    const int file = ::accept(listening_, nullptr, nullptr);
    if (file < 0) return;
    char piece[4096];
    while (asked_.find(wanted_) == std::string::npos || reply_.empty()) {
      const auto got = ::read(file, piece, sizeof piece);
      if (got <= 0) break;
      asked_.append(piece, static_cast<std::size_t>(got));
    }
    std::size_t said = 0;
    while (said < reply_.size()) {
      const auto step = ::send(file, reply_.data() + said, reply_.size() - said, MSG_NOSIGNAL);
      if (step <= 0) break;
      said += static_cast<std::size_t>(step);
    }
    ::shutdown(file, SHUT_WR);
    while (::read(file, piece, sizeof piece) > 0) continue;
    ::close(file);
  }

  std::string reply_;
  std::string wanted_;
  std::string asked_;
  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

Result<OutReply> get(const std::string& url, const std::string& ca_file = {},
                     std::int64_t timeout_ms = 5000, std::size_t reply_size_max = 64 * 1024) {
  OutCall call;
  call.url = url;
  call.timeout_ms = timeout_ms;
  call.reply_size_max = reply_size_max;
  return call_out(call, {ca_file});
}

std::string url_of(const OfficeDoor& door, const std::string& path,
                   const std::string& host = "127.0.0.1") {
  return "https://" + host + ":" + std::to_string(door.port()) + path;
}

}  // namespace

TEST_CASE("net: calling out brings the answer, whatever its status", "[net]") {
  Elsewhere handler;
  OfficeDoor door(handler);
  const auto got = get(url_of(door, "/echo?x=1"), door.certificate_file());
  REQUIRE(got.ok());
  CHECK(got->status == 200);
  CHECK(text_of(got->body) == "GET /echo 0");
  REQUIRE(got->find_header("content-type") != nullptr);
  CHECK(*got->find_header("content-type") == "text/plain");

  OutCall call;
  call.method = "POST";
  call.url = url_of(door, "/token");
  call.headers = {{"Authorization", "Basic eDp5"}};
  call.body = copy_of(view_of("grant=1"));
  const auto posted = call_out(call, {door.certificate_file()});
  REQUIRE(posted.ok());
  CHECK(text_of(posted->body) == "POST /token 7");
  const auto asked = handler.asked().back();
  CHECK(text_of(asked.body) == "grant=1");
  CHECK(*asked.find_header("authorization") == "Basic eDp5");

  CHECK(get(url_of(door, "/refuse"), door.certificate_file())->status == 401);
}

TEST_CASE("net: calling out believes the given authority and the name, and nobody else", "[net]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  OfficeDoor other(handler);
  for (const auto& ca_file : {other.certificate_file(), std::string()}) {
    const auto stranger = get(url_of(door, "/"), ca_file);
    REQUIRE_FALSE(stranger.ok());
    CHECK(stranger.error().code == Errc::kUntrusted);
    CHECK(stranger.error().field == "certificate");
  }
  // The certificate is for office.example and 127.0.0.1.
  const auto wrong_name = get(url_of(door, "/", "localhost"), door.certificate_file());
  REQUIRE_FALSE(wrong_name.ok());
  CHECK(wrong_name.error().code == Errc::kUntrusted);
  CHECK(wrong_name.error().field == "certificate");
  CHECK_THAT(wrong_name.error().detail, contains("ostname"));
  CHECK(get(url_of(door, "/"), "/nonexistent").error().field == "trust");
  CHECK(handler.asked().empty());

  PlainServer not_tls("HTTP/1.1 400 Bad Request\r\n\r\n", "");
  auto url = not_tls.url();
  url.replace(0, 4, "https");
  const auto plain = get(url);
  REQUIRE_FALSE(plain.ok());
  CHECK(plain.error().code == Errc::kUntrusted);
  CHECK(plain.error().field == "handshake");
}

TEST_CASE("net: calling out ends with its deadline, wherever it stands", "[net]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  const auto begun = std::chrono::steady_clock::now();
  const auto slow = get(url_of(door, "/wait"), door.certificate_file(), 300);
  REQUIRE_FALSE(slow.ok());
  CHECK(slow.error().code == Errc::kTimedOut);
  CHECK(slow.error().field == "reply");

  PlainServer silent("");
  auto url = silent.url();
  url.replace(0, 4, "https");
  const auto mute = get(url, {}, 300);
  REQUIRE_FALSE(mute.ok());
  CHECK(mute.error().code == Errc::kTimedOut);
  CHECK(mute.error().field == "handshake");
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
}

TEST_CASE("net: calling out says where it failed", "[net]") {
  const auto nobody = get("http://127.0.0.1:1/");
  CHECK(nobody.error().code == Errc::kOffline);
  CHECK(nobody.error().field == "connect");
  const auto nameless = get("https://nobody.invalid/", {}, 3000);
  CHECK(nameless.error().field == "resolve");
}

TEST_CASE("net: calling out takes no more than it was told", "[net]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  const auto large = get(url_of(door, "/large"), door.certificate_file());
  REQUIRE_FALSE(large.ok());
  CHECK(large.error().code == Errc::kTooLarge);
  CHECK(large.error().field == "reply");
  CHECK_THAT(large.error().detail, contains("body"));

  const std::string status = "HTTP/1.1 200 OK\r\n";
  for (const auto& [what, reply] : {
           std::pair{"a head", status + "x: " + std::string(20'000, 'x') + "\r\n\r\n"},
           std::pair{"a head without end", status + "x: " + std::string(50'000, 'x')},
           std::pair{"a body without length", status + "\r\n" + std::string(80'000, 'x')},
           std::pair{"chunks", status + "Transfer-Encoding: chunked\r\n\r\n13880\r\n" +
                                   std::string(80'000, 'x') + "\r\n0\r\n\r\n"},
           std::pair{"the line of a chunk",
                     status + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(60'000, 'x')},
       }) {
    INFO(what);
    PlainServer server(reply);
    const auto got = get(server.url());
    REQUIRE_FALSE(got.ok());
    CHECK(got.error().code == Errc::kTooLarge);
    CHECK(got.error().field == "reply");
  }
}

TEST_CASE("net: calling out reads the ways in which a reply may end", "[net]") {
  const std::string status = "HTTP/1.1 200 OK\r\n";
  for (const auto& [reply, body] : {
           std::pair{status + "Content-Length: 3\r\n\r\nabc", "abc"},
           std::pair{status + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                     "abc"},
           std::pair{status + "\r\nabc", "abc"},
           std::pair{std::string("HTTP/1.1 204 No Content\r\n\r\n"), ""},
       }) {
    INFO(reply);
    PlainServer server(reply);
    const auto got = get(server.url());
    REQUIRE(got.ok());
    CHECK(text_of(got->body) == body);
  }
  for (const auto& reply :
       {status + "Content-Length: 4\r\n\r\nabc", status,
        status + "Transfer-Encoding: chunked\r\n\r\n2\r\na", std::string("SSH-2.0-x\r\n\r\n"),
        std::string("HTTP/1.1 103 Early Hints\r\n\r\n")}) {
    INFO(reply);
    PlainServer server(reply);
    const auto got = get(server.url());
    REQUIRE_FALSE(got.ok());
    CHECK(got.error().field == "reply");
  }
}

TEST_CASE("net: calling out hands a redirect back", "[net]") {
  Elsewhere handler;
  OfficeDoor door(handler);
  const auto moved = get(url_of(door, "/moved"), door.certificate_file());
  REQUIRE(moved.ok());
  CHECK(moved->status == 303);
  CHECK(*moved->find_header("location") == "/echo");
  CHECK(handler.asked().empty());  // nobody went there
}

TEST_CASE("net: what may be called is https, and http on this machine", "[net]") {
  const auto url = read_out_url("https://id.example:8443/realms/a?b=c");
  REQUIRE(url.ok());
  CHECK(url->host == "id.example");
  CHECK(url->port == 8443);
  CHECK(url->target == "/realms/a?b=c");
  CHECK(url->authority() == "id.example:8443");
  CHECK(read_out_url("https://id.example?a")->target == "/?a");
  CHECK(read_out_url("https://[::1]/")->authority() == "[::1]");
  CHECK(read_out_url("http://127.8.9.1/")->authority() == "127.8.9.1");
  CHECK(read_out_url("http://localhost:8080")->port == 8080);
  for (const char* refused :
       {"", "id.example", "ftp://id.example/", "http://id.example/", "http://192.0.2.1/",
        "http://localhost.example/", "https://", "https:///x", "https://a@id.example/",
        "https://id.example:0/", "https://id.example:99999/", "https://id.example:8443x/",
        "https://id.example/#a", "https://id.example/a b", "https://id.example/\r\nHost: x",
        "https://[::1/", "https://[id.example]/", "http://[::2]/"}) {
    INFO(refused);
    CHECK(read_out_url(refused).error().field == "url");
  }
  PlainServer server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  CHECK(get(server.url("localhost")).ok());
  CHECK_THAT(server.asked(), contains("Host: localhost:"));

  OutCall call;
  call.url = "http://127.0.0.1:1/";
  call.headers = {{"x", "a\r\nb: c"}};
  CHECK(call_out(call, {}).error().field == "headers");
  call.headers = {{"Host", "elsewhere"}};
  CHECK(call_out(call, {}).error().field == "headers");
  call.headers.clear();
  call.method = "GET /";
  CHECK(call_out(call, {}).error().field == "method");
}
