// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ed25519_key.hpp"

#include "core/base/ensure.hpp"
#include "core/crypto/evp_owned.hpp"

namespace daybook {
namespace {

class Ed25519Signer final : public Signer {
 public:
  explicit Ed25519Signer(EvpKey key) : key_(std::move(key)) {
    public_key_.raw.resize(kEd25519KeySize);
    std::size_t size = public_key_.raw.size();
    ensure(EVP_PKEY_get_raw_public_key(key_.get(), public_key_.raw.data(), &size) == 1);
    ensure(size == kEd25519KeySize);
  }

  const PublicKey& public_key() const override { return public_key_; }

  Result<Signature> sign(BytesView message) override {
    const EvpDigestContext context(EVP_MD_CTX_new());
    ensure(context &&
           EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
    Signature signature;
    signature.raw.resize(kSignatureSize);
    std::size_t size = signature.raw.size();
    ensure(EVP_DigestSign(context.get(), signature.raw.data(), &size, message.data(),
                          message.size()) == 1);
    ensure(size == kSignatureSize);
    return signature;
  }

 private:
  EvpKey key_;
  PublicKey public_key_;
};

}  // namespace

Result<std::unique_ptr<Signer>> make_ed25519_signer(BytesView seed) {
  ensure(seed.size() == kKeySecretSize);
  EvpKey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  if (!key) return failure(Errc::kNotSupported, "seed", "this OpenSSL has no Ed25519");
  return std::unique_ptr<Signer>(std::make_unique<Ed25519Signer>(std::move(key)));
}

Result<void> check_ed25519_form(BytesView key) {
  if (key.size() != kEd25519KeySize) {
    return failure(Errc::kInvalid, "public_key",
                   std::to_string(key.size()) + " bytes, expected 32");
  }
  if (!is_reduced_ed25519_point(key)) return failure(Errc::kInvalid, "public_key", "not reduced");
  if (is_small_order_ed25519_point(key))
    return failure(Errc::kInvalid, "public_key", "small order");
  return {};
}

Result<void> check_ed25519_key(BytesView key) {
  DAYBOOK_TRY(check_ed25519_form(key));
  if (!is_on_ed25519_curve(key)) return failure(Errc::kInvalid, "public_key", "not on the curve");
  return {};
}

Result<void> verify_ed25519(BytesView key, BytesView message, BytesView signature) {
  DAYBOOK_TRY(check_ed25519_form(key));
  ensure(signature.size() == kSignatureSize);
  const QuietErrors quiet;
  const EvpKey evp(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const EvpDigestContext context(EVP_MD_CTX_new());
  ensure(evp && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, evp.get()) == 1);
  const int verdict = EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                       message.data(), message.size());
  if (verdict == 1) return {};
  // A point off the curve fails here as well; only then is it worth finding out which of the two it
  // was.
  DAYBOOK_TRY(check_ed25519_key(key));
  return failure(Errc::kWrongSignature, "signature", "does not verify");
}

}  // namespace daybook
