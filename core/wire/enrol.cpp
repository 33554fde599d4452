// SPDX-License-Identifier: Apache-2.0
// POST /v1/enrol as bytes. Grammar: PROTOCOL.md, "Enrolment".
#include "core/model/limits.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/message_parts.hpp"

namespace daybook::wire {
namespace {

constexpr std::string_view kTag = "daybook.enrol";
constexpr std::size_t kItems = 8;
constexpr std::string_view kReplyTag = "daybook.enrol-reply";
constexpr std::size_t kReplyItems = 9;

PublicKey read_public_key(MessageReader& in, std::string_view name) {
  const auto bytes = in.bytes(name, kPublicKeySizeMax);
  if (in.failed()) return {};
  auto key = decode_public_key(bytes);
  if (!key.ok()) {
    in.fail(key.error().code, name, key.error().detail);
    return {};
  }
  return std::move(key).value();
}

}  // namespace

Bytes enrol_signing_bytes(BytesView code, const PublicKey& key, const Digest& channel) {
  CborWriter out;
  out.array(5).text("daybook.enrol-proof").unsigned_integer(kMessageFormat);
  out.bytes(code).bytes(encode(key)).bytes(channel.view());
  return out.take();
}

Bytes encode(const EnrolRequest& request) {
  CborWriter out;
  out.array(kItems)
      .text(kTag)
      .unsigned_integer(kMessageFormat)
      .bytes(request.code)
      .bytes(encode(request.key));
  out.text(request.device_name).text(request.platform);
  if (request.device) {
    out.bytes(request.device->view());
  } else {
    out.null();
  }
  return out.bytes(encode(request.proof)).take();
}

Result<EnrolRequest> decode_enrol_request(BytesView bytes) {
  MessageReader in(bytes, "enrol");
  EnrolRequest request;
  in.open(kTag, kItems);
  request.code = copy_of(in.bytes("code", kEnrolCodeSizeMax));
  if (!in.failed() && request.code.size() < kEnrolCodeSizeMin)
    in.fail(Errc::kInvalid, "code", "too short");
  request.key = read_public_key(in, "key");
  request.device_name = in.text("device_name", kDeviceTextSizeMax);
  request.platform = in.text("platform", kDeviceTextSizeMax);
  request.device =
      in.nullable("device", [](MessageReader& item) { return item.fixed<DeviceId>(""); });
  if (!in.failed() && request.device && request.device->is_zero())
    in.fail(Errc::kInvalid, "device", "zero");
  request.proof = read_signature(in, "proof");
  if (!in.failed() && request.proof.alg != request.key.alg)
    in.fail(Errc::kInvalid, "proof", "of another algorithm than the key");
  DAYBOOK_TRY(in.close());
  return request;
}

Bytes encode(const EnrolReply& reply) {
  CborWriter out;
  out.array(kReplyItems)
      .text(kReplyTag)
      .unsigned_integer(kMessageFormat)
      .bytes(reply.device.view());
  out.text(reply.actor).text(reply.role).unsigned_integer(reply.schema_version);
  out.bytes(reply.schema_digest.view()).text(reply.schema).integer(reply.server_ms);
  return out.take();
}

Result<EnrolReply> decode_enrol_reply(BytesView bytes) {
  MessageReader in(bytes, "enrol_reply");
  EnrolReply reply;
  in.open(kReplyTag, kReplyItems);
  reply.device = in.fixed<DeviceId>("device");
  reply.actor = in.text("actor", kNameSizeMax);
  reply.role = in.text("role", kNameSizeMax);
  reply.schema_version = in.unsigned_integer("schema_version");
  reply.schema_digest = in.fixed<Digest>("schema_digest");
  reply.schema = in.text("schema", kSchemaSizeMax);
  reply.server_ms = in.integer("server_ms");
  DAYBOOK_TRY(in.close());
  return reply;
}

}  // namespace daybook::wire
