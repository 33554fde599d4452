// SPDX-License-Identifier: Apache-2.0
// The company's identity provider, as its own discovery document describes it: where browsers are
// sent, and how a code becomes the claims of a person, verified. Calls out and therefore blocks:
// worker threads only, any number of them (one at a time fetches what all share). What the provider
// says is remembered for an hour.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "core/ports/clock.hpp"
#include "core/ports/trace.hpp"
#include "sync-server/net/out_call.hpp"
#include "sync-server/oidc/settings.hpp"
#include "sync-server/oidc/ticket.hpp"
#include "sync-server/oidc/token.hpp"

namespace daybook {

class OidcProvider {
 public:
  // call_out with the configured trust; tests answer themselves.
  using CallOut = std::function<Result<OutReply>(const OutCall&)>;

  OidcProvider(OidcSettings settings, CallOut call_out, Clock& clock, Trace& trace);

  const OidcSettings& settings() const { return settings_; }

  // Where the browser goes to log in.
  Result<std::string> authorization_url(const LoginTicket& ticket);
  // The code for the claims of its ID token: signature, issuer, audience, times and nonce are
  // good. Claims that we need and the token lacks are asked for at the provider's userinfo.
  Result<ForeignJson> redeem(const std::string& code, const LoginTicket& ticket);

 private:
  struct Metadata {
    std::string authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint;
    bool secret_in_body = false;
  };

  Result<Metadata> metadata();
  Result<Metadata> read_metadata(std::string_view text) const;
  Result<void> verify(const SignedToken& token);
  Result<void> fetch_keys(const std::string& url);
  Result<ForeignJson> exchange(const Metadata& from, const std::string& code,
                               const LoginTicket& ticket);
  Result<void> add_userinfo(const Metadata& from, const ForeignJson& tokens, ForeignJson& claims);
  Result<std::string> get(const std::string& url, const char* what, const std::string& bearer = {});

  const OidcSettings settings_;
  const CallOut call_out_;
  Clock& clock_;
  Trace& trace_;

  std::mutex mutex_;  // held while fetching: who comes second waits for the first one's answer
  std::optional<Metadata> metadata_;
  std::int64_t metadata_ms_ = 0;           // when it came
  std::optional<Error> metadata_trouble_;  // of the last time that it did not
  std::int64_t metadata_asked_ms_ = 0;     // when that was
  std::optional<KeySet> keys_;
  std::int64_t keys_ms_ = 0;        // when they came
  std::int64_t keys_asked_ms_ = 0;  // when they were last asked for
};

}  // namespace daybook
