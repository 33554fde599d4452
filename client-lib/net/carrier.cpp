// SPDX-License-Identifier: Apache-2.0
#include "client-lib/net/carrier.hpp"

#include <algorithm>
#include <utility>

#include "core/base/ensure.hpp"
#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

constexpr std::string_view kMediaType = "application/cbor";
constexpr int kFruitlessMax = 3;
constexpr std::size_t kErrorSizeMax = 4096;
// A part is never smaller than this: below, heads would cost more than what a break can lose.
constexpr std::uint64_t kPartSizeMin = 512;
constexpr std::uint64_t kPartGrowth = 128;
// While the office still thinks about a request it has whole.
constexpr std::int64_t kAskAgainMs = 250;
constexpr int kAskAgainMax = 480;

}  // namespace

Carrier::Carrier(HttpsClient& client, const Uuid& device, Signer& signer, Rng& rng,
                 const CarrierOptions& options)
    : client_(client),
      rng_(rng),
      options_(options),
      session_(client, device, signer),
      part_size_(std::min(options.part_size_first, options.part_size_max)) {}

void Carrier::begin(std::string_view path, BytesView request) {
  const Digest digest = sha256(request);
  if (passage_ && passage_->path == path && passage_->total == request.size() &&
      passage_->request_digest == digest) {
    return;
  }
  Passage fresh;
  fresh.path = std::string(path);
  fresh.request_digest = digest;
  fresh.total = request.size();
  fresh.id = rng_.draw<Uuid>();
  passage_ = std::move(fresh);
}

std::uint64_t Carrier::progress() const { return grown_ + session_.steps(); }

Result<Bytes> Carrier::exchange(std::string_view path, BytesView request) {
  begin(path, request);
  int fruitless = 0;
  for (;;) {
    const std::uint64_t before = progress();
    auto arrived = use_connection(request);
    if (arrived.ok() && *arrived) return finish();
    if (!arrived.ok()) {
      if (arrived.error().code != Errc::kCut) return std::move(arrived).error();
      ++counters_.cuts;
    }
    fruitless = progress() > before ? 0 : fruitless + 1;
    if (fruitless == kFruitlessMax)
      return failure(Errc::kCut, "exchange", "no progress on three connections");
  }
}

Result<bool> Carrier::use_connection(BytesView request) {
  const std::uint64_t connection = client_.connection();
  DAYBOOK_TRY(client_.connect());
  if (client_.connection() != connection) {
    ++counters_.connections;
    broke_after_ = std::exchange(delivered_, 0);
  }
  DAYBOOK_TRY(session_.make_ready());
  auto& passage = *passage_;
  for (int waits = 0; waits < kAskAgainMax;) {
    // The office may end a connection in good order: then this one has carried what it could.
    if (!client_.connected()) return false;
    const std::uint64_t before = progress();
    const bool asked = passage.unsure;
    DAYBOOK_TRY(asked ? ask_state() : send_part(request));
    if (passage.reply_size && passage.reply.size() == *passage.reply_size) return true;
    if (asked || progress() > before) continue;
    ++waits;
    DAYBOOK_TRY(client_.pause(kAskAgainMs));
  }
  return failure(Errc::kBusy, "exchange", "the office is still thinking");
}

Result<void> Carrier::ask_state() {
  HttpCall call;
  call.target = "/v1/exchange/" + to_base64url(passage_->id.view());
  call.reply_size_max = kErrorSizeMax;
  DAYBOOK_ASSIGN(const auto reply, session_.request(call));
  if (reply.status != 200) return error_of_reply(reply);
  DAYBOOK_ASSIGN(const auto answer, read_exchange_answer(reply, passage_->id));
  DAYBOOK_TRY(learn(answer.state));
  if (answer.state.reply) expect_reply(answer);
  return success();
}

Result<void> Carrier::send_part(BytesView request) {
  auto& passage = *passage_;
  const std::uint64_t offset = passage.received;
  const std::uint64_t length = std::min(part_size_, passage.total - offset);
  const std::uint64_t have = passage.reply.size();
  HttpCall call;
  call.method = "POST";
  call.target = passage.path;
  call.headers.push_back({"Exchange", print_exchange({passage.id, offset, passage.total, have})});
  call.content_type = kMediaType;
  call.body = request.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
  call.reply_size_max = options_.reply_size_max;
  const std::uint64_t sent_before = client_.counters().body_up;
  const std::uint64_t steps_before = session_.steps();
  auto reply = session_.request(call);
  // Opening a session sends bodies of its own; then count only what this call has sent last.
  const bool own = session_.steps() == steps_before;
  note_sent(offset, own ? client_.counters().body_up - sent_before : client_.body_bytes_sent());

  if (!reply.ok()) {
    const HttpReply partial = client_.take_partial_reply();
    if (partial.status == 200 && partial.find_header("exchange-id") != nullptr) {
      DAYBOOK_TRY(take_reply(partial, have, false));
    }
    return std::move(reply).error();
  }
  if (reply->status == 200) return take_reply(*reply, have, true);
  if (reply->status != 202 && reply->status != 409) return error_of_reply(*reply);
  DAYBOOK_ASSIGN(const auto answer, read_exchange_answer(*reply, passage.id));
  DAYBOOK_TRY(learn(answer.state));
  if (reply->status == 409 && answer.state.reply && have > *answer.state.reply)
    passage.reply.clear();
  // The line carried a whole part. Once it has carried twice what it broke at before, it is trusted
  // with more.
  if (reply->status == 202) {
    delivered_ += length;
    if (delivered_ >= proven_ * 2)
      part_size_ = std::min<std::uint64_t>(part_size_ * 2, options_.part_size_max);
  }
  return success();
}

void Carrier::note_sent(std::uint64_t offset, std::uint64_t length) {
  if (length == 0) return;
  counters_.payload_up += length;
  passage_->sent_to = std::min(offset + length, passage_->total);
  passage_->unsure = true;
}

// What the office says it holds is the truth, whatever we believed.
Result<void> Carrier::learn(const PassageState& state) {
  auto& passage = *passage_;
  if (state.received > passage.total || (state.reply && state.received != passage.total)) {
    return failure(Errc::kUntrusted, "exchange-state");
  }
  if (state.received < passage.received) {
    ++counters_.restarts;
    passage.reply.clear();
    passage.reply_size.reset();
  }
  if (passage.unsure && state.received < passage.sent_to) {
    counters_.payload_resent += passage.sent_to - state.received;
    // It broke after this much: send a little more next time, so that a break loses less than what
    // got through.
    proven_ =
        broke_after_ + (state.received > passage.received ? state.received - passage.received : 0);
    part_size_ = std::clamp(proven_ + kPartGrowth, kPartSizeMin,
                            static_cast<std::uint64_t>(options_.part_size_max));
  }
  if (state.received > passage.received) grown_ += state.received - passage.received;
  passage.received = state.received;
  passage.unsure = false;
  return success();
}

// A reply of which nothing was seen before, or another one: the office was restarted and has
// carried the request out again.
void Carrier::expect_reply(const ExchangeAnswer& answer) {
  auto& passage = *passage_;
  if (passage.reply_size == answer.state.reply && passage.reply_digest == answer.digest) return;
  if (passage.reply_size && !passage.reply.empty()) ++counters_.restarts;
  passage.reply_size = answer.state.reply;
  passage.reply_digest = answer.digest;
  passage.reply.clear();
}

Result<void> Carrier::take_reply(const HttpReply& reply, std::uint64_t have, bool whole) {
  auto& passage = *passage_;
  DAYBOOK_ASSIGN(const auto answer, read_exchange_answer(reply, passage.id));
  if (!answer.state.reply || answer.state.received != passage.total) {
    return failure(Errc::kUntrusted, "exchange-state");
  }
  if (!reply.has_content_type(kMediaType) && *answer.state.reply > have) {
    return failure(Errc::kUntrusted, "content-type");
  }
  if (*answer.state.reply > options_.reply_size_max) return failure(Errc::kTooLarge, "reply");
  DAYBOOK_TRY(learn(answer.state));
  expect_reply(answer);
  // Another reply than the one we had the beginning of: this body starts in its middle. It is
  // fetched from the front.
  if (passage.reply.size() != have) return success();
  const std::uint64_t missing = *passage.reply_size - std::min(have, *passage.reply_size);
  if (whole ? reply.body.size() != missing : reply.body.size() > missing) {
    return failure(Errc::kUntrusted, "exchange-state", "length of the reply");
  }
  passage.reply.insert(passage.reply.end(), reply.body.begin(), reply.body.end());
  counters_.payload_down += reply.body.size();
  grown_ += reply.body.size();
  return success();
}

Result<Bytes> Carrier::finish() {
  Passage done = std::move(*passage_);
  passage_.reset();
  if (sha256(done.reply) != done.reply_digest) return failure(Errc::kUntrusted, "exchange-digest");
  ++counters_.exchanges;
  return std::move(done.reply);
}

Result<HttpReply> Carrier::call(const HttpCall& call) {
  DAYBOOK_TRY(client_.connect());
  return session_.request(call);
}

}  // namespace daybook
