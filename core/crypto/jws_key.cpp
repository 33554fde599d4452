// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/jws_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <string>

#include "core/base/ensure.hpp"
#include "core/crypto/ecdsa_form.hpp"
#include "core/crypto/evp_owned.hpp"

namespace daybook {
namespace {

constexpr std::size_t kCoordinateSize = kEcdsaNumberSize;
constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;  // a larger one is a way to keep us busy
constexpr std::size_t kExponentSizeMax = 4;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;

// Null when OpenSSL finds the parts wrong, for example a point that is not on the curve.
std::shared_ptr<EVP_PKEY> key_from(const char* kind, OSSL_PARAM_BLD* parts) {
  const Params params(OSSL_PARAM_BLD_to_param(parts));
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  const bool made = params && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1;
  ERR_clear_error();
  if (!made) return nullptr;
  return {key, FreeEvpKey{}};
}

}  // namespace

Result<JwsKey> JwsKey::rsa(BytesView n, BytesView e) {
  if (e.empty() || e.size() > kExponentSizeMax || (e.back() & 1) == 0)
    return failure(Errc::kInvalid, "e", "expected an odd number of at most 32 bits");
  if (n.empty() || n.size() > kRsaBitsMax / 8 || (n.back() & 1) == 0)
    return failure(Errc::kInvalid, "n", "not a modulus");
  const auto modulus = big_number_from(n);
  const auto exponent = big_number_from(e);
  if (BN_num_bits(modulus.get()) < kRsaBitsMin)
    return failure(Errc::kInvalid, "n", "less than 2048 bits");
  if (BN_num_bits(exponent.get()) < 2) return failure(Errc::kInvalid, "e", "1 encrypts nothing");
  const Builder parts(OSSL_PARAM_BLD_new());
  ensure(parts && OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
         OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1);
  auto key = key_from("RSA", parts.get());
  if (!key) return failure(Errc::kInvalid, "n", "not a key");
  return JwsKey(JwsAlg::kRs256, std::move(key));
}

Result<JwsKey> JwsKey::p256(BytesView x, BytesView y) {
  if (x.size() != kCoordinateSize || y.size() != kCoordinateSize)
    return failure(Errc::kInvalid, "point", "expected 32 bytes a coordinate");
  Bytes point = {0x04};  // uncompressed
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  const Builder parts(OSSL_PARAM_BLD_new());
  ensure(parts &&
         OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) ==
             1 &&
         OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                          point.size()) == 1);
  auto key = key_from("EC", parts.get());
  if (!key) return failure(Errc::kInvalid, "point", "not on the curve");
  return JwsKey(JwsAlg::kEs256, std::move(key));
}

Result<void> JwsKey::verify(BytesView message, BytesView signature) const {
  const auto wrong = [](const char* why) {
    return failure(Errc::kWrongSignature, "signature", why);
  };
  Bytes encoded;
  if (alg_ == JwsAlg::kEs256) {
    if (signature.size() != kEcdsaFixedSize) return wrong("expected 64 bytes");
    encoded = ecdsa_der_of(signature);
  } else {
    if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())))
      return wrong("not as long as the key");
    encoded = copy_of(signature);
  }
  // RSA keys pad as in PKCS #1 v1.5 unless told otherwise: that is RS256.
  const EvpDigestContext context(EVP_MD_CTX_new());
  ensure(context &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  const int verdict = EVP_DigestVerify(context.get(), encoded.data(), encoded.size(),
                                       message.data(), message.size());
  ERR_clear_error();
  return verdict == 1 ? success() : wrong("does not verify");
}

}  // namespace daybook
