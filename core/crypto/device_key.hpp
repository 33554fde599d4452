// SPDX-License-Identifier: Apache-2.0
// Device keys and their signatures. The `alg` byte stands in front of every key and signature from
// the first format on, because hardware keys are P-256 and software keys Ed25519. Pure; randomness
// is handed in.
#pragma once

#include <memory>

#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"

namespace daybook {

enum class KeyAlg : std::uint8_t {
  kEd25519 = 1,
  kEs256 = 2
};  // kEs256: reserved, answered not_supported by this build

struct PublicKey {
  KeyAlg alg = KeyAlg::kEd25519;
  Bytes raw;  // Ed25519: 32 bytes
  bool operator==(const PublicKey&) const = default;
};

struct Signature {
  KeyAlg alg = KeyAlg::kEd25519;
  Bytes raw;  // Ed25519: 64 bytes
  bool operator==(const Signature&) const = default;
};

// Signs with a key that this process holds. A host app with a hardware key plugs in its own.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual const PublicKey& public_key() const = 0;
  virtual Result<Signature> sign(BytesView message) = 0;
};

// `seed`: 32 random bytes, kept secret by the caller.
Result<std::unique_ptr<Signer>> ed25519_signer(BytesView seed);

// kWrongSignature when it does not verify, kNotSupported for an alg this build does not know,
// kInvalid for a malformed key (wrong length, not on the curve, small order).
Result<void> verify(const PublicKey& key, BytesView message, const Signature& signature);
Result<void> check_public_key(const PublicKey& key);

// One byte alg, then the raw bytes.
Bytes encode(const PublicKey& key);
Bytes encode(const Signature& signature);
Result<PublicKey> decode_public_key(BytesView bytes);
Result<Signature> decode_signature(BytesView bytes);

}  // namespace daybook
