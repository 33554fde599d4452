// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/es256_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>

#include "core/base/ensure.hpp"
#include "core/base/hex.hpp"
#include "core/crypto/ecdsa_form.hpp"
#include "core/crypto/evp_owned.hpp"

namespace daybook {
namespace {

constexpr std::size_t kNumberSize = kEcdsaNumberSize;

// Big-endian (SEC 2, 2.4.2). The field's prime, the order n of the group, and (n - 1) / 2.
constexpr std::string_view kPrime =
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
constexpr std::string_view kOrder =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr std::string_view kHalfOrder =
    "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";

struct FreeGroup {
  void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
};
struct FreePoint {
  void operator()(EC_POINT* point) const { EC_POINT_free(point); }
};

Bytes bytes_of(std::string_view hex) {
  auto bytes = from_hex(hex);
  ensure(bytes.has_value());
  return *std::move(bytes);
}

// Numbers of the same size, big-endian.
bool is_below(BytesView number, BytesView limit) {
  ensure(number.size() == limit.size());
  return std::lexicographical_compare(number.begin(), number.end(), limit.begin(), limit.end());
}

bool is_low(BytesView s) { return !is_below(bytes_of(kHalfOrder), s); }

// `point`: compressed; `secret`: in the machine's order of bytes, or empty. Null when the point is
// not on the curve: OpenSSL solves the curve's equation for y, and there is none.
EvpKey import_key(BytesView point, std::span<std::uint8_t> secret) {
  std::string group = SN_X9_62_prime256v1;
  Bytes octets = copy_of(point);
  std::array<OSSL_PARAM, 4> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size()),
      OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
  if (!secret.empty())
    params[2] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, secret.data(), secret.size());
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  ensure(context && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  const int selection = secret.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params.data()) != 1) return nullptr;
  return EvpKey(key);
}

// What can be said without arithmetic on the curve.
Result<void> check_form(BytesView key) {
  if (key.size() != kEs256KeySize) {
    return failure(
        Errc::kInvalid, "public_key",
        std::to_string(key.size()) + " bytes, expected " + std::to_string(kEs256KeySize));
  }
  if (key[0] != POINT_CONVERSION_COMPRESSED && key[0] != POINT_CONVERSION_COMPRESSED + 1)
    return failure(Errc::kInvalid, "public_key", "not a compressed point");
  if (!is_below(key.subspan(1), bytes_of(kPrime)))
    return failure(Errc::kInvalid, "public_key", "not reduced");
  return {};
}

Error off_the_curve() { return failure(Errc::kInvalid, "public_key", "not on the curve"); }

// (r, s) and (r, n - s) verify alike; only the one with the lower s is a signature of ours.
Bytes with_low_s(Bytes fixed) {
  const auto s = std::span(fixed).last(kNumberSize);
  if (is_low(s)) return fixed;
  const BigNumber order = big_number_from(bytes_of(kOrder));
  const BigNumber high = big_number_from(s);
  ensure(BN_sub(order.get(), order.get(), high.get()) == 1);
  ensure(BN_bn2binpad(order.get(), s.data(), kNumberSize) == kNumberSize);
  return fixed;
}

class Es256Signer final : public Signer {
 public:
  explicit Es256Signer(BytesView secret) {
    const QuietErrors quiet;
    const BigNumber number = big_number_from(secret);
    BN_set_flags(number.get(), BN_FLG_CONSTTIME);
    const std::unique_ptr<EC_GROUP, FreeGroup> group(
        EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    ensure(group != nullptr);
    const std::unique_ptr<EC_POINT, FreePoint> point(EC_POINT_new(group.get()));
    ensure(point &&
           EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1);
    public_key_.alg = KeyAlg::kEs256;
    public_key_.raw.resize(kEs256KeySize);
    ensure(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_COMPRESSED,
                              public_key_.raw.data(), kEs256KeySize, nullptr) == kEs256KeySize);
    std::array<std::uint8_t, kNumberSize> native{};
    ensure(BN_bn2nativepad(number.get(), native.data(), kNumberSize) == kNumberSize);
    key_ = import_key(public_key_.raw, native);
    OPENSSL_cleanse(native.data(), native.size());
    ensure(key_ != nullptr);
  }

  const PublicKey& public_key() const override { return public_key_; }

  Result<Signature> sign(BytesView message) override {
    const EvpDigestContext context(EVP_MD_CTX_new());
    ensure(context &&
           EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
    std::array<std::uint8_t, kEcdsaDerSizeMax> der{};
    std::size_t size = der.size();
    ensure(EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size()) == 1);
    return Signature{KeyAlg::kEs256, with_low_s(ecdsa_fixed_of(BytesView(der.data(), size)))};
  }

 private:
  EvpKey key_;
  PublicKey public_key_;
};

}  // namespace

bool is_es256_secret(BytesView secret) {
  const bool is_zero =
      std::all_of(secret.begin(), secret.end(), [](std::uint8_t byte) { return byte == 0; });
  return !is_zero && is_below(secret, bytes_of(kOrder));
}

Result<std::unique_ptr<Signer>> make_es256_signer(BytesView secret) {
  ensure(is_es256_secret(secret));
  return std::unique_ptr<Signer>(std::make_unique<Es256Signer>(secret));
}

Result<void> check_es256_key(BytesView key) {
  DAYBOOK_TRY(check_form(key));
  const QuietErrors quiet;
  if (!import_key(key, {})) return off_the_curve();
  return {};
}

Result<void> verify_es256(BytesView key, BytesView message, BytesView signature) {
  DAYBOOK_TRY(check_form(key));
  ensure(signature.size() == kSignatureSize);
  const QuietErrors quiet;
  const EvpKey evp = import_key(key, {});
  if (!evp) return off_the_curve();
  if (!is_low(signature.last(kNumberSize)))
    return failure(Errc::kWrongSignature, "signature", "s is above half the group order");
  const Bytes der = ecdsa_der_of(signature);
  const EvpDigestContext context(EVP_MD_CTX_new());
  ensure(context &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, evp.get()) == 1);
  // r or s of 0, and r of n or more, fail here as well.
  const int verdict =
      EVP_DigestVerify(context.get(), der.data(), der.size(), message.data(), message.size());
  if (verdict == 1) return {};
  return failure(Errc::kWrongSignature, "signature", "does not verify");
}

}  // namespace daybook
