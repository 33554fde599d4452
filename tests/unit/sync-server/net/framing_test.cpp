// SPDX-License-Identifier: Apache-2.0
// The smuggling corpus: each entry is sent twice over, or followed by an honest request, on a real
// TLS connection. Whatever the door makes of it, it gives one answer per request it took and none
// for bytes hidden inside another.
#include <string>
#include <vector>

#include "sync-server/net/head_parser.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/sync-server/net/echo_handler.hpp"
#include "tests/unit/sync-server/net/office_door.hpp"
#include "tests/unit/sync-server/net/raw_client.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Attack {
  std::string name;
  std::string bytes;
  int status;  // of the first answer
};

const std::string kHidden = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";

std::string post(const std::string& fields, const std::string& body) {
  return "POST /a HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}
std::string get(const std::string& fields) { return "GET /a HTTP/1.1\r\n" + fields + "\r\n"; }

std::vector<Attack> transfer_attacks() {
  const std::string chunked = "5\r\nhello\r\n0\r\n\r\n";
  const std::string zero = "0\r\n\r\n";
  return {
      {"plain chunked", post("Transfer-Encoding: chunked\r\n", chunked), 400},
      {"chunked before a length",
       post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", zero + kHidden), 400},
      {"chunked after a length",
       post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", zero + kHidden), 400},
      {"gzip beside a length",
       post("Transfer-Encoding: gzip\r\nContent-Length: 3\r\n", "abc" + kHidden), 400},
      {"identity beside a length",
       post("Transfer-Encoding: identity\r\nContent-Length: 3\r\n", "abc" + kHidden), 400},
      {"xchunked", post("Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n", "abc" + kHidden),
       400},
      {"twice",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", zero + kHidden), 400},
      {"list", post("Transfer-Encoding: gzip, chunked\r\n", zero + kHidden), 400},
      {"upper case", post("TRANSFER-ENCODING: CHUNKED\r\nContent-Length: 3\r\n", "abc" + kHidden),
       400},
      {"folded value",
       post("Transfer-Encoding:\r\n chunked\r\nContent-Length: 3\r\n", "abc" + kHidden), 400},
      {"folded by a tab",
       post("X: y\r\n\tTransfer-Encoding: chunked\r\nContent-Length: 3\r\n", "abc" + kHidden), 400},
      {"space before the colon",
       post("Transfer-Encoding : chunked\r\nContent-Length: 3\r\n", "abc" + kHidden), 400},
      {"empty value", post("Transfer-Encoding:\r\nContent-Length: 3\r\n", "abc" + kHidden), 400},
      {"vertical tab",
       post("Transfer-Encoding:\vchunked\r\nContent-Length: 3\r\n", "abc" + kHidden), 400},
      {"old version",
       "POST /a HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + zero + kHidden, 505},
      {"on a GET", get("Host: h\r\nTransfer-Encoding: chunked\r\n") + zero + kHidden, 400},
      {"long extension",
       post("Transfer-Encoding: chunked\r\n",
            "0;" + std::string(60000, 'x') + "\r\n\r\n" + kHidden),
       400},
  };
}

std::vector<Attack> length_attacks() {
  return {
      {"two lengths", post("Content-Length: 3\r\nContent-Length: 0\r\n", "abc" + kHidden), 400},
      {"two equal lengths", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc" + kHidden),
       400},
      {"a list of lengths", post("Content-Length: 3, 3\r\n", "abc" + kHidden), 400},
      {"a sign", post("Content-Length: +3\r\n", "abc" + kHidden), 400},
      {"negative", post("Content-Length: -1\r\n", kHidden), 400},
      {"hexadecimal", post("Content-Length: 0x3\r\n", "abc" + kHidden), 400},
      {"leading zero", post("Content-Length: 03\r\n", "abc" + kHidden), 400},
      {"a space inside", post("Content-Length: 1 0\r\n", "abc" + kHidden), 400},
      {"nothing", post("Content-Length:\r\n", kHidden), 400},
      {"overflow", post("Content-Length: 18446744073709551619\r\n", "abc" + kHidden), 400},
      {"over the limit", post("Content-Length: 99999999\r\n", ""), 413},
      {"JSON over its limit",
       post("Content-Type: application/json\r\nContent-Length: 4259841\r\n", ""), 413},
      {"none on POST", post("", kHidden), 411},
      {"on a GET", get("Host: h\r\nContent-Length: 34\r\n") + kHidden, 400},
      {"expected", post("Expect: 100-continue\r\nContent-Length: 3\r\n", "abc"), 417},
  };
}

std::vector<Attack> line_attacks() {
  return {
      {"bare line feeds", "GET /a HTTP/1.1\nHost: h\n\n" + kHidden, 400},
      {"one bare line feed", "GET /a HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400},
      {"bare carriage return", "GET /a HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400},
      {"empty line first", "\r\n" + kHidden, 400},
      {"no Host", get(""), 400},
      {"two Hosts", get("Host: h\r\nHost: other\r\n"), 400},
      {"empty Host", get("Host:\r\n"), 400},
      {"Host with a path", get("Host: h/x\r\n"), 400},
      {"version 1.0", "GET /a HTTP/1.0\r\nHost: h\r\n\r\n", 505},
      {"version 1.2", "GET /a HTTP/1.2\r\nHost: h\r\n\r\n", 505},
      {"version 2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"no version", "GET /a\r\n\r\n", 400},
      {"lower case version", "GET /a http/1.1\r\nHost: h\r\n\r\n", 400},
      {"two spaces", "GET  /a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"absolute target", "GET http://h/a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"climbing target", "GET /a/../b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"encoded climbing", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"encoded slash", "GET /a%2fb HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"encoded NUL", "GET /a%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"NUL in a field", get(std::string("Host: h\r\nX: a\0b\r\n", 17)), 400},
      {"byte over 127", get("Host: h\r\nX: \xc3\xa4\r\n"), 400},
      {"field without a name", get("Host: h\r\n: x\r\n"), 400},
      {"field without a colon", get("Host: h\r\nxyz\r\n"), 400},
      {"TRACE", "TRACE /a HTTP/1.1\r\nHost: h\r\n\r\n", 405},
      {"OPTIONS of everything", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 405},
      {"lower case method", "get /a HTTP/1.1\r\nHost: h\r\n\r\n", 405},
      {"upgrade", get("Host: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"), 400},
      {"65 fields",
       get("Host: h\r\n" +
           [] {
             std::string fields;
             for (int i = 0; i < 64; ++i) fields += "X: y\r\n";
             return fields;
           }()),
       431},
      {"long target", "GET /" + std::string(4096, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"long head", get("Host: h\r\nX: " + std::string(9000, 'a') + "\r\n"), 431},
  };
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++found;
  return found;
}

}  // namespace

TEST_CASE("net: no request is smuggled, and answers and accepted requests are equal in number",
          "[net]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  std::vector<Attack> corpus;
  for (const auto& list : {transfer_attacks(), length_attacks(), line_attacks()}) {
    corpus.insert(corpus.end(), list.begin(), list.end());
  }
  REQUIRE(corpus.size() >= 36);
  for (const auto& attack : corpus) {
    INFO(attack.name);
    const std::size_t before = handler.asked().size();
    RawClient client(door.port());
    REQUIRE(client.good());
    // An honest request in front, the attack, and an honest one behind: only the first may be
    // served.
    client.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n" + attack.bytes +
                "GET /behind HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string answers = client.read_all(4000);
    CHECK(client.ended());
    CHECK(count(answers, "HTTP/1.1 200 ") == 1);
    CHECK(count(answers, "HTTP/1.1 ") == 2);
    CHECK(count(answers, "HTTP/1.1 " + std::to_string(attack.status) + " ") == 1);
    const auto asked = handler.asked();
    REQUIRE(asked.size() == before + 1);
    CHECK(asked.back().path == "/first");
  }
}

TEST_CASE("net: pipelined requests are served one by one and in order", "[net]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  RawClient client(door.port());
  REQUIRE(client.good());
  std::string all;
  for (int i = 0; i < 40; ++i) {
    const std::string body(static_cast<std::size_t>(i) * 7, 'b');
    all += "POST /n" + std::to_string(i) +
           " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
  }
  all += "HEAD /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  client.send(all);
  const std::string answers = client.read_all(4000);
  CHECK(client.ended());
  CHECK(count(answers, "HTTP/1.1 200 OK") == 41);
  std::size_t at = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string line = "POST /n" + std::to_string(i) + " " + std::to_string(i * 7);
    at = answers.find(line, at);
    REQUIRE(at != std::string::npos);
  }
  CHECK(answers.find("HEAD /last") == std::string::npos);  // a length, but no body
  CHECK(handler.asked().size() == 41);
}

TEST_CASE("net: a head is turned into plain values", "[net]") {
  const auto parsed = parse_head(
      "POST /v1/visits/%E6%97%A5%20x?a=1+2&b&c=%26 HTTP/1.1\r\nHOST: Office.Example:8443\r\n"
      "X-One:  spaced out \t\r\nContent-Length: 12\r\nConnection: keep-alive, Close\r\n\r\n",
      HttpLimits{}, {"office.example"});
  REQUIRE(parsed.refusal == 0);
  CHECK(parsed.request.path == "/v1/visits/\xE6\x97\xA5 x");
  REQUIRE(parsed.request.query.size() == 3);
  CHECK(*parsed.request.find_query("a") == "1 2");
  CHECK(parsed.request.find_query("b")->empty());
  CHECK(*parsed.request.find_query("c") == "&");
  CHECK(*parsed.request.find_header("x-one") == "spaced out");
  CHECK(parsed.content_length == 12);
  CHECK(parsed.close);

  CHECK(parse_head("GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n", HttpLimits{}, {"office.example"})
            .refusal == 421);
  CHECK(parse_head("GET / HTTP/1.1\r\nHost: [::1]:99\r\n\r\n", HttpLimits{}, {"[::1]"}).refusal ==
        0);
}

TEST_CASE("net: every cut-off head and every flipped byte has a defined answer", "[net]") {
  const std::string head =
      "POST /v1/sync?x=%41 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nAuthorization: Daybook "
      "x\r\n\r\n";
  for (std::size_t size = 0; size < head.size(); ++size) {
    CHECK(parse_head(std::string_view(head).substr(0, size), HttpLimits{}, {}).refusal == 400);
  }
  for (std::size_t at = 0; at < head.size(); ++at) {
    for (const int flip : {0x01, 0x20, 0x80}) {
      std::string other = head;
      other[at] = static_cast<char>(other[at] ^ flip);
      const auto parsed = parse_head(other, HttpLimits{}, {});
      CHECK((parsed.refusal == 0 || parsed.refusal >= 400));
    }
  }
}
