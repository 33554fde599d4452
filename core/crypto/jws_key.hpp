// SPDX-License-Identifier: Apache-2.0
// Public keys of identity providers, as JSON Web Keys carry them, and the two signatures we take
// from them: RS256 and ES256. A key has one algorithm, decided by its own kind and never by the
// token that claims to be signed with it; so "none", HMAC with a public key, and RSA read as
// something else have no way in. Pure; any thread.
#pragma once

#include <memory>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

struct evp_pkey_st;

namespace daybook {

enum class JwsAlg : std::uint8_t { kRs256, kEs256 };

class JwsKey {
 public:
  // Modulus and exponent, big-endian, at least 2048 bits. kInvalid names `n` or `e`.
  static Result<JwsKey> rsa(BytesView n, BytesView e);
  // A point on P-256, 32 bytes a coordinate. kInvalid names `point`.
  static Result<JwsKey> p256(BytesView x, BytesView y);

  JwsAlg alg() const { return alg_; }
  // kWrongSignature when it does not verify. ES256 signatures are r and s, 64 bytes, as JWS has
  // them.
  Result<void> verify(BytesView message, BytesView signature) const;

 private:
  JwsKey(JwsAlg alg, std::shared_ptr<evp_pkey_st> key) : alg_(alg), key_(std::move(key)) {}

  JwsAlg alg_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace daybook
