// SPDX-License-Identifier: Apache-2.0
#include "tests/support/jws_signer.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "core/base/ensure.hpp"
#include "core/base/hex.hpp"

namespace daybook::test {
namespace {

Bytes bytes_of(const BIGNUM* number, int size) {
  Bytes bytes(static_cast<std::size_t>(size));
  ensure(BN_bn2binpad(number, bytes.data(), size) == size);
  return bytes;
}

Bytes number_of(const EVP_PKEY* key, const char* name, int size) {
  BIGNUM* number = nullptr;
  ensure(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  auto bytes = bytes_of(number, size == 0 ? BN_num_bytes(number) : size);
  BN_free(number);
  return bytes;
}

Bytes sign_with(EVP_PKEY* key, std::string_view text, bool pss) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* inside = nullptr;
  ensure(EVP_DigestSignInit(context, &inside, EVP_sha256(), nullptr, key) == 1);
  if (pss) ensure(EVP_PKEY_CTX_set_rsa_padding(inside, RSA_PKCS1_PSS_PADDING) == 1);
  const auto bytes = view_of(text);
  std::size_t size = 0;
  ensure(EVP_DigestSign(context, nullptr, &size, bytes.data(), bytes.size()) == 1);
  Bytes signature(size);
  ensure(EVP_DigestSign(context, signature.data(), &size, bytes.data(), bytes.size()) == 1);
  signature.resize(size);
  EVP_MD_CTX_free(context);
  return signature;
}

}  // namespace

JwsSigner::JwsSigner(bool is_rsa, evp_pkey_st* key) : is_rsa_(is_rsa), key_(key, EVP_PKEY_free) {
  ensure(key != nullptr);
}

JwsSigner JwsSigner::rsa(unsigned bits) { return {true, EVP_RSA_gen(bits)}; }
JwsSigner JwsSigner::p256() { return {false, EVP_EC_gen("P-256")}; }

Bytes JwsSigner::sign(std::string_view text) const {
  auto signature = sign_with(key_.get(), text, false);
  if (is_rsa_) return signature;
  const unsigned char* der = signature.data();
  ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(signature.size()));
  ensure(pair != nullptr);
  auto plain = bytes_of(ECDSA_SIG_get0_r(pair), 32);
  const auto s = bytes_of(ECDSA_SIG_get0_s(pair), 32);
  plain.insert(plain.end(), s.begin(), s.end());
  ECDSA_SIG_free(pair);
  return plain;
}

Bytes JwsSigner::sign_pss(std::string_view text) const { return sign_with(key_.get(), text, true); }

std::pair<Bytes, Bytes> JwsSigner::parts() const {
  if (is_rsa_) {
    return {number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0),
            number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0)};
  }
  return {number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32),
          number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32)};
}

std::string JwsSigner::jwk(const std::string& kid, const std::string& more) const {
  const auto [first, second] = parts();
  const std::string kind = is_rsa_ ? R"("kty":"RSA","n":")" : R"("kty":"EC","crv":"P-256","x":")";
  return "{" + kind + to_base64url(first) + (is_rsa_ ? R"(","e":")" : R"(","y":")") +
         to_base64url(second) + R"(","kid":")" + kid + "\"" + more + "}";
}

std::string JwsSigner::token(const std::string& head, const std::string& claims) const {
  const auto text = to_base64url(view_of(head)) + "." + to_base64url(view_of(claims));
  return text + "." + to_base64url(sign(text));
}

}  // namespace daybook::test
