// SPDX-License-Identifier: Apache-2.0
// Which person is asking: bearer tokens of the JSON API, cookies of the read-only pages, one-time
// links that open such a page, and the limit on login attempts. Kept in memory, secrets by their
// hash only; a restart makes people log in anew. Passwords themselves are checked by the caller,
// aside (core/crypto/password_hash.hpp). Any thread (one mutex).
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "sync-server/auth/policy.hpp"
#include "sync-server/auth/service_tokens.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// A person with a session. `role` is as it was at login; a change of the account ends the session.
struct OfficeUser {
  ActorId actor;
  Role role = Role::kAnonymous;
  ScopeSet scopes = kEveryScope;       // fewer for a program
  Uuid token{};                        // of a program; zero for a person
  std::optional<Uuid> organisation{};  // bound to it: sees no more (territory.hpp)
};

struct OfficeToken {
  std::string text;  // base64url, told once
  std::int64_t expires_ms = 0;
};

class OfficeSessions {
 public:
  OfficeSessions(Clock& clock, Rng& rng) : clock_(clock), rng_(rng) {}

  // --- logging in ---

  // kBusy with the seconds to wait in `detail` while this user (or this peer with it) has failed
  // too often. Counts the attempt at once, so that many at a time are no way around.
  Result<void> begin_attempt(const ActorId& actor, const std::string& peer);
  void attempt_succeeded(const ActorId& actor, const std::string& peer);
  // The same for attempts that name nobody yet: only the place is counted.
  Result<void> begin_attempt_from(const std::string& peer);
  void attempt_succeeded_from(const std::string& peer);

  // REQUIRES: the caller verified the password and that the account is active.
  OfficeToken open(const OfficeUser& user);

  // A code that a browser carries to the person's own program: one minute, one try. Worth nothing
  // without the verifier behind `challenge` (SHA-256), which the program keeps to itself.
  OfficeToken make_login_code(const OfficeUser& user, const Digest& challenge);
  struct Opened {
    OfficeUser user;
    OfficeToken token;
  };
  // kUnauthorized at `login` for whatever is wrong, alike.
  Result<Opened> use_login_code(std::string_view code, std::string_view verifier);

  // --- pages ---

  // REQUIRES: as open().
  OfficeToken open_page(const OfficeUser& user);
  // A code for /open/<code>: ten minutes, one use.
  OfficeToken make_open_link(const OfficeUser& user);
  // Uses the code up. The token is the cookie's value. kForbidden for an unknown, used or expired
  // one, alike.
  Result<OfficeToken> use_open_link(std::string_view code);

  // --- each request ---

  // The person behind "authorization: Bearer …" (api) or the cookie (page); anonymous when there is
  // none. kUnauthorized when a token was given and is not, or no longer, good.
  Result<OfficeUser> authenticate(const http::Request& head, RouteKind kind);

  // Whether what was begun under this user may go on: a stream that outlives many requests asks.
  bool still_good(const OfficeUser& user);

  // Programs come through the same door with tokens of their own.
  ServiceTokens& programs() { return programs_; }

  void close(const http::Request& head);  // logout
  void forget(const ActorId& actor);      // the account changed: its sessions and links end now
  std::size_t size();

 private:
  struct Session {
    OfficeUser user;
    RouteKind kind = RouteKind::kApi;
    std::int64_t ends_ms = 0;  // absolute
    std::int64_t seen_ms = 0;
  };
  struct Link {
    OfficeUser user;
    std::int64_t expires_ms = 0;
  };
  struct LoginCode {
    OfficeUser user;
    Digest challenge;
    std::int64_t expires_ms = 0;
  };
  struct Attempts {
    std::uint32_t failures = 0;
    std::int64_t next_ms = 0;
    std::int64_t last_ms = 0;
  };

  OfficeToken add_session(const OfficeUser& user, RouteKind kind);
  void count_attempt(const std::string& key, std::uint32_t free_tries, std::int64_t now);
  void ease_peer(const std::string& peer);
  std::int64_t wait_ms(const std::string& key, std::int64_t now) const;
  std::string draw_secret();
  void sweep(std::int64_t now);

  std::mutex mutex_;
  Clock& clock_;
  Rng& rng_;
  ServiceTokens programs_;
  std::map<Digest, Session> sessions_;  // by hash of the token
  std::map<Digest, Link> links_;        // by hash of the code
  std::map<Digest, LoginCode> codes_;   // likewise
  std::map<std::string, Attempts> attempts_;
};

// The name of the cookie; the prefix makes browsers insist on Secure, Path=/ and no Domain.
inline constexpr std::string_view kPageCookie = "__Host-daybook";
// The whole Set-Cookie value.
std::string page_cookie(const OfficeToken& token);

}  // namespace daybook
