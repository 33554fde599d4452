// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/live/crowd_device.hpp"

#include <utility>

#include "client-lib/net/exchange_words.hpp"
#include "core/base/hex.hpp"
#include "core/wire/message.hpp"
#include "tests/bench/bench_phone.hpp"

namespace daybook::bench {
namespace {

std::string text_of(const std::string& head, BytesView body) {
  return head + "\r\n" + std::string(body.begin(), body.end());
}

std::string body_lines(BytesView body) {
  return "Content-Type: application/cbor\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n";
}

}  // namespace

CrowdDevice::CrowdDevice(CrowdLoop& loop, const CrowdDoor& door, const DeviceId& device,
                         std::unique_ptr<Signer> key, CrowdLine::Broken broken)
    : line_(loop, door, broken),
      device_(device),
      key_(std::move(key)),
      broken_(std::move(broken)) {}

void CrowdDevice::open(const std::string& source, std::function<void()> ready) {
  proven_ = false;
  line_.open(source, [this, ready = std::move(ready)] {
    if (token_.empty()) return ask_nonce(ready);
    ready();
  });
}

void CrowdDevice::ask_nonce(std::function<void()> ready) {
  wire::SessionRequest question;
  question.device = device_;
  session(wire::encode(question), [this, ready = std::move(ready)](const HttpReply& reply) {
    prove(take(wire::decode_session_reply(reply.body), "nonce").nonce, ready);
  });
}

void CrowdDevice::prove(const Bytes& nonce, std::function<void()> ready) {
  wire::SessionRequest question;
  question.device = device_;
  question.nonce = nonce;
  question.proof =
      take(key_->sign(wire::session_signing_bytes(device_, nonce, line_.channel())), "key");
  session(wire::encode(question), [this, ready = std::move(ready)](const HttpReply& reply) {
    token_ = take(wire::decode_session_reply(reply.body), "token").token;
    ready();
  });
}

void CrowdDevice::session(const Bytes& body, std::function<void(const HttpReply&)> replied) {
  const std::string head =
      "POST /v1/session HTTP/1.1\r\nHost: " + line_.door().host() + "\r\n" + body_lines(body);
  line_.request(text_of(head, body), [this, replied = std::move(replied)](HttpReply reply) {
    if (reply.status == 200) return replied(reply);
    line_.close();
    broken_(error_of_reply(reply));
  });
}

std::string CrowdDevice::who() {
  std::string lines = "Host: " + line_.door().host() + "\r\nAuthorization: Daybook " +
                      to_base64url(token_) + "\r\n";
  if (std::exchange(proven_, true)) return lines;
  const auto proof = take(key_->sign(wire::proof_signing_bytes(token_, line_.channel())), "key");
  return lines + "Proof: " + to_base64url(encode(proof)) + "\r\n";
}

void CrowdDevice::post(const std::string& path, const HttpHeader& extra, BytesView body,
                       std::function<void(HttpReply)> replied) {
  const std::string head = "POST " + path + " HTTP/1.1\r\n" + who() + extra.name + ": " +
                           extra.value + "\r\n" + body_lines(body);
  line_.request(text_of(head, body), std::move(replied));
}

void CrowdDevice::hold(Said said) {
  const std::string wish = "GET /v1/live HTTP/1.1\r\n" + who() +
                           "Connection: Upgrade\r\nUpgrade: " + std::string(wire::kLineProtocol) +
                           "\r\n\r\n";
  const auto packets = std::make_shared<wire::LineReader>(wire::kLinePayloadSizeMax);
  line_.follow(wish, 101, [packets, said = std::move(said)](BytesView bytes) -> Result<void> {
    packets->feed(bytes);
    for (;;) {
      DAYBOOK_ASSIGN(const auto packet, packets->next());
      if (!packet) return success();
      if (packet->kind != wire::LineKind::kStillHere) said(packet->kind, packet->payload);
    }
  });
}

}  // namespace daybook::bench
