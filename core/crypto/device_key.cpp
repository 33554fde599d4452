// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/device_key.hpp"

#include "core/base/ensure.hpp"
#include "core/crypto/ed25519_key.hpp"
#include "core/crypto/es256_key.hpp"

namespace daybook {
namespace {

bool is_known(KeyAlg alg) { return alg == KeyAlg::kEd25519 || alg == KeyAlg::kEs256; }

std::size_t key_size_of(KeyAlg alg) {
  return alg == KeyAlg::kEs256 ? kEs256KeySize : kEd25519KeySize;
}

Error unknown_alg(KeyAlg alg, const char* field) {
  return failure(Errc::kNotSupported, field, "alg " + std::to_string(static_cast<int>(alg)));
}

Error wrong_size(Errc code, const char* field, std::size_t size, std::size_t expected) {
  return failure(code, field,
                 std::to_string(size) + " bytes, expected " + std::to_string(expected));
}

template <class AlgAndBytes>
Bytes encode_tagged(const AlgAndBytes& tagged) {
  Bytes bytes;
  bytes.reserve(1 + tagged.raw.size());
  bytes.push_back(static_cast<std::uint8_t>(tagged.alg));
  bytes.insert(bytes.end(), tagged.raw.begin(), tagged.raw.end());
  return bytes;
}

// The alg byte of a key or signature, when this build knows it.
Result<KeyAlg> read_alg(BytesView bytes, const char* field) {
  if (bytes.empty()) return failure(Errc::kInvalid, field, "empty");
  const auto alg = static_cast<KeyAlg>(bytes[0]);
  if (!is_known(alg)) return unknown_alg(alg, field);
  return alg;
}

}  // namespace

std::string_view name_of(KeyAlg alg) {
  switch (alg) {
    case KeyAlg::kEd25519: return "ed25519";
    case KeyAlg::kEs256: return "es256";
  }
  return "unknown";
}

std::optional<KeyAlg> key_alg_named(std::string_view name) {
  for (const KeyAlg alg : {KeyAlg::kEd25519, KeyAlg::kEs256}) {
    if (name == name_of(alg)) return alg;
  }
  return std::nullopt;
}

Bytes draw_key_secret(KeyAlg alg, Rng& rng) {
  // One draw in 2^32 misses; so many in a row mean that the generator is none.
  constexpr int draws_max = 64;
  Bytes secret(kKeySecretSize);
  for (int draws = 0;; ++draws) {
    ensure(draws < draws_max);
    rng.fill(secret);
    if (alg != KeyAlg::kEs256 || is_es256_secret(secret)) return secret;
  }
}

Result<std::unique_ptr<Signer>> signer_of(KeyAlg alg, BytesView secret) {
  if (!is_known(alg)) return unknown_alg(alg, "key_alg");
  if (secret.size() != kKeySecretSize)
    return wrong_size(Errc::kInvalid, "seed", secret.size(), kKeySecretSize);
  if (alg == KeyAlg::kEd25519) return make_ed25519_signer(secret);
  if (!is_es256_secret(secret)) return failure(Errc::kInvalid, "seed", "not a number below n");
  return make_es256_signer(secret);
}

Result<std::unique_ptr<Signer>> ed25519_signer(BytesView seed) {
  return signer_of(KeyAlg::kEd25519, seed);
}

Result<void> verify(const PublicKey& key, BytesView message, const Signature& signature) {
  if (!is_known(key.alg)) return unknown_alg(key.alg, "public_key.alg");
  if (!is_known(signature.alg)) return unknown_alg(signature.alg, "signature.alg");
  // Never tried under the other algorithm: 64 bytes fit both.
  if (signature.alg != key.alg) {
    return failure(
        Errc::kWrongSignature, "signature.alg",
        std::string(name_of(signature.alg)) + ", the key is " + std::string(name_of(key.alg)));
  }
  if (signature.raw.size() != kSignatureSize)
    return wrong_size(Errc::kWrongSignature, "signature", signature.raw.size(), kSignatureSize);
  return key.alg == KeyAlg::kEs256 ? verify_es256(key.raw, message, signature.raw)
                                   : verify_ed25519(key.raw, message, signature.raw);
}

Result<void> check_public_key(const PublicKey& key) {
  if (!is_known(key.alg)) return unknown_alg(key.alg, "public_key.alg");
  return key.alg == KeyAlg::kEs256 ? check_es256_key(key.raw) : check_ed25519_key(key.raw);
}

Bytes encode(const PublicKey& key) { return encode_tagged(key); }
Bytes encode(const Signature& signature) { return encode_tagged(signature); }

Result<PublicKey> decode_public_key(BytesView bytes) {
  DAYBOOK_ASSIGN(const auto alg, read_alg(bytes, "public_key"));
  if (bytes.size() != 1 + key_size_of(alg))
    return wrong_size(Errc::kInvalid, "public_key", bytes.size(), 1 + key_size_of(alg));
  PublicKey key{alg, copy_of(bytes.subspan(1))};
  DAYBOOK_TRY(check_public_key(key));
  return key;
}

Result<Signature> decode_signature(BytesView bytes) {
  DAYBOOK_ASSIGN(const auto alg, read_alg(bytes, "signature"));
  if (bytes.size() != 1 + kSignatureSize)
    return wrong_size(Errc::kInvalid, "signature", bytes.size(), 1 + kSignatureSize);
  return Signature{alg, copy_of(bytes.subspan(1))};
}

}  // namespace daybook
