// SPDX-License-Identifier: Apache-2.0
#include "sync-server/auth/device_sessions.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

constexpr std::int64_t kNonceLifetimeMs = 5 * 60 * 1000;
constexpr std::int64_t kTokenLifetimeMs = 15 * 60 * 1000;
constexpr std::size_t kTokenSize = 24;
constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kMacSize = 16;
constexpr std::size_t kConnectionsPerTokenMax = 8;
constexpr std::size_t kSessionsMax = 100'000;
constexpr std::string_view kScheme = "Daybook ";

void put_be64(Bytes& out, std::int64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> shift));
}

std::int64_t be64(BytesView in) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = (value << 8) | in[i];
  return static_cast<std::int64_t>(value);
}

Error unauthorized(std::string detail) {
  return failure(Errc::kUnauthorized, "authorization", std::move(detail));
}

}  // namespace

Bytes DeviceSessions::make_nonce() {
  const std::scoped_lock lock(mutex_);
  Bytes nonce;
  put_be64(nonce, clock_.wall_ms());
  nonce.resize(8 + kSaltSize);
  rng_.fill(std::span(nonce).subspan(8));
  const Digest mac = hmac_sha256(secret_, nonce);
  nonce.insert(nonce.end(), mac.raw.begin(), mac.raw.begin() + kMacSize);
  return nonce;
}

Result<std::int64_t> DeviceSessions::check_nonce(BytesView nonce) {
  if (nonce.size() != 8 + kSaltSize + kMacSize) return unauthorized("not a nonce of this server");
  const auto text = nonce.first(8 + kSaltSize);
  const Digest mac = hmac_sha256(secret_, text);
  if (!equal_in_constant_time(mac.view().first(kMacSize), nonce.last(kMacSize)))
    return unauthorized("not a nonce of this server");
  const std::int64_t expires = be64(text) + kNonceLifetimeMs;
  if (clock_.wall_ms() > expires) return unauthorized("the nonce is too old");
  return expires;
}

wire::SessionReply DeviceSessions::open(const DeviceRow& device) {
  const std::scoped_lock lock(mutex_);
  const std::int64_t now = clock_.wall_ms();
  if (sessions_.size() >= kSessionsMax)
    std::erase_if(sessions_, [&](const auto& held) { return held.second.expires_ms < now; });
  wire::SessionReply reply;
  reply.token.resize(kTokenSize);
  rng_.fill(reply.token);
  reply.lifetime_s = kTokenLifetimeMs / 1000;
  reply.server_ms = now;
  sessions_[sha256(reply.token)] = Session{device, now + kTokenLifetimeMs, {}};
  return reply;
}

Result<DeviceRow> DeviceSessions::authenticate(const http::Request& head) {
  const auto* line = head.find_header("authorization");
  if (line == nullptr || line->compare(0, kScheme.size(), kScheme) != 0)
    return unauthorized("no token");
  const auto token = from_base64url(std::string_view(*line).substr(kScheme.size()));
  if (!token) return unauthorized("malformed token");
  const std::scoped_lock lock(mutex_);
  const auto found = sessions_.find(sha256(*token));
  if (found == sessions_.end()) return unauthorized("unknown token");
  Session& session = found->second;
  if (session.expires_ms < clock_.wall_ms()) {
    sessions_.erase(found);
    return unauthorized("the token has expired");
  }
  auto& proven = session.proven_connections;
  if (std::find(proven.begin(), proven.end(), head.connection) != proven.end())
    return session.device;
  const auto* proof = head.find_header("proof");
  if (proof == nullptr) return unauthorized("no proof on this connection");
  const auto bytes = from_base64url(*proof);
  const auto signature =
      bytes ? decode_signature(*bytes) : Result<Signature>(unauthorized("malformed proof"));
  if (!signature.ok()) return unauthorized("malformed proof");
  if (!verify(session.device.key, wire::proof_signing_bytes(*token, head.channel), *signature)
           .ok()) {
    return unauthorized("the proof does not verify");
  }
  proven.push_back(head.connection);
  if (proven.size() > kConnectionsPerTokenMax) proven.pop_front();
  return session.device;
}

void DeviceSessions::forget(const DeviceId& device) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(sessions_, [&](const auto& held) { return held.second.device.device == device; });
}

}  // namespace daybook
