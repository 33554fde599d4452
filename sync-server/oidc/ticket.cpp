// SPDX-License-Identifier: Apache-2.0
#include "sync-server/oidc/ticket.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

constexpr std::int64_t kLifetimeMs = 10 * 60 * 1000;
constexpr std::size_t kUsedMax = 20'000;
constexpr std::size_t kSeedSize = 32;
constexpr std::size_t kBodySize = kSeedSize + 8 + 2 + Digest::kSize;

void add_number(Bytes& into, std::uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    into.push_back(static_cast<std::uint8_t>(number >> shift));
}

std::uint64_t number_at(BytesView bytes, std::size_t at, std::size_t size) {
  std::uint64_t number = 0;
  for (const auto byte : bytes.subspan(at, size)) number = (number << 8) | byte;
  return number;
}

}  // namespace

LoginTickets::LoginTickets(Clock& clock, Rng& rng)
    : clock_(clock), rng_(rng), key_(rng.draw<Digest>()) {}

std::string LoginTickets::derive_text(std::string_view use, BytesView body) const {
  Bytes message = copy_of(view_of(use));
  message.insert(message.end(), body.begin(), body.end());
  return to_base64url(hmac_sha256(key_.view(), message).view());
}

LoginTicket LoginTickets::derive(BytesView body) const {
  LoginTicket ticket;
  ticket.cookie = to_base64url(body) + "." + derive_text("cookie ", body);
  ticket.state = derive_text("state ", body);
  ticket.nonce = derive_text("nonce ", body);
  ticket.verifier = derive_text("verifier ", body);
  ticket.purpose.port = static_cast<std::uint16_t>(number_at(body, kSeedSize + 8, 2));
  ticket.purpose.challenge = *Digest::from(body.subspan(kSeedSize + 10));
  return ticket;
}

LoginTicket LoginTickets::issue(const TicketPurpose& purpose) {
  Bytes body(kSeedSize);
  {
    const std::scoped_lock lock(mutex_);
    rng_.fill(body);
  }
  add_number(body, static_cast<std::uint64_t>(clock_.steady_ms() + kLifetimeMs), 8);
  add_number(body, purpose.port, 2);
  body.insert(body.end(), purpose.challenge.raw.begin(), purpose.challenge.raw.end());
  return derive(body);
}

Result<LoginTicket> LoginTickets::take(std::string_view cookie, std::string_view state) {
  const auto unknown = failure(Errc::kForbidden, "state", "not a login that is under way here");
  const auto body = from_base64url(cookie.substr(0, cookie.find('.')));
  if (!body || body->size() != kBodySize) return unknown;
  auto ticket = derive(*body);
  if (!equal_in_constant_time(view_of(ticket.cookie), view_of(cookie)) ||
      !equal_in_constant_time(view_of(ticket.state), view_of(state))) {
    return unknown;
  }
  const std::int64_t now = clock_.steady_ms();
  const auto ends = static_cast<std::int64_t>(number_at(*body, kSeedSize, 8));
  if (ends < now) return unknown;
  const std::scoped_lock lock(mutex_);
  if (used_.size() >= kUsedMax)
    std::erase_if(used_, [&](const auto& held) { return held.second < now; });
  // Forgetting one would let it be used again: better to let nobody in for a while.
  if (used_.size() >= kUsedMax) return failure(Errc::kBusy);
  if (!used_.emplace(sha256(view_of(cookie)), ends).second) return unknown;
  return ticket;
}

std::string challenge_of(std::string_view verifier) {
  return to_base64url(sha256(view_of(verifier)).view());
}

std::string ticket_cookie(const LoginTicket& ticket) {
  return std::string(kTicketCookie) + "=" + ticket.cookie +
         "; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax";
}

std::string no_ticket_cookie() {
  return std::string(kTicketCookie) + "=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax";
}

}  // namespace daybook
