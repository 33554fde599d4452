// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/sha256.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/base/ensure.hpp"

namespace daybook {
namespace {

// Looking an algorithm up by name costs more than hashing a link, so it is looked up once.
const EVP_MD* algorithm() {
  static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  ensure(fetched != nullptr);
  return fetched;
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(evp); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  ensure(context_->evp != nullptr);
  ensure(EVP_DigestInit_ex2(context_->evp, algorithm(), nullptr) == 1);
}

Sha256::~Sha256() = default;

void Sha256::update(BytesView bytes) {
  ensure(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
  Digest digest;
  unsigned int size = 0;
  ensure(EVP_DigestFinal_ex(context_->evp, digest.raw.data(), &size) == 1);
  ensure(size == Digest::kSize);
  ensure(EVP_DigestInit_ex2(context_->evp, algorithm(), nullptr) == 1);
  return digest;
}

Digest sha256(BytesView bytes) {
  // Making a context costs more than hashing a link, and finish() leaves it ready for the next.
  static thread_local Sha256 hasher;
  hasher.update(bytes);
  return hasher.finish();
}

Digest hmac_sha256(BytesView key, BytesView message) {
  static const std::uint8_t nothing = 0;  // a null key would mean "the key of last time" to OpenSSL
  const void* key_bytes = key.empty() ? &nothing : key.data();
  Digest digest;
  unsigned int size = 0;
  const auto* made = HMAC(algorithm(), key_bytes, static_cast<int>(key.size()), message.data(),
                          message.size(), digest.raw.data(), &size);
  ensure(made != nullptr && size == Digest::kSize);
  return digest;
}

bool equal_in_constant_time(BytesView a, BytesView b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace daybook
