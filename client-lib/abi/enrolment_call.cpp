// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/enrolment_call.hpp"

#include "client-lib/abi/server_address.hpp"
#include "client-lib/net/exchange_words.hpp"
#include "client-lib/net/https_client.hpp"
#include "core/wire/enrol_text.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/message.hpp"

namespace daybook::abi {
namespace {

constexpr int kAttemptsMax =
    8;  // a line that breaks every 2,000 bytes gets through with the second or third
constexpr std::string_view kMediaType = "application/cbor";

#if defined(__ANDROID__)
constexpr std::string_view kPlatform = "android";
#elif defined(__APPLE__)
constexpr std::string_view kPlatform = "apple";
#elif defined(__linux__)
constexpr std::string_view kPlatform = "linux";
#else
constexpr std::string_view kPlatform = "other";
#endif

// The proof is for the connection that is open now, so each attempt signs anew, with the same key.
Result<wire::EnrolReply> attempt(HttpsClient& client, Signer& signer, wire::EnrolRequest& request) {
  DAYBOOK_TRY(client.connect());
  DAYBOOK_ASSIGN(request.proof, signer.sign(wire::enrol_signing_bytes(request.code, request.key,
                                                                      client.channel())));
  const Bytes body = wire::encode(request);
  HttpCall call;
  call.method = "POST";
  call.target = "/v1/enrol";
  call.content_type = kMediaType;
  call.body = body;
  call.reply_size_max = wire::kSchemaSizeMax + 4096;
  call.may_connect = false;
  DAYBOOK_ASSIGN(const auto reply, client.request(call));
  if (reply.status != 200) return error_of_reply(reply);
  if (!reply.has_content_type(kMediaType)) return failure(Errc::kUntrusted, "enrol.content-type");
  return wire::decode_enrol_reply(reply.body);
}

}  // namespace

Result<Enrolment> call_for_enrolment(const EnrolmentCall& call, Rng& rng) {
  DAYBOOK_ASSIGN(const auto text, wire::read_enrol_text(call.code_text));
  DAYBOOK_ASSIGN(auto address, read_server_address(text.url, {text.pin}));
  if (call.device_name.size() > wire::kDeviceTextSizeMax) {
    return failure(Errc::kTooLarge, "device_name",
                   "at most " + std::to_string(wire::kDeviceTextSizeMax) + " bytes");
  }
  // Work for one office must not end up with another because somebody showed the wrong code.
  if (call.before && call.before->pins != std::vector<Digest>{text.pin})
    return failure(Errc::kAlreadyExists, "device", "of another server; wipe it first");
  if (call.before && call.key_alg && *call.key_alg != call.before->key_alg) {
    return failure(
        Errc::kAlreadyExists, "key_alg",
        "this phone has an " + std::string(name_of(call.before->key_alg)) + " key; wipe it first");
  }
  Enrolment enrolment;
  if (call.before) {
    enrolment.key_alg = call.before->key_alg;
    enrolment.key_seed = call.before->key_seed;
  } else {
    enrolment.key_alg = call.key_alg.value_or(KeyAlg::kEd25519);
    enrolment.key_seed = draw_key_secret(enrolment.key_alg, rng);
  }
  DAYBOOK_ASSIGN(const auto signer, signer_of(enrolment.key_alg, enrolment.key_seed));
  wire::EnrolRequest request;
  request.code = text.code;
  request.key = signer->public_key();
  request.device_name = std::string(call.device_name);
  request.platform = std::string(kPlatform);
  if (call.before) request.device = call.before->device;

  HttpsClient client(std::move(address));
  Result<wire::EnrolReply> reply = failure(Errc::kOffline);
  for (int i = 0; i < kAttemptsMax; ++i) {
    reply = attempt(client, *signer, request);
    if (reply.ok() || reply.error().code != Errc::kCut) break;
  }
  if (!reply.ok()) return reply.error();
  enrolment.device = reply->device;
  enrolment.actor = reply->actor;
  enrolment.role = reply->role;
  enrolment.server_url = text.url;
  enrolment.pins = {text.pin};
  enrolment.schema = reply->schema.empty() ? call.schema : reply->schema;
  return enrolment;
}

}  // namespace daybook::abi
