// SPDX-License-Identifier: Apache-2.0
// Device keys and their signatures, under two algorithms: Ed25519, which every phone can have, and
// ES256 (ECDSA on P-256 with SHA-256), which is what the secure elements of phones can keep. The
// `alg` byte stands in front of every key and signature, and a signature is worth something under a
// key of its own algorithm only. One thread at a time for a Signer; the rest are pure functions.
//
// ES256 signatures have one form: 64 bytes r || s with the lower s. ECDSA accepts (r, n - s)
// wherever it accepts (r, s), so without that rule anyone who saw a signature could make a second
// one that verifies, and equal acts would no longer be equal bytes. Ed25519 has the same rule built
// in (S below the group order).
//
// Randomness is handed in, with one exception: an ES256 signature takes its nonce from OpenSSL's
// generator, which mixes secret, message and system randomness. The nonce that follows from key and
// message alone (RFC 6979) came with OpenSSL 3.2, and Debian 12 has 3.0. So two ES256 signatures of
// the same bytes differ. Nothing hashes, stores or compares signatures, and what must replay under
// a seed uses Ed25519, the default.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"
#include "core/ports/rng.hpp"

namespace daybook {

enum class KeyAlg : std::uint8_t { kEd25519 = 1, kEs256 = 2 };
// "ed25519", "es256"; "unknown" for a number that this build does not know.
std::string_view name_of(KeyAlg alg);
std::optional<KeyAlg> key_alg_named(std::string_view name);

struct PublicKey {
  KeyAlg alg = KeyAlg::kEd25519;
  Bytes raw;  // Ed25519: 32 bytes (RFC 8032); ES256: 33, the compressed point (SEC 1, 2.3.3)
  bool operator==(const PublicKey&) const = default;
};

struct Signature {
  KeyAlg alg = KeyAlg::kEd25519;
  Bytes raw;  // 64 bytes; Ed25519: RFC 8032; ES256: r || s, big-endian, 32 each, s <= (n - 1) / 2
  bool operator==(const Signature&) const = default;
};

inline constexpr std::size_t kKeySecretSize = 32;
inline constexpr std::size_t kSignatureSize = 64;

// Signs with a key that this process holds. A host app with a hardware key plugs in its own.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual const PublicKey& public_key() const = 0;
  virtual Result<Signature> sign(BytesView message) = 0;
};

// kKeySecretSize random bytes that signer_of() takes, to be kept secret. Ed25519: the seed; ES256:
// the private number d, big-endian, drawn until 0 < d < n.
Bytes draw_key_secret(KeyAlg alg, Rng& rng);
// kInvalid at `seed` when it has another size or is no secret of `alg`; kNotSupported at `key_alg`
// for an alg that this build does not know.
Result<std::unique_ptr<Signer>> signer_of(KeyAlg alg, BytesView secret);
Result<std::unique_ptr<Signer>> ed25519_signer(BytesView seed);

// kWrongSignature when it does not verify (at `signature.alg` when it is of another algorithm than
// the key), kNotSupported for an alg this build does not know, kInvalid for a malformed key (wrong
// length, not reduced, not on the curve, small order).
Result<void> verify(const PublicKey& key, BytesView message, const Signature& signature);
Result<void> check_public_key(const PublicKey& key);

// One byte alg, then the raw bytes. What decode_public_key() gives is a point of its curve; a
// signature is looked at by verify() only, but for its size.
Bytes encode(const PublicKey& key);
Bytes encode(const Signature& signature);
Result<PublicKey> decode_public_key(BytesView bytes);
Result<Signature> decode_signature(BytesView bytes);

}  // namespace daybook
