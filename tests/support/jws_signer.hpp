// SPDX-License-Identifier: Apache-2.0
// Keys of an identity provider, for tests: sign tokens and show themselves as JWK. Made anew in
// each run. Single-threaded.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"

struct evp_pkey_st;

namespace daybook::test {

class JwsSigner {
 public:
  static JwsSigner rsa(unsigned bits = 2048);
  static JwsSigner p256();

  Bytes sign(std::string_view text) const;  // RS256 or ES256
  Bytes sign_pss(std::string_view text) const;
  // Modulus and exponent, or x and y.
  std::pair<Bytes, Bytes> parts() const;
  // {"kty": …} with the name of the key.
  std::string jwk(const std::string& kid, const std::string& more = {}) const;
  // head.claims.signature
  std::string token(const std::string& head, const std::string& claims) const;

 private:
  JwsSigner(bool is_rsa, evp_pkey_st* key);
  bool is_rsa_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace daybook::test
