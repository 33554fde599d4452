// SPDX-License-Identifier: Apache-2.0
// POST /v1/session as bytes, and what the first request on a connection proves. Grammar:
// PROTOCOL.md, "Session".
#include "core/wire/limits.hpp"
#include "core/wire/message_parts.hpp"

namespace daybook::wire {
namespace {

constexpr std::string_view kTag = "daybook.session";
constexpr std::size_t kItems = 5;
constexpr std::string_view kReplyTag = "daybook.session-reply";
constexpr std::size_t kReplyItems = 6;

void bytes_or_null(CborWriter& out, BytesView bytes) {
  if (bytes.empty()) {
    out.null();
  } else {
    out.bytes(bytes);
  }
}

// Null stands for "none"; an empty byte string would be a second way to say it.
Bytes read_bytes_or_null(MessageReader& in, std::string_view name, std::size_t size_max) {
  if (in.take_null()) return {};
  const auto bytes = in.bytes(name, size_max);
  if (!in.failed() && bytes.empty()) in.fail(Errc::kInvalid, name, "empty");
  return copy_of(bytes);
}

}  // namespace

Bytes session_signing_bytes(const DeviceId& device, BytesView nonce, const Digest& channel) {
  CborWriter out;
  out.array(5).text("daybook.session-proof").unsigned_integer(kMessageFormat);
  out.bytes(device.view()).bytes(nonce).bytes(channel.view());
  return out.take();
}

Bytes proof_signing_bytes(BytesView token, const Digest& channel) {
  CborWriter out;
  out.array(4)
      .text("daybook.proof")
      .unsigned_integer(kMessageFormat)
      .bytes(token)
      .bytes(channel.view());
  return out.take();
}

Bytes encode(const SessionRequest& request) {
  CborWriter out;
  out.array(kItems).text(kTag).unsigned_integer(kMessageFormat).bytes(request.device.view());
  bytes_or_null(out, request.nonce);
  if (request.proof.raw.empty()) {
    out.null();
  } else {
    out.bytes(encode(request.proof));
  }
  return out.take();
}

Result<SessionRequest> decode_session_request(BytesView bytes) {
  MessageReader in(bytes, "session");
  SessionRequest request;
  in.open(kTag, kItems);
  request.device = in.fixed<DeviceId>("device");
  request.nonce = read_bytes_or_null(in, "nonce", kNonceSizeMax);
  if (!in.take_null()) request.proof = read_signature(in, "proof");
  if (!in.failed() && request.nonce.empty() != request.proof.raw.empty()) {
    in.fail(Errc::kInvalid, "proof", "goes with a nonce, and only with one");
  }
  DAYBOOK_TRY(in.close());
  return request;
}

Bytes encode(const SessionReply& reply) {
  CborWriter out;
  out.array(kReplyItems).text(kReplyTag).unsigned_integer(kMessageFormat);
  bytes_or_null(out, reply.nonce);
  bytes_or_null(out, reply.token);
  out.integer(reply.lifetime_s).integer(reply.server_ms);
  return out.take();
}

Result<SessionReply> decode_session_reply(BytesView bytes) {
  MessageReader in(bytes, "session_reply");
  SessionReply reply;
  in.open(kReplyTag, kReplyItems);
  reply.nonce = read_bytes_or_null(in, "nonce", kNonceSizeMax);
  reply.token = read_bytes_or_null(in, "token", kTokenSizeMax);
  if (!in.failed() && reply.nonce.empty() == reply.token.empty()) {
    in.fail(Errc::kInvalid, "token", "expected a nonce or a token");
  }
  reply.lifetime_s = in.integer("lifetime_s");
  if (!in.failed() && reply.lifetime_s < 0) in.fail(Errc::kInvalid, "lifetime_s", "below 0");
  reply.server_ms = in.integer("server_ms");
  DAYBOOK_TRY(in.close());
  return reply;
}

}  // namespace daybook::wire
