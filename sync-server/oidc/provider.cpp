// SPDX-License-Identifier: Apache-2.0
#include "sync-server/oidc/provider.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "core/base/percent.hpp"
#include "sync-server/net/out_url.hpp"
#include "sync-server/oidc/id_token.hpp"

namespace daybook {
namespace {

constexpr std::int64_t kFreshMs = 60 * 60 * 1000;
// A token that names a key we do not have may be signed with a new one. Anybody can make such
// tokens up, so the set is asked for again only so often.
constexpr std::int64_t kKeysPauseMs = 30 * 1000;
// Who does not answer is not asked by everybody who comes.
constexpr std::int64_t kPauseMs = 5 * 1000;
constexpr std::int64_t kCallMs = 5'000;
constexpr std::size_t kReplyMax = 256 * 1024;
constexpr std::size_t kUrlMax = 4096;

void add(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty() && form.back() != '?' && form.back() != '&') form += '&';
  form.append(name).append("=").append(percent_encoded(value));
}

// "Basic" wants the older alphabet, with padding.
std::string to_base64(std::string_view text) {
  std::string out = to_base64url(view_of(text));
  std::replace(out.begin(), out.end(), '-', '+');
  std::replace(out.begin(), out.end(), '_', '/');
  while (out.size() % 4 != 0) out += '=';
  return out;
}

// What a provider answers instead of tokens, e.g. "invalid_grant": a word for our log, or nothing.
std::string refusal_in(std::string_view body) {
  const auto json = read_foreign_json(body, "token_endpoint");
  const auto word = json.ok() ? text_in(*json, "error", 64) : std::nullopt;
  const bool sound = word && std::all_of(word->begin(), word->end(),
                                         [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return sound ? *word : std::string("no reason given");
}

}  // namespace

OidcProvider::OidcProvider(OidcSettings settings, CallOut call_out, Clock& clock, Trace& trace)
    : settings_(std::move(settings)),
      call_out_(std::move(call_out)),
      clock_(clock),
      trace_(trace) {}

Result<std::string> OidcProvider::get(const std::string& url, const char* what,
                                      const std::string& bearer) {
  OutCall call;
  call.url = url;
  call.headers.push_back({"Accept", "application/json"});
  if (!bearer.empty()) call.headers.push_back({"Authorization", "Bearer " + bearer});
  call.timeout_ms = kCallMs;
  call.reply_size_max = kReplyMax;
  const auto reply = call_out_(call);
  if (!reply.ok()) return failure(reply.error().code, what, to_string(reply.error()));
  if (reply->status != 200)
    return failure(Errc::kOffline, what, "answered " + std::to_string(reply->status));
  return std::string(text_of(reply->body));
}

Result<OidcProvider::Metadata> OidcProvider::read_metadata(std::string_view text) const {
  DAYBOOK_ASSIGN(const auto json, read_foreign_json(text, "discovery"));
  if (text_in(json, "issuer", kUrlMax) != settings_.issuer)
    return failure(Errc::kUntrusted, "discovery", "it speaks for another issuer");
  DAYBOOK_ASSIGN(const auto issuer, read_out_url(settings_.issuer));
  Metadata found;
  for (auto [name, into, needed] :
       {std::tuple{"authorization_endpoint", &found.authorization_endpoint, true},
        std::tuple{"token_endpoint", &found.token_endpoint, true},
        std::tuple{"jwks_uri", &found.jwks_uri, true},
        std::tuple{"userinfo_endpoint", &found.userinfo_endpoint, false}}) {
    if (!needed && !json.contains(name)) continue;
    *into = text_in(json, name, kUrlMax).value_or("");
    const auto url = read_out_url(*into);
    // Nobody is led from a protected line to an open one.
    if (!url.ok() || (issuer.tls && !url->tls))
      return failure(Errc::kUntrusted, "discovery", std::string(name) + " is not one to call");
  }
  const auto ways = texts_in(json, "token_endpoint_auth_methods_supported");
  const auto takes = [&](const char* way) {
    return std::find(ways.begin(), ways.end(), way) != ways.end();
  };
  found.secret_in_body = !takes("client_secret_basic") && takes("client_secret_post");
  return found;
}

Result<OidcProvider::Metadata> OidcProvider::metadata() {
  const std::scoped_lock lock(mutex_);
  const std::int64_t now = clock_.steady_ms();
  if (metadata_ && metadata_ms_ + kFreshMs > now) return *metadata_;
  if (!metadata_trouble_ || metadata_asked_ms_ + kPauseMs <= now) {
    metadata_asked_ms_ = now;
    std::string url = settings_.issuer;
    if (url.back() == '/') url.pop_back();
    const auto text = get(url + "/.well-known/openid-configuration", "discovery");
    auto read = text.ok() ? read_metadata(*text) : Result<Metadata>(text.error());
    if (read.ok()) {
      metadata_ = *read;
      metadata_ms_ = now;
      metadata_trouble_.reset();
      return read;
    }
    metadata_trouble_ = read.error();
    trace_.note(TraceLevel::kWarning, "oidc.discovery", {{"why", to_string(read.error())}});
  }
  // What it said last is better than nobody getting in because this one document is away.
  if (metadata_) return *metadata_;
  return *metadata_trouble_;
}

Result<std::string> OidcProvider::authorization_url(const LoginTicket& ticket) {
  DAYBOOK_ASSIGN(const auto provider, metadata());
  std::string url = provider.authorization_endpoint;
  if (url.find('?') == std::string::npos) url += '?';
  add(url, "response_type", "code");
  add(url, "client_id", settings_.client_id);
  add(url, "redirect_uri", settings_.redirect_uri);
  add(url, "scope", settings_.scope);
  add(url, "state", ticket.state);
  add(url, "nonce", ticket.nonce);
  add(url, "code_challenge", challenge_of(ticket.verifier));
  add(url, "code_challenge_method", "S256");
  return url;
}

Result<ForeignJson> OidcProvider::exchange(const Metadata& from, const std::string& code,
                                           const LoginTicket& ticket) {
  std::string form;
  add(form, "grant_type", "authorization_code");
  add(form, "code", code);
  add(form, "redirect_uri", settings_.redirect_uri);
  add(form, "code_verifier", ticket.verifier);
  OutCall call;
  call.method = "POST";
  call.url = from.token_endpoint;
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                  {"Accept", "application/json"}};
  if (settings_.client_secret.empty() || from.secret_in_body) {
    add(form, "client_id", settings_.client_id);
    if (!settings_.client_secret.empty()) add(form, "client_secret", settings_.client_secret);
  } else {
    call.headers.push_back(
        {"Authorization", "Basic " + to_base64(percent_encoded(settings_.client_id) + ":" +
                                               percent_encoded(settings_.client_secret))});
  }
  call.body = copy_of(view_of(form));
  call.timeout_ms = kCallMs;
  call.reply_size_max = kReplyMax;
  const auto reply = call_out_(call);
  if (!reply.ok()) return failure(reply.error().code, "token_endpoint", to_string(reply.error()));
  const auto body = text_of(reply->body);
  if (reply->status != 200) {
    const bool trouble = reply->status >= 500;
    return failure(trouble ? Errc::kOffline : Errc::kForbidden, "token_endpoint",
                   std::to_string(reply->status) + ": " + refusal_in(body));
  }
  return read_foreign_json(body, "token_endpoint");
}

Result<void> OidcProvider::fetch_keys(const std::string& url) {
  keys_asked_ms_ = clock_.steady_ms();
  DAYBOOK_ASSIGN(const auto text, get(url, "jwks"));
  DAYBOOK_ASSIGN(keys_, KeySet::read(text));
  keys_ms_ = keys_asked_ms_;
  return success();
}

Result<void> OidcProvider::verify(const SignedToken& token) {
  DAYBOOK_ASSIGN(const auto provider, metadata());
  const std::scoped_lock lock(mutex_);
  // Unlike where the provider lives, whom to believe is not taken from an old document: a key that
  // was withdrawn opens nothing an hour later.
  const bool stale = !keys_ || keys_ms_ + kFreshMs <= clock_.steady_ms();
  if (stale) DAYBOOK_TRY(fetch_keys(provider.jwks_uri));
  auto verdict = keys_->verify(token);
  const bool unknown = !verdict.ok() && verdict.error().code == Errc::kNotFound;
  if (!unknown || keys_asked_ms_ + kKeysPauseMs > clock_.steady_ms()) return verdict;
  DAYBOOK_TRY(fetch_keys(provider.jwks_uri));
  return keys_->verify(token);
}

Result<void> OidcProvider::add_userinfo(const Metadata& from, const ForeignJson& tokens,
                                        ForeignJson& claims) {
  const bool complete =
      claims.contains(settings_.actor_claim) && claims.contains(settings_.role_claim);
  const auto bearer = text_in(tokens, "access_token", 16 * 1024);
  if (complete || from.userinfo_endpoint.empty() || !bearer) return success();
  DAYBOOK_ASSIGN(const auto text, get(from.userinfo_endpoint, "userinfo", *bearer));
  DAYBOOK_ASSIGN(const auto more, read_foreign_json(text, "userinfo"));
  // An access token of somebody else's, slipped in, would bring somebody else's groups.
  if (text_in(more, "sub", 255) != text_in(claims, "sub", 255))
    return failure(Errc::kForbidden, "userinfo", "it speaks of another person");
  for (const auto& name : {settings_.actor_claim, settings_.role_claim, std::string("name")}) {
    if (!claims.contains(name) && more.contains(name)) claims[name] = more[name];
  }
  return success();
}

Result<ForeignJson> OidcProvider::redeem(const std::string& code, const LoginTicket& ticket) {
  DAYBOOK_ASSIGN(const auto provider, metadata());
  DAYBOOK_ASSIGN(const auto tokens, exchange(provider, code, ticket));
  const auto text = text_in(tokens, "id_token", 64 * 1024);
  if (!text) return failure(Errc::kInvalid, "token_endpoint", "no ID token in its answer");
  DAYBOOK_ASSIGN(auto token, read_token(*text));
  DAYBOOK_TRY(verify(token));
  DAYBOOK_TRY(check_claims(token.claims, {settings_.issuer, settings_.client_id, ticket.nonce,
                                          clock_.wall_ms() / 1000}));
  DAYBOOK_TRY(add_userinfo(provider, tokens, token.claims));
  return std::move(token.claims);
}

}  // namespace daybook
