// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ed25519_point.hpp"

#include <openssl/bn.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "core/base/ensure.hpp"
#include "core/base/hex.hpp"

namespace daybook {
namespace {

// y of the points whose order divides 8, little-endian, sign of x left out. Found by multiplying
// points of the curve by the order of its large subgroup until all eight had come up (0 and the two
// last stand for two points each).
constexpr std::string_view kSmallOrderY[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
};

// The curve: -x^2 + y^2 = 1 + d x^2 y^2 over the integers modulo p = 2^255 - 19. Big-endian.
constexpr std::string_view kPrime =
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
constexpr std::string_view kD = "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
struct FreeWorkspace {
  void operator()(BN_CTX* workspace) const { BN_CTX_free(workspace); }
};
using Number = std::unique_ptr<BIGNUM, FreeNumber>;

Number number_from(std::string_view hex) {
  const auto bytes = from_hex(hex);
  ensure(bytes.has_value());
  Number number(BN_bin2bn(bytes->data(), static_cast<int>(bytes->size()), nullptr));
  ensure(number != nullptr);
  return number;
}

Bytes without_sign_of_x(BytesView key) {
  Bytes y = copy_of(key);
  y.back() &= 0x7f;
  return y;
}

}  // namespace

bool is_reduced_ed25519_point(BytesView key) {
  ensure(key.size() == kEd25519KeySize);
  Bytes y = without_sign_of_x(key);
  std::reverse(y.begin(), y.end());
  return to_hex(y) < kPrime;
}

bool is_small_order_ed25519_point(BytesView key) {
  ensure(key.size() == kEd25519KeySize);
  const std::string y = to_hex(without_sign_of_x(key));
  return std::find(std::begin(kSmallOrderY), std::end(kSmallOrderY), y) != std::end(kSmallOrderY);
}

bool is_on_ed25519_curve(BytesView key) {
  ensure(is_reduced_ed25519_point(key));
  const Bytes encoded = without_sign_of_x(key);
  const Number prime = number_from(kPrime);
  const Number d = number_from(kD);
  const Number y(BN_lebin2bn(encoded.data(), static_cast<int>(encoded.size()), nullptr));
  const Number square(BN_new());
  const Number above(BN_new());
  const Number below(BN_new());
  const std::unique_ptr<BN_CTX, FreeWorkspace> workspace(BN_CTX_new());
  ensure(y && square && above && below && workspace);

  // x^2 = (y^2 - 1) / (d y^2 + 1), and a quotient is a square exactly when the product is one.
  BN_CTX* const work = workspace.get();
  const bool computed =
      BN_mod_sqr(square.get(), y.get(), prime.get(), work) == 1 &&
      BN_mod_sub(above.get(), square.get(), BN_value_one(), prime.get(), work) == 1 &&
      BN_mod_mul(below.get(), square.get(), d.get(), prime.get(), work) == 1 &&
      BN_mod_add(below.get(), below.get(), BN_value_one(), prime.get(), work) == 1 &&
      BN_mod_mul(above.get(), above.get(), below.get(), prime.get(), work) == 1;
  ensure(computed);
  const int symbol = BN_kronecker(above.get(), prime.get(), work);
  ensure(symbol >= -1);
  return symbol >= 0;
}

}  // namespace daybook
