// SPDX-License-Identifier: Apache-2.0
// SHA-256 by OpenSSL. core/crypto is the only room that says EVP_.
#pragma once

#include <memory>

#include "core/base/fixed_bytes.hpp"

namespace daybook {

Digest sha256(BytesView bytes);

// For content that comes in pieces. Not copyable; one thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(BytesView bytes);
  Digest finish();  // then starts anew

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Digest hmac_sha256(BytesView key, BytesView message);

// Same time whatever the bytes are.
bool equal_in_constant_time(BytesView a, BytesView b);

}  // namespace daybook
