// SPDX-License-Identifier: Apache-2.0
// A login that was begun and sent to the provider. Nothing is kept for it here: everything about it
// is derived, under a key of this process, from a cookie that only the browser has. So a flood of
// begun logins pushes nobody's out, and a callback without the cookie of the same browser is a
// stranger's. What is kept is which ones came back, because each may do so once. Any thread (one
// mutex).
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"

namespace daybook {

// What the login is for: the pages in this browser, or a program that waits on a port of the
// person's own machine and proves with the challenge that it was the one who asked.
struct TicketPurpose {
  std::uint16_t port = 0;  // 0: the pages
  Digest challenge;
};

struct LoginTicket {
  std::string cookie;
  std::string state;
  std::string nonce;
  std::string verifier;  // PKCE's; its challenge is challenge_of()
  TicketPurpose purpose;
};

class LoginTickets {
 public:
  LoginTickets(Clock& clock, Rng& rng);

  LoginTicket issue(const TicketPurpose& purpose);
  // Once for each, within ten minutes. kForbidden at `state` for everything else, alike; kBusy when
  // too many came back at a time.
  Result<LoginTicket> take(std::string_view cookie, std::string_view state);

 private:
  LoginTicket derive(BytesView body) const;
  std::string derive_text(std::string_view use, BytesView body) const;

  Clock& clock_;
  Rng& rng_;
  Digest key_;
  std::mutex mutex_;
  std::map<Digest, std::int64_t> used_;  // by hash of the cookie, until when it would be good
};

// S256 of PKCE.
std::string challenge_of(std::string_view verifier);

inline constexpr std::string_view kTicketCookie = "__Host-daybook-oidc";
// Set-Cookie values. Lax and not Strict: the provider sends the browser back here from its own
// site.
std::string ticket_cookie(const LoginTicket& ticket);
std::string no_ticket_cookie();

}  // namespace daybook
