// SPDX-License-Identifier: Apache-2.0
#include "client-lib/net/device_session.hpp"

#include <utility>

#include "client-lib/net/exchange_words.hpp"
#include "core/base/hex.hpp"

namespace daybook {
namespace {

constexpr std::string_view kMediaType = "application/cbor";
constexpr std::size_t kReplySizeMax = 512;

}  // namespace

Result<HttpReply> DeviceSession::request(HttpCall call) {
  return send_as_device(std::move(call),
                        [this](const HttpCall& ready) { return client_.request(ready); });
}

Result<HttpReply> DeviceSession::upgrade(HttpCall call) {
  return send_as_device(std::move(call),
                        [this](const HttpCall& ready) { return client_.upgrade(ready); });
}

Result<HttpReply> DeviceSession::send_as_device(HttpCall call, const Send& send) {
  call.may_connect = false;  // the proof is for the connection that is open now
  const std::vector<HttpHeader> headers = std::move(call.headers);
  for (bool renewed = false;; renewed = true) {
    DAYBOOK_TRY(make_ready());
    call.headers.clear();
    DAYBOOK_TRY(prove(call));
    call.headers.insert(call.headers.end(), headers.begin(), headers.end());
    const std::uint64_t connection = client_.connection();
    DAYBOOK_ASSIGN(auto reply, send(call));
    if (reply.status != 401) {
      // Other refusals may come from before the door that judges proofs.
      if (reply.status < 400 || reply.status == 409) proved_on_ = connection;
      return reply;
    }
    // Expired, or the office has forgotten it.
    token_.clear();
    proved_on_ = 0;
    if (renewed) return failure(Errc::kUnauthorized, "token", "refused twice");
    DAYBOOK_TRY(client_.connect());
  }
}

Result<void> DeviceSession::prove(HttpCall& call) {
  call.headers.push_back({"Authorization", "Daybook " + to_base64url(token_)});
  if (proved_on_ == client_.connection()) return success();
  DAYBOOK_ASSIGN(const auto signature,
                 signer_.sign(wire::proof_signing_bytes(token_, client_.channel())));
  call.headers.push_back({"Proof", to_base64url(encode(signature))});
  return success();
}

Result<void> DeviceSession::open() {
  for (bool again = false;; again = true) {
    if (nonce_.empty()) DAYBOOK_TRY(fetch_nonce());
    const bool was_old = std::exchange(nonce_is_old_, true);
    auto fetched = fetch_token();
    if (fetched.ok()) return fetched;
    if (fetched.error().code != Errc::kUnauthorized) return fetched;
    nonce_.clear();
    // A nonce from before a break may have been spent by a request whose answer we never saw. A
    // fresh one has no such excuse.
    if (!was_old || again) return fetched;
    DAYBOOK_TRY(client_.connect());
  }
}

Result<void> DeviceSession::fetch_nonce() {
  wire::SessionRequest question;
  question.device = device_;
  DAYBOOK_ASSIGN(auto answer, ask(question));
  if (answer.nonce.empty())
    return failure(Errc::kUntrusted, "session.nonce", "a token without a proof");
  nonce_ = std::move(answer.nonce);
  nonce_is_old_ = false;
  ++steps_;
  return success();
}

Result<void> DeviceSession::fetch_token() {
  wire::SessionRequest question;
  question.device = device_;
  question.nonce = nonce_;
  const Bytes claim = wire::session_signing_bytes(device_, nonce_, client_.channel());
  DAYBOOK_ASSIGN(question.proof, signer_.sign(claim));
  DAYBOOK_ASSIGN(auto answer, ask(question));
  if (answer.token.empty()) return failure(Errc::kUntrusted, "session.token", "another nonce");
  token_ = std::move(answer.token);
  terms_ = SessionTerms{answer.lifetime_s, answer.server_ms};
  proved_on_ = 0;
  nonce_.clear();
  ++steps_;
  return success();
}

Result<wire::SessionReply> DeviceSession::ask(const wire::SessionRequest& question) {
  const Bytes body = wire::encode(question);
  HttpCall call;
  call.method = "POST";
  call.target = "/v1/session";
  call.content_type = kMediaType;
  call.body = body;
  call.reply_size_max = kReplySizeMax;
  call.may_connect = false;
  DAYBOOK_ASSIGN(const auto reply, client_.request(call));
  if (reply.status != 200) return error_of_reply(reply);
  if (!reply.has_content_type(kMediaType)) return failure(Errc::kUntrusted, "session.content-type");
  auto answer = wire::decode_session_reply(reply.body);
  if (!answer.ok()) return failure(Errc::kUntrusted, answer.error().field, answer.error().detail);
  return answer;
}

}  // namespace daybook
