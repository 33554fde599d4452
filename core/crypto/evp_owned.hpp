// SPDX-License-Identifier: Apache-2.0
// Owners for what OpenSSL hands out, numbers among it, and its error queue left as it was found.
// Used by the key files of this room only.
#pragma once

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>

#include "core/base/bytes.hpp"
#include "core/base/ensure.hpp"

namespace daybook {

struct FreeEvpKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeEvpKeyContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct FreeEvpDigestContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeBigNumber {
  // Some of them are secrets.
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
using EvpKey = std::unique_ptr<EVP_PKEY, FreeEvpKey>;
using EvpKeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeEvpKeyContext>;
using EvpDigestContext = std::unique_ptr<EVP_MD_CTX, FreeEvpDigestContext>;
using BigNumber = std::unique_ptr<BIGNUM, FreeBigNumber>;

// Big-endian.
inline BigNumber big_number_from(BytesView bytes) {
  BigNumber number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  ensure(number != nullptr);
  return number;
}

// A refused key or signature is an answer, not an error of the thread: what OpenSSL notes about it
// would be read by the next TLS call on the thread as that call's own trouble.
class QuietErrors {
 public:
  QuietErrors() { ERR_set_mark(); }
  ~QuietErrors() { ERR_pop_to_mark(); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
};

}  // namespace daybook
