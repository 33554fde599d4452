// SPDX-License-Identifier: Apache-2.0
#include "sync-server/auth/office_sessions.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

constexpr std::int64_t kMinuteMs = 60 * 1000;
constexpr std::int64_t kSessionMsMax = 10 * 60 * kMinuteMs;  // a working day
constexpr std::int64_t kApiIdleMsMax = 60 * kMinuteMs;
constexpr std::int64_t kPageIdleMsMax = 30 * kMinuteMs;
constexpr std::int64_t kLinkLifetimeMs = 10 * kMinuteMs;
constexpr std::int64_t kCodeLifetimeMs = kMinuteMs;
constexpr std::size_t kSecretSize = 24;
constexpr std::size_t kSessionsMax = 10'000;
constexpr std::size_t kLinksMax = 1'000;

// Tries before waiting begins. One user from one place: typing errors. One user from everywhere:
// somebody is guessing, but the owner must not be locked out for long. One place with all users: a
// list of passwords is being tried.
constexpr std::uint32_t kTriesHere = 5;
constexpr std::uint32_t kTriesEverywhere = 30;
constexpr std::uint32_t kTriesOfPeer = 60;
constexpr std::int64_t kWaitMsMax = 15 * kMinuteMs;
constexpr std::int64_t kWaitEverywhereMsMax = 30 * 1000;
constexpr std::int64_t kForgetAttemptsMs = 60 * kMinuteMs;
constexpr std::size_t kAttemptsMax = 10'000;

constexpr std::string_view kScheme = "Bearer ";

std::string key_here(const ActorId& actor, const std::string& peer) {
  return "h" + actor + '\n' + peer;
}
std::string key_everywhere(const ActorId& actor) { return "u" + actor; }
std::string key_of_peer(const std::string& peer) { return "p" + peer; }

std::optional<std::string> token_in(const http::Request& head, RouteKind kind) {
  if (kind == RouteKind::kPage) return head.cookie(kPageCookie);
  const auto* line = head.find_header("authorization");
  if (line == nullptr) return std::nullopt;
  if (line->compare(0, kScheme.size(), kScheme) != 0) return std::string{};
  return line->substr(kScheme.size());
}

}  // namespace

Result<void> OfficeSessions::begin_attempt(const ActorId& actor, const std::string& peer) {
  const std::scoped_lock lock(mutex_);
  const std::int64_t now = clock_.steady_ms();
  const std::int64_t wait =
      std::max({wait_ms(key_here(actor, peer), now), wait_ms(key_everywhere(actor), now),
                wait_ms(key_of_peer(peer), now)});
  if (wait > 0) return failure(Errc::kBusy, "login", std::to_string((wait + 999) / 1000));
  sweep(now);
  count_attempt(key_here(actor, peer), kTriesHere, now);
  count_attempt(key_everywhere(actor), kTriesEverywhere, now);
  count_attempt(key_of_peer(peer), kTriesOfPeer, now);
  return success();
}

void OfficeSessions::attempt_succeeded(const ActorId& actor, const std::string& peer) {
  const std::scoped_lock lock(mutex_);
  attempts_.erase(key_here(actor, peer));
  attempts_.erase(key_everywhere(actor));
  ease_peer(peer);
}

Result<void> OfficeSessions::begin_attempt_from(const std::string& peer) {
  const std::scoped_lock lock(mutex_);
  const std::int64_t now = clock_.steady_ms();
  const std::int64_t wait = wait_ms(key_of_peer(peer), now);
  if (wait > 0) return failure(Errc::kBusy, "login", std::to_string((wait + 999) / 1000));
  sweep(now);
  count_attempt(key_of_peer(peer), kTriesOfPeer, now);
  return success();
}

void OfficeSessions::attempt_succeeded_from(const std::string& peer) {
  const std::scoped_lock lock(mutex_);
  ease_peer(peer);
}

// The peer's own count is only eased: one good login must not open the door for guessing at others.
void OfficeSessions::ease_peer(const std::string& peer) {
  const auto found = attempts_.find(key_of_peer(peer));
  if (found != attempts_.end() && found->second.failures > 0) --found->second.failures;
}

void OfficeSessions::count_attempt(const std::string& key, std::uint32_t free_tries,
                                   std::int64_t now) {
  Attempts& attempts = attempts_[key];
  attempts.failures = std::min(attempts.failures + 1, 1000U);
  attempts.last_ms = now;
  if (attempts.failures < free_tries) return;
  const std::uint32_t doublings = std::min(attempts.failures - free_tries, 20U);
  const std::int64_t longest = free_tries == kTriesEverywhere ? kWaitEverywhereMsMax : kWaitMsMax;
  attempts.next_ms = now + std::min(longest, std::int64_t{1000} << doublings);
}

std::int64_t OfficeSessions::wait_ms(const std::string& key, std::int64_t now) const {
  const auto found = attempts_.find(key);
  return found == attempts_.end() ? 0 : std::max<std::int64_t>(0, found->second.next_ms - now);
}

void OfficeSessions::sweep(std::int64_t now) {
  if (attempts_.size() < kAttemptsMax) return;
  std::erase_if(attempts_,
                [&](const auto& held) { return held.second.last_ms + kForgetAttemptsMs < now; });
  // Still full: somebody makes up names by the thousand. The ones that wait for nothing are let go.
  if (attempts_.size() < kAttemptsMax) return;
  std::erase_if(attempts_, [&](const auto& held) { return held.second.next_ms <= now; });
}

std::string OfficeSessions::draw_secret() {
  Bytes secret(kSecretSize);
  rng_.fill(secret);
  return to_base64url(secret);
}

OfficeToken OfficeSessions::add_session(const OfficeUser& user, RouteKind kind) {
  const std::int64_t now = clock_.steady_ms();
  if (sessions_.size() >= kSessionsMax) {
    std::erase_if(sessions_, [&](const auto& held) { return held.second.ends_ms < now; });
    if (sessions_.size() >= kSessionsMax) sessions_.erase(sessions_.begin());
  }
  const std::string text = draw_secret();
  sessions_[sha256(view_of(text))] = Session{user, kind, now + kSessionMsMax, now};
  return {text, clock_.wall_ms() + kSessionMsMax};
}

OfficeToken OfficeSessions::open(const OfficeUser& user) {
  const std::scoped_lock lock(mutex_);
  return add_session(user, RouteKind::kApi);
}

OfficeToken OfficeSessions::open_page(const OfficeUser& user) {
  const std::scoped_lock lock(mutex_);
  return add_session(user, RouteKind::kPage);
}

OfficeToken OfficeSessions::make_login_code(const OfficeUser& user, const Digest& challenge) {
  const std::scoped_lock lock(mutex_);
  const std::int64_t now = clock_.steady_ms();
  std::erase_if(codes_, [&](const auto& held) { return held.second.expires_ms < now; });
  if (codes_.size() >= kLinksMax) codes_.erase(codes_.begin());
  const std::string code = draw_secret();
  codes_[sha256(view_of(code))] = LoginCode{user, challenge, now + kCodeLifetimeMs};
  return {code, clock_.wall_ms() + kCodeLifetimeMs};
}

Result<OfficeSessions::Opened> OfficeSessions::use_login_code(std::string_view code,
                                                              std::string_view verifier) {
  const auto wrong = failure(Errc::kUnauthorized, "login", "not a code that is waiting");
  const std::scoped_lock lock(mutex_);
  const auto found = codes_.find(sha256(view_of(code)));
  if (found == codes_.end()) return wrong;
  const LoginCode held = found->second;
  codes_.erase(found);
  if (held.expires_ms < clock_.steady_ms() || sha256(view_of(verifier)) != held.challenge)
    return wrong;
  return Opened{held.user, add_session(held.user, RouteKind::kApi)};
}

OfficeToken OfficeSessions::make_open_link(const OfficeUser& user) {
  const std::scoped_lock lock(mutex_);
  const std::int64_t now = clock_.steady_ms();
  std::erase_if(links_, [&](const auto& held) { return held.second.expires_ms < now; });
  if (links_.size() >= kLinksMax) links_.erase(links_.begin());
  const std::string code = draw_secret();
  links_[sha256(view_of(code))] = Link{user, now + kLinkLifetimeMs};
  return {code, clock_.wall_ms() + kLinkLifetimeMs};
}

Result<OfficeToken> OfficeSessions::use_open_link(std::string_view code) {
  const std::scoped_lock lock(mutex_);
  const auto found = links_.find(sha256(view_of(code)));
  if (found == links_.end()) return failure(Errc::kForbidden, "code", "not a link that is waiting");
  const Link link = found->second;
  links_.erase(found);
  if (link.expires_ms < clock_.steady_ms())
    return failure(Errc::kForbidden, "code", "not a link that is waiting");
  return add_session(link.user, RouteKind::kPage);
}

Result<OfficeUser> OfficeSessions::authenticate(const http::Request& head, RouteKind kind) {
  if (kind == RouteKind::kOpen) return OfficeUser{};
  const auto token = token_in(head, kind);
  if (!token) return OfficeUser{};
  if (kind == RouteKind::kApi &&
      token->compare(0, kServiceTokenPrefix.size(), kServiceTokenPrefix) == 0) {
    DAYBOOK_ASSIGN(const auto program, programs_.find(*token, clock_.wall_ms()));
    return OfficeUser{program.actor, program.role, program.scopes, program.token,
                      program.organisation};
  }
  const std::scoped_lock lock(mutex_);
  const auto found = sessions_.find(sha256(view_of(*token)));
  if (found == sessions_.end() || found->second.kind != kind)
    return failure(Errc::kUnauthorized, "session", "unknown or ended");
  Session& session = found->second;
  const std::int64_t now = clock_.steady_ms();
  const std::int64_t idle_max = kind == RouteKind::kPage ? kPageIdleMsMax : kApiIdleMsMax;
  if (session.ends_ms < now || session.seen_ms + idle_max < now) {
    sessions_.erase(found);
    return failure(Errc::kUnauthorized, "session", "has ended");
  }
  session.seen_ms = now;
  return session.user;
}

bool OfficeSessions::still_good(const OfficeUser& user) {
  if (!user.token.is_zero())
    return programs_.holds(user.token, user.role, user.organisation, clock_.wall_ms());
  const std::scoped_lock lock(mutex_);
  const std::int64_t now = clock_.steady_ms();
  return std::any_of(sessions_.begin(), sessions_.end(), [&](const auto& held) {
    return held.second.user.actor == user.actor && held.second.user.role == user.role &&
           held.second.user.organisation == user.organisation && held.second.ends_ms >= now;
  });
}

void OfficeSessions::close(const http::Request& head) {
  const auto token = token_in(head, RouteKind::kApi);
  if (!token) return;  // a program's token ends when an administrator says so
  const std::scoped_lock lock(mutex_);
  sessions_.erase(sha256(view_of(*token)));
}

void OfficeSessions::forget(const ActorId& actor) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(sessions_, [&](const auto& held) { return held.second.user.actor == actor; });
  std::erase_if(links_, [&](const auto& held) { return held.second.user.actor == actor; });
  std::erase_if(codes_, [&](const auto& held) { return held.second.user.actor == actor; });
}

std::size_t OfficeSessions::size() {
  const std::scoped_lock lock(mutex_);
  return sessions_.size();
}

std::string page_cookie(const OfficeToken& token) {
  return std::string(kPageCookie) + "=" + token.text +
         "; Path=/; HttpOnly; Secure; SameSite=Strict";
}

}  // namespace daybook
