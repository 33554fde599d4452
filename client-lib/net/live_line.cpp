// SPDX-License-Identifier: Apache-2.0
#include "client-lib/net/live_line.hpp"

#include <chrono>
#include <utility>

#include "client-lib/net/exchange_words.hpp"
#include "core/wire/message.hpp"

namespace daybook {

LiveLine::LiveLine(HttpsClient& client, const Uuid& device, Signer& signer)
    : client_(client), session_(client, device, signer) {}

Result<void> LiveLine::hold(const OnCall& on_call) {
  auto opened = open();
  if (!opened.ok()) {
    client_.disconnect();
    return opened;
  }
  auto served = serve(on_call);
  shut();
  client_.disconnect();
  return served;
}

Result<void> LiveLine::open() {
  DAYBOOK_TRY(client_.connect());
  HttpCall call;
  call.target = "/v1/live";
  call.headers.push_back({"Connection", "Upgrade"});
  call.headers.push_back({"Upgrade", std::string(wire::kLineProtocol)});
  DAYBOOK_ASSIGN(const auto reply, session_.upgrade(call));
  if (reply.status != 101) return error_of_reply(reply);
  const auto* protocol = reply.find_header("upgrade");
  if (protocol == nullptr || *protocol != wire::kLineProtocol)
    return failure(Errc::kUntrusted, "upgrade");
  const std::scoped_lock lock(mutex_);
  open_ = true;
  given_up_ = false;
  return success();
}

Result<void> LiveLine::serve(const OnCall& on_call) {
  wire::LineReader reader(wire::kLinePayloadSizeMax);
  wire::LineTalk up;
  wire::LineTalk down;
  Bytes asked;
  for (;;) {
    DAYBOOK_TRY(send_question(up, asked));
    DAYBOOK_ASSIGN(const auto come, client_.read_line());
    reader.feed(come);
    for (;;) {
      DAYBOOK_ASSIGN(const auto packet, reader.next());
      if (!packet) break;
      DAYBOOK_TRY(take(*packet, down, asked, on_call));
    }
  }
}

Result<void> LiveLine::send_question(wire::LineTalk& up, Bytes& asked) {
  {
    const std::scoped_lock lock(mutex_);
    if (given_up_) return failure(Errc::kTimedOut, "line", "no answer");
    if (!question_) return success();
    asked = *std::exchange(question_, std::nullopt);
  }
  return client_.write_line(wire::line_packet(wire::LineKind::kTalk, up.pack(asked)));
}

Result<void> LiveLine::take(const wire::LinePacket& packet, wire::LineTalk& down,
                            const Bytes& asked, const OnCall& on_call) {
  switch (packet.kind) {
    case wire::LineKind::kStillHere: return success();
    case wire::LineKind::kBell: {
      on_call({});
      const std::scoped_lock lock(mutex_);
      ++counters_.bells;
      return success();
    }
    case wire::LineKind::kPage: {
      DAYBOOK_ASSIGN(const auto page, down.unpack(packet.payload, wire::kLineAnswerSizeMax));
      on_call(page);
      const std::scoped_lock lock(mutex_);
      ++counters_.pages;
      return success();
    }
    case wire::LineKind::kTalk: {
      DAYBOOK_ASSIGN(auto reply, down.unpack(packet.payload, wire::kLineAnswerSizeMax, asked));
      answer(std::move(reply));
      return success();
    }
    case wire::LineKind::kRefusal: {
      DAYBOOK_ASSIGN(auto refusal, wire::decode_error_reply(packet.payload));
      answer(failure(refusal.code, std::move(refusal.field), std::move(refusal.detail)));
      return success();
    }
  }
  return failure(Errc::kInvalid, "line.kind");
}

void LiveLine::answer(Result<Bytes> result) {
  const std::scoped_lock lock(mutex_);
  if (!waiting_) return;
  if (result.ok()) ++counters_.asked;
  answer_ = std::move(result);
  changed_.notify_all();
}

void LiveLine::shut() {
  const std::scoped_lock lock(mutex_);
  open_ = false;
  question_.reset();
  if (waiting_ && !answer_) answer_ = failure(Errc::kCut, "line", "broke before the answer");
  changed_.notify_all();
}

Result<Bytes> LiveLine::ask(BytesView message, std::int64_t ms) {
  if (message.size() > wire::kLineAskSizeMax)
    return failure(Errc::kTooLarge, "line", std::to_string(wire::kLineAskSizeMax));
  std::unique_lock lock(mutex_);
  if (!open_) return failure(Errc::kCut, "line", "there is none");
  question_ = copy_of(message);
  waiting_ = true;
  answer_.reset();
  client_.nudge();
  const bool answered = changed_.wait_for(lock, std::chrono::milliseconds(ms),
                                          [this] { return answer_.has_value(); });
  waiting_ = false;
  if (!answered) {
    // Its answer may still come, and would be taken for that of the next question.
    given_up_ = true;
    client_.nudge();
    return failure(Errc::kTimedOut, "line");
  }
  return *std::exchange(answer_, std::nullopt);
}

bool LiveLine::is_open() const {
  const std::scoped_lock lock(mutex_);
  return open_ && !given_up_;
}

LiveCounters LiveLine::counters() const {
  const std::scoped_lock lock(mutex_);
  return counters_;
}

}  // namespace daybook
