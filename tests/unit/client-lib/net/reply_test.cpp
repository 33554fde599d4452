// SPDX-License-Identifier: Apache-2.0
// Replies and header words, byte by byte and broken in every way.
#include "client-lib/net/reply_reader.hpp"

#include "client-lib/net/exchange_words.hpp"
#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

std::string judge(const std::string& text,
                  const ReplyExpectation& expected = {1000, false, false}) {
  ReplyReader reader(HttpsLimits{}, expected);
  const auto fed = reader.feed(view_of(text));
  if (!fed.ok()) return std::string(name_of(fed.error().code)) + " " + fed.error().field;
  if (*fed < text.size()) return "surplus";
  return reader.complete() ? "complete" : "more";
}

}  // namespace

TEST_CASE("reply: read the same whole and byte by byte", "[reply]") {
  const std::string text =
      "HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\nX-A:  b \r\nContent-Type: Text/Plain; "
      "charset=x\r\n\r\nhello";
  ReplyReader whole(HttpsLimits{}, {10, false, false});
  REQUIRE(whole.feed(view_of(text)).value() == text.size());
  ReplyReader slow(HttpsLimits{}, {10, false, false});
  for (const char c : text) {
    CHECK_FALSE(slow.complete());
    REQUIRE(slow.feed(view_of(std::string(1, c))).value() == 1);
  }
  for (auto* reader : {&whole, &slow}) {
    REQUIRE(reader->complete());
    CHECK(reader->reply().status == 202);
    CHECK(text_of(reader->reply().body) == "hello");
    CHECK(*reader->reply().find_header("x-a") == "b");
    CHECK(reader->reply().has_content_type("text/plain"));
    CHECK_FALSE(reader->ends_connection());
  }
}

TEST_CASE("reply: what our office never says is a stranger's", "[reply]") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  CHECK(judge("<html>") == "untrusted reply.status-line");
  CHECK(judge("HTTP/1.0 200 OK\r\n") == "untrusted reply.status-line");
  CHECK(judge(ok + "\r\n") == "untrusted reply.content-length");
  CHECK(judge(ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n") ==
        "untrusted reply.transfer-encoding");
  CHECK(
      judge(ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx").rfind("untrusted reply.", 0) ==
      0);
  CHECK(judge(ok + "Content-Length: -1\r\n\r\n").rfind("untrusted reply.", 0) == 0);
  CHECK(judge(ok + "Content-Length: 1, 1\r\n\r\nx").rfind("untrusted reply.", 0) == 0);
  CHECK(judge(ok + "Content-Length: 1001\r\n\r\n") == "too_large reply.body");
  CHECK(judge(ok + "Content-Length: 0\r\n folded\r\n\r\n") == "untrusted reply.folded");
  CHECK(judge(ok + "Content-Length: 0\nX: y\r\n\r\n") == "untrusted reply.line-end");
  CHECK(judge("HTTP/1.1 100 Continue\r\n\r\n") == "untrusted reply.status");
  CHECK(judge(ok + "Content-Length: 1\r\n\r\nxy") == "surplus");
  CHECK(judge(ok + "X: " + std::string(9000, 'x')) == "untrusted reply.head");
  std::string many = ok;
  for (int i = 0; i < 65; ++i) many += "X: y\r\n";
  CHECK(judge(many + "\r\n") == "untrusted reply.fields");
  CHECK(judge("HTTP/1.1 204 No Content\r\n\r\n") == "complete");
  CHECK(judge(ok + "Content-Length: 70\r\n\r\n", {0, true, false}) == "complete");
  const std::string switched = "HTTP/1.1 101 Switching Protocols\r\n";
  CHECK(judge(switched + "\r\n") == "untrusted reply.status");
  CHECK(judge(switched + "\r\n", {0, false, true}) == "complete");
  CHECK(judge(switched + "Content-Length: 1\r\n\r\n", {0, false, true}) ==
        "untrusted reply.content-length");
}

TEST_CASE("exchange words: written by the letter and read by the letter", "[reply]") {
  const auto id = Uuid::from(Bytes(16, 0xff)).value();
  CHECK(print_exchange({id, 5, 70, 0}) == "_____________________w;5;70;0");
  CHECK(read_exchange_state("received=12;reply=-")->received == 12);
  CHECK_FALSE(read_exchange_state("received=12;reply=-")->reply.has_value());
  CHECK(read_exchange_state("received=0;reply=0")->reply == 0);
  constexpr const char* kWrong[] = {"",
                                    "received=",
                                    "received=1",
                                    "received=1;reply=",
                                    "received=01;reply=-",
                                    "received=1;reply=-1",
                                    "received=1;reply=-;",
                                    " received=1;reply=-",
                                    "received=12345678901;reply=-",
                                    "received=1; reply=-",
                                    "Received=1;reply=-"};
  for (const char* wrong : kWrong) {
    INFO(wrong);
    CHECK_FALSE(read_exchange_state(wrong).has_value());
  }
  HttpReply reply;
  reply.status = 403;
  CHECK(error_of_reply(reply).code == Errc::kForbidden);
  reply.headers.push_back({"daybook-error", "revoked"});
  CHECK(error_of_reply(reply).code == Errc::kRevoked);
  reply.status = 200;  // an error is not believed with a status that is none
  CHECK(error_of_reply(reply).code == Errc::kUntrusted);
  reply.status = 507;
  reply.headers[0].value = "cut";  // nobody tells us what only we can see
  CHECK(error_of_reply(reply).code == Errc::kDiskFull);
  reply.status = 415;  // for good: the lane goes on with the next content
  reply.headers[0].value = "wrong_type";
  CHECK(error_of_reply(reply).code == Errc::kWrongType);
}
