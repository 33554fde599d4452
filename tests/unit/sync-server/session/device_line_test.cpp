// SPDX-License-Identifier: Apache-2.0
// The office's half of the line without a network: one question at a time, replies in order, calls
// between them, and an end to whoever speaks something else.
#include "sync-server/session/device_line.hpp"

#include <deque>

#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

class Paper : public http::LiveStream {
 public:
  void write(std::string_view text) override {
    reader_.feed(view_of(text));
    while (auto packet = reader_.next().value()) said.push_back(*std::move(packet));
  }
  void close() override { closed_ = true; }
  bool closed() const override { return closed_; }
  bool idle() const override { return true; }

  std::deque<wire::LinePacket> said;

 private:
  wire::LineReader reader_{wire::kLinePayloadSizeMax};
  bool closed_ = false;
};

struct Door {
  struct Question {
    wire::SyncRequest request;
    DeviceLine::Succeed succeed;
    DeviceLine::Fail fail;
  };

  Door() {
    line = std::make_shared<DeviceLine>(
        [this](wire::SyncRequest request, DeviceLine::Succeed succeed, DeviceLine::Fail fail) {
          questions.push_back({std::move(request), std::move(succeed), std::move(fail)});
        },
        [this](std::function<void()> work) { posted.push_back(std::move(work)); });
    line->speak_through(paper);
  }

  bool ask(std::uint8_t number) {
    wire::SyncRequest request;
    request.request.raw[0] = number;
    return line->hear(wire::line_packet(wire::LineKind::kTalk, up.pack(wire::encode(request))));
  }
  void run_posted() {
    for (const auto& work : posted) work();
    posted.clear();
  }

  std::shared_ptr<Paper> paper = std::make_shared<Paper>();
  std::shared_ptr<DeviceLine> line;
  std::vector<Question> questions;
  std::vector<std::function<void()>> posted;
  wire::LineTalk up;
};

wire::SyncReply reply_to(const Door::Question& question) {
  wire::SyncReply reply;
  reply.request = question.request.request;
  return reply;
}

}  // namespace

TEST_CASE("device line: a question that came early waits for the answer before it", "[session]") {
  Door door;
  CHECK(door.ask(1));
  CHECK(door.ask(2));
  REQUIRE(door.questions.size() == 1);
  wire::LineTalk down;
  const Bytes page(100, 'p');
  door.line->ring(page);
  door.line->ring({});
  door.run_posted();
  REQUIRE(door.paper->said.size() == 2);
  CHECK(door.paper->said[0].kind == wire::LineKind::kPage);
  CHECK(down.unpack(door.paper->said[0].payload, 1000).value() == page);
  CHECK(door.paper->said[1].kind == wire::LineKind::kBell);

  door.questions[0].succeed(reply_to(door.questions[0]));
  REQUIRE(door.questions.size() == 2);
  CHECK(door.questions[1].request.request.raw[0] == 2);
  REQUIRE(door.paper->said.size() == 3);
  const Bytes asked = wire::encode(door.questions[0].request);
  const Bytes heard = down.unpack(door.paper->said[2].payload, 10'000, asked).value();
  CHECK(wire::decode_sync_reply(heard).value().request.raw[0] == 1);
}

TEST_CASE("device line: refusals answer, and a phone that is no longer ours is shown out",
          "[session]") {
  Door door;
  CHECK(door.ask(1));
  door.questions[0].fail(failure(Errc::kDiskFull, "store"));
  CHECK(door.paper->said.back().kind == wire::LineKind::kRefusal);
  CHECK_FALSE(door.line->closed());
  CHECK(door.ask(2));
  door.questions[1].fail(failure(Errc::kRevoked, "device"));
  const auto told = wire::decode_error_reply(door.paper->said.back().payload);
  CHECK(told.value().code == Errc::kRevoked);
  CHECK(door.line->closed());
}

TEST_CASE("device line: an answer too long for it is refused, so that the phone takes the exchange",
          "[session]") {
  Door door;
  CHECK(door.ask(1));
  auto reply = reply_to(door.questions[0]);
  reply.schema = std::string(wire::kLineAnswerSizeMax, 's');
  door.questions[0].succeed(reply);
  const auto told = wire::decode_error_reply(door.paper->said.back().payload);
  CHECK(told.value().code == Errc::kTooLarge);
  CHECK_FALSE(door.line->closed());
}

TEST_CASE("device line: what is no question ends the line", "[session]") {
  CHECK_FALSE(Door().line->hear(view_of("GET / HTTP/1.1\r\n\r\n")));
  CHECK_FALSE(Door().line->hear(wire::line_packet(wire::LineKind::kBell)));
  CHECK_FALSE(Door().line->hear(wire::line_packet(wire::LineKind::kTalk, Bytes{9, 9})));
  CHECK(Door().line->hear(wire::line_packet(wire::LineKind::kStillHere)));
  CHECK_FALSE(Door().line->hear(wire::line_packet(wire::LineKind::kStillHere, Bytes{1})));
  Door garbage;
  CHECK(garbage.line->hear(
      wire::line_packet(wire::LineKind::kTalk, wire::LineTalk().pack(view_of("no request")))));
  CHECK(garbage.paper->said.back().kind == wire::LineKind::kRefusal);
  Door flooding;
  CHECK(flooding.ask(1));
  bool borne = true;
  for (int i = 0; i < 100 && borne; ++i) borne = flooding.line->hear(Bytes(1000, 1));
  CHECK_FALSE(borne);
}
