// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/client-lib/net/fake_office.hpp"

#include <algorithm>
#include <cstdio>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/wire/message.hpp"

namespace daybook::test {
namespace {

http::Response error(int status, const std::string& name) {
  http::Response response;
  response.status = status;
  response.headers.push_back({"daybook-error", name});
  return response;
}

http::Response cbor(Bytes body) {
  http::Response response;
  response.content_type = "application/cbor";
  response.body = std::move(body);
  return response;
}

Bytes secret(std::string_view kind, std::size_t number) {
  const auto digest = sha256(view_of(std::string(kind) + std::to_string(number)));
  return {digest.raw.begin(), digest.raw.begin() + 32};
}

}  // namespace

std::optional<http::Response> FakeOffice::on_head(const http::Request& head, std::uint64_t) {
  const std::lock_guard lock(mutex_);
  if (revoked_) return error(403, "revoked");
  if (head.path == "/v1/session") return std::nullopt;
  if (is_proved(head)) return std::nullopt;
  ++tokens_refused_;
  return error(401, "unauthorized");
}

bool FakeOffice::is_proved(const http::Request& request) {
  const auto* authorization = request.find_header("authorization");
  if (authorization == nullptr || authorization->rfind("Daybook ", 0) != 0) return false;
  const auto token = from_base64url(authorization->substr(8));
  if (!token || tokens_.count(*token) == 0) return false;
  const auto* proof = request.find_header("proof");
  if (proof == nullptr)
    return proved_.count(request.connection) > 0 && proved_[request.connection] == *token;
  const auto bytes = from_base64url(*proof);
  const auto signature =
      bytes ? decode_signature(*bytes) : Result<Signature>(failure(Errc::kInvalid));
  const Bytes claim = wire::proof_signing_bytes(*token, request.channel);
  if (!signature.ok() || !verify(key_, claim, *signature).ok()) return false;
  proved_[request.connection] = *token;
  return true;
}

void FakeOffice::on_request(http::Request request, http::ReplySink sink) {
  const std::lock_guard lock(mutex_);
  if (request.path == "/v1/session") return sink.reply(open_session(request));
  if (request.path == "/v1/live") return open_line(sink);
  constexpr std::string_view kState = "/v1/exchange/";
  auto response = request.path.rfind(kState, 0) == 0
                      ? answer_state(request.path.substr(kState.size()), 200)
                      : answer_part(request);
  spoil(response);
  sink.reply(std::move(response));
}

// One line at a time. It calls out a bell and a page when it opens.
void FakeOffice::open_line(const http::ReplySink& sink) {
  line_ = {};
  http::Upgrade upgrade;
  upgrade.protocol = wire::kLineProtocol;
  upgrade.ping = std::string_view("\0\0", 2);
  upgrade.hear = [this](BytesView bytes) { return hear(bytes); };
  line_.stream = sink.open_line(std::move(upgrade));
  say(wire::LineKind::kBell, {});
  say(wire::LineKind::kPage, line_.down.pack(view_of("a page")));
}

void FakeOffice::say(wire::LineKind kind, BytesView payload) {
  line_.stream->write(text_of(wire::line_packet(kind, payload)));
}

bool FakeOffice::hear(BytesView bytes) {
  const std::lock_guard lock(mutex_);
  line_.reader.feed(bytes);
  for (;;) {
    const auto packet = line_.reader.next();
    if (!packet.ok()) return false;
    if (!*packet) return true;
    const auto asked = line_.up.unpack((*packet)->payload, wire::kLineAskSizeMax);
    if (!asked.ok()) return false;
    if (line_refusal_) {
      say(wire::LineKind::kRefusal, wire::encode(wire::ErrorReply{*line_refusal_, "x", "y"}));
    } else if (!line_silent_) {
      say(wire::LineKind::kTalk, line_.down.pack(carry_out(*asked), *asked));
    }
  }
}

void FakeOffice::refuse_on_line(std::optional<Errc> code) {
  const std::lock_guard lock(mutex_);
  line_refusal_ = code;
}

void FakeOffice::fall_silent(bool silent) {
  const std::lock_guard lock(mutex_);
  line_silent_ = silent;
}

void FakeOffice::cut_line() {
  const std::lock_guard lock(mutex_);
  line_.stream->close();
}

http::Response FakeOffice::open_session(const http::Request& request) {
  const auto asked = wire::decode_session_request(request.body);
  if (!asked.ok() || asked->device != device_) return error(403, "forbidden");
  wire::SessionReply reply;
  if (asked->nonce.empty()) {
    reply.nonce = secret("nonce", nonces_.size() + static_cast<std::size_t>(sessions_));
    nonces_.insert(reply.nonce);
    return cbor(wire::encode(reply));
  }
  const Bytes claim = wire::session_signing_bytes(device_, asked->nonce, request.channel);
  if (nonces_.erase(asked->nonce) == 0 || !verify(key_, claim, asked->proof).ok())
    return error(401, "unauthorized");
  ++sessions_;
  reply.token = secret("token", static_cast<std::size_t>(sessions_));
  reply.lifetime_s = 900;
  reply.server_ms = 1'780'000'000'000;
  tokens_.insert(reply.token);
  return cbor(wire::encode(reply));
}

std::optional<FakeOffice::Part> FakeOffice::read_part(const http::Request& request) {
  const auto* text = request.find_header("exchange");
  if (text == nullptr || text->size() < 23 || (*text)[22] != ';') return std::nullopt;
  Part part;
  part.id = text->substr(0, 22);
  unsigned long long offset = 0;
  unsigned long long total = 0;
  unsigned long long have = 0;
  if (std::sscanf(text->c_str() + 22, ";%llu;%llu;%llu", &offset, &total, &have) != 3)
    return std::nullopt;
  part.offset = offset;
  part.total = total;
  part.have = have;
  return part;
}

http::Response FakeOffice::answer_state(const std::string& id, int status) {
  http::Response response;
  response.status = status;
  const auto found = exchanges_.find(id);
  std::string state = "received=0;reply=-";
  if (found != exchanges_.end()) {
    const auto& reply = found->second.reply;
    state = "received=" + std::to_string(found->second.request.size()) +
            ";reply=" + (reply ? std::to_string(reply->size()) : "-");
    if (reply) response.headers.push_back({"exchange-digest", to_base64url(sha256(*reply).view())});
  }
  response.headers.push_back({"exchange-id", id});
  response.headers.push_back({"exchange-state", state});
  return response;
}

void FakeOffice::append(Exchange& exchange, const Part& part, BytesView body) {
  const auto skip = static_cast<std::size_t>(exchange.request.size() - part.offset);
  if (skip < body.size()) {
    const BytesView fresh = body.subspan(skip);
    exchange.request.insert(exchange.request.end(), fresh.begin(), fresh.end());
  }
  if (exchange.request.size() != exchange.total || exchange.reply) return;
  ++carried_out_;
  exchange.reply = carry_out(exchange.request);
}

http::Response FakeOffice::answer_part(const http::Request& request) {
  const auto part = read_part(request);
  if (!part || part->offset + request.body.size() > part->total) return error(400, "invalid");
  auto& exchange = exchanges_[part->id];
  exchange.total = part->total;
  if (part->offset > exchange.request.size()) return answer_state(part->id, 409);
  append(exchange, *part, request.body);
  if (!exchange.reply) return answer_state(part->id, 202);
  if (part->have > exchange.reply->size()) return answer_state(part->id, 409);
  auto response = answer_state(part->id, 200);
  response.content_type = "application/cbor";
  response.body.assign(exchange.reply->begin() + static_cast<std::ptrdiff_t>(part->have),
                       exchange.reply->end());
  return response;
}

void FakeOffice::on_cut(http::Request partial, std::uint64_t) {
  const std::lock_guard lock(mutex_);
  const auto part = read_part(partial);
  if (!part) return;
  auto& exchange = exchanges_[part->id];
  exchange.total = part->total;
  if (part->offset <= exchange.request.size()) append(exchange, *part, partial.body);
}

void FakeOffice::revoke() {
  const std::lock_guard lock(mutex_);
  revoked_ = true;
}

void FakeOffice::forget_exchanges() {
  const std::lock_guard lock(mutex_);
  exchanges_.clear();
}

void FakeOffice::forget_tokens() {
  const std::lock_guard lock(mutex_);
  tokens_.clear();
}

int FakeOffice::carried_out() const {
  const std::lock_guard lock(mutex_);
  return carried_out_;
}

int FakeOffice::sessions_opened() const {
  const std::lock_guard lock(mutex_);
  return sessions_;
}

std::size_t FakeOffice::tokens_refused() const {
  const std::lock_guard lock(mutex_);
  return tokens_refused_;
}

}  // namespace daybook::test
