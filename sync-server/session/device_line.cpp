// SPDX-License-Identifier: Apache-2.0
#include "sync-server/session/device_line.hpp"

namespace daybook {
namespace {

// A phone asks one thing at a time; what it sends ahead of the answer is kept, not much of it.
constexpr std::size_t kHeldMax = 64 << 10;

}  // namespace

bool DeviceLine::hear(BytesView bytes) {
  reader_.feed(bytes);
  while (!asked_) {
    auto packet = reader_.next();
    if (!packet.ok()) return false;
    if (!*packet) break;
    if (!take(**packet)) return false;
  }
  return reader_.held() <= kHeldMax;
}

bool DeviceLine::take(const wire::LinePacket& packet) {
  if (packet.kind == wire::LineKind::kStillHere) return packet.payload.empty();
  if (packet.kind != wire::LineKind::kTalk) return false;
  auto message = up_.unpack(packet.payload, wire::kLineAskSizeMax);
  if (!message.ok()) return false;  // from here on neither end knows what the other remembers
  auto request = wire::decode_sync_request(*message);
  asked_ = *std::move(message);
  if (!request.ok()) {
    refuse(request.error());
    return true;
  }
  // Whoever is answered later need not be there any more.
  const auto weak = weak_from_this();
  ask_(
      *std::move(request),
      [weak](const wire::SyncReply& answer) {
        if (const auto line = weak.lock()) line->reply(answer);
      },
      [weak](const Error& why) {
        if (const auto line = weak.lock()) line->refuse(why);
      });
  return true;
}

void DeviceLine::reply(const wire::SyncReply& reply) {
  const Bytes message = wire::encode(reply);
  if (message.size() > wire::kLineAnswerSizeMax) {
    // The same request by an exchange brings it; carrying it out again changes nothing.
    return refuse(failure(Errc::kTooLarge, "line", std::to_string(wire::kLineAnswerSizeMax)));
  }
  const Bytes asked = *std::exchange(asked_, std::nullopt);
  say(wire::LineKind::kTalk, down_.pack(message, asked));
  if (!hear({})) close();
}

void DeviceLine::refuse(const Error& why) {
  asked_.reset();
  say(wire::LineKind::kRefusal, wire::encode(wire::ErrorReply{why.code, why.field, why.detail}));
  // A phone that has to prove itself again, or is no longer ours, does it on a new connection.
  const bool known =
      why.code != Errc::kUnauthorized && why.code != Errc::kRevoked && why.code != Errc::kForbidden;
  if (!known || !hear({})) close();
}

void DeviceLine::ring(Bytes live_page) {
  post_([weak = weak_from_this(), page = std::move(live_page)] {
    const auto line = weak.lock();
    if (!line) return;
    if (page.empty()) return line->say(wire::LineKind::kBell, {});
    line->say(wire::LineKind::kPage, line->down_.pack(page));
  });
}

void DeviceLine::say(wire::LineKind kind, BytesView payload) {
  stream_->write(text_of(wire::line_packet(kind, payload)));
}

}  // namespace daybook
