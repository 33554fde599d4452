// SPDX-License-Identifier: Apache-2.0
// Signed tokens (JWT in JWS compact form) and key sets (JWKS) as an identity provider sends them.
// Bytes in, values or an error out; what is said inside is judged by id_token.hpp. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/crypto/jws_key.hpp"
#include "sync-server/oidc/foreign_json.hpp"

namespace daybook {

struct SignedToken {
  JwsAlg alg = JwsAlg::kRs256;
  std::optional<std::string> kid;
  ForeignJson claims;
  std::string signed_text;  // what the signature is over
  Bytes signature;
};

// Three parts; RS256 or ES256 and no other algorithm; no critical extensions; type JWT or unsaid.
// Keys and addresses of keys in its head are not looked at. Errors name `token`.
Result<SignedToken> read_token(std::string_view text);

class KeySet {
 public:
  // Keys for signatures that we take; all others are passed over. Errors name `jwks`.
  static Result<KeySet> read(std::string_view text);

  // kNotFound at `kid` when no key here is the one it names (a newer set may have it);
  // kWrongSignature when it does not verify. A token without a name of a key needs a set with one
  // key for its algorithm.
  Result<void> verify(const SignedToken& token) const;
  std::size_t size() const { return keys_.size(); }

 private:
  struct Named {
    std::optional<std::string> kid;
    JwsKey key;
  };
  std::vector<Named> keys_;
};

}  // namespace daybook
