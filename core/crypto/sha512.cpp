// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/sha512.hpp"

#include <openssl/evp.h>

#include "core/base/ensure.hpp"
#include "core/base/hex.hpp"

namespace daybook {

std::string sha512_hex(BytesView bytes) {
  Bytes digest(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  ensure(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha512(), nullptr) == 1);
  digest.resize(size);
  return to_hex(digest);
}

}  // namespace daybook
