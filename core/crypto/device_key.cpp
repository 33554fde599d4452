// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/device_key.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/base/ensure.hpp"
#include "core/crypto/ed25519_point.hpp"

namespace daybook {
namespace {

constexpr std::size_t kEd25519SeedSize = 32;
constexpr std::size_t kEd25519SignatureSize = 64;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

class Ed25519Signer final : public Signer {
 public:
  explicit Ed25519Signer(Key key) : key_(std::move(key)) {
    public_key_.raw.resize(kEd25519KeySize);
    std::size_t size = public_key_.raw.size();
    ensure(EVP_PKEY_get_raw_public_key(key_.get(), public_key_.raw.data(), &size) == 1);
    ensure(size == kEd25519KeySize);
  }

  const PublicKey& public_key() const override { return public_key_; }

  Result<Signature> sign(BytesView message) override {
    const Context context(EVP_MD_CTX_new());
    ensure(context &&
           EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
    Signature signature;
    signature.raw.resize(kEd25519SignatureSize);
    std::size_t size = signature.raw.size();
    ensure(EVP_DigestSign(context.get(), signature.raw.data(), &size, message.data(),
                          message.size()) == 1);
    ensure(size == kEd25519SignatureSize);
    return signature;
  }

 private:
  Key key_;
  PublicKey public_key_;
};

Error unknown_alg(KeyAlg alg, const char* field) {
  return failure(Errc::kNotSupported, field, "alg " + std::to_string(static_cast<int>(alg)));
}

// What can be said without arithmetic on the curve; enough before a verification, which does the
// rest itself.
Result<void> check_form(const PublicKey& key) {
  if (key.alg != KeyAlg::kEd25519) return unknown_alg(key.alg, "public_key.alg");
  if (key.raw.size() != kEd25519KeySize) {
    return failure(Errc::kInvalid, "public_key",
                   std::to_string(key.raw.size()) + " bytes, expected 32");
  }
  if (!is_reduced_ed25519_point(key.raw))
    return failure(Errc::kInvalid, "public_key", "not reduced");
  if (is_small_order_ed25519_point(key.raw))
    return failure(Errc::kInvalid, "public_key", "small order");
  return {};
}

template <class AlgAndBytes>
Bytes encode_tagged(const AlgAndBytes& tagged) {
  Bytes bytes;
  bytes.reserve(1 + tagged.raw.size());
  bytes.push_back(static_cast<std::uint8_t>(tagged.alg));
  bytes.insert(bytes.end(), tagged.raw.begin(), tagged.raw.end());
  return bytes;
}

template <class AlgAndBytes>
Result<AlgAndBytes> decode_tagged(BytesView bytes, const char* field, std::size_t ed25519_size) {
  if (bytes.empty()) return failure(Errc::kInvalid, field, "empty");
  const auto alg = static_cast<KeyAlg>(bytes[0]);
  if (alg != KeyAlg::kEd25519) return unknown_alg(alg, field);
  if (bytes.size() != 1 + ed25519_size) {
    return failure(
        Errc::kInvalid, field,
        std::to_string(bytes.size()) + " bytes, expected " + std::to_string(1 + ed25519_size));
  }
  return AlgAndBytes{alg, copy_of(bytes.subspan(1))};
}

}  // namespace

Result<std::unique_ptr<Signer>> ed25519_signer(BytesView seed) {
  if (seed.size() != kEd25519SeedSize) {
    return failure(Errc::kInvalid, "seed", std::to_string(seed.size()) + " bytes, expected 32");
  }
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  if (!key) return failure(Errc::kNotSupported, "seed", "this OpenSSL has no Ed25519");
  return std::unique_ptr<Signer>(std::make_unique<Ed25519Signer>(std::move(key)));
}

Result<void> verify(const PublicKey& key, BytesView message, const Signature& signature) {
  DAYBOOK_TRY(check_form(key));
  if (signature.alg != key.alg) {
    if (signature.alg != KeyAlg::kEd25519) return unknown_alg(signature.alg, "signature.alg");
    return failure(Errc::kWrongSignature, "signature.alg", "not the key's");
  }
  if (signature.raw.size() != kEd25519SignatureSize) {
    return failure(Errc::kWrongSignature, "signature",
                   std::to_string(signature.raw.size()) + " bytes, expected 64");
  }
  const Key evp(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.raw.data(), key.raw.size()));
  const Context context(EVP_MD_CTX_new());
  ensure(evp && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, evp.get()) == 1);
  const int verdict = EVP_DigestVerify(context.get(), signature.raw.data(), signature.raw.size(),
                                       message.data(), message.size());
  if (verdict == 1) return {};
  // A point off the curve fails here as well; only then is it worth finding out which of the two it
  // was.
  DAYBOOK_TRY(check_public_key(key));
  return failure(Errc::kWrongSignature, "signature", "does not verify");
}

Result<void> check_public_key(const PublicKey& key) {
  DAYBOOK_TRY(check_form(key));
  if (!is_on_ed25519_curve(key.raw))
    return failure(Errc::kInvalid, "public_key", "not on the curve");
  return {};
}

Bytes encode(const PublicKey& key) { return encode_tagged(key); }
Bytes encode(const Signature& signature) { return encode_tagged(signature); }

Result<PublicKey> decode_public_key(BytesView bytes) {
  DAYBOOK_ASSIGN(auto key, decode_tagged<PublicKey>(bytes, "public_key", kEd25519KeySize));
  DAYBOOK_TRY(check_public_key(key));
  return key;
}

Result<Signature> decode_signature(BytesView bytes) {
  return decode_tagged<Signature>(bytes, "signature", kEd25519SignatureSize);
}

}  // namespace daybook
