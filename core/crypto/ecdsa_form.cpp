// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ecdsa_form.hpp"

#include <openssl/ecdsa.h>

#include <span>

#include "core/base/ensure.hpp"
#include "core/crypto/evp_owned.hpp"

namespace daybook {
namespace {

struct FreePair {
  void operator()(ECDSA_SIG* pair) const { ECDSA_SIG_free(pair); }
};
using Pair = std::unique_ptr<ECDSA_SIG, FreePair>;

void write_number(const BIGNUM* number, std::span<std::uint8_t> into) {
  ensure(BN_bn2binpad(number, into.data(), static_cast<int>(into.size())) ==
         static_cast<int>(into.size()));
}

}  // namespace

Bytes ecdsa_der_of(BytesView fixed) {
  ensure(fixed.size() == kEcdsaFixedSize);
  const Pair pair(ECDSA_SIG_new());
  BigNumber r = big_number_from(fixed.first(kEcdsaNumberSize));
  BigNumber s = big_number_from(fixed.last(kEcdsaNumberSize));
  ensure(pair && ECDSA_SIG_set0(pair.get(), r.get(), s.get()) == 1);
  // They are the pair's now.
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  Bytes der(kEcdsaDerSizeMax);
  std::uint8_t* at = der.data();
  const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
  ensure(size > 0 && static_cast<std::size_t>(size) <= der.size());
  ensure(i2d_ECDSA_SIG(pair.get(), &at) == size);
  der.resize(static_cast<std::size_t>(size));
  return der;
}

Bytes ecdsa_fixed_of(BytesView der) {
  const std::uint8_t* at = der.data();
  const Pair pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  ensure(pair != nullptr);
  Bytes fixed(kEcdsaFixedSize);
  write_number(ECDSA_SIG_get0_r(pair.get()), std::span(fixed).first(kEcdsaNumberSize));
  write_number(ECDSA_SIG_get0_s(pair.get()), std::span(fixed).last(kEcdsaNumberSize));
  return fixed;
}

}  // namespace daybook
