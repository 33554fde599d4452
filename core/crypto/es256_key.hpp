// SPDX-License-Identifier: Apache-2.0
// ES256 behind device_key.hpp, over bytes of the right size: ECDSA on P-256 with SHA-256 (FIPS
// 186-5). Used by device_key.cpp only. Signing takes OpenSSL's randomness (device_key.hpp says
// why); the rest is pure.
#pragma once

#include <memory>

#include "core/crypto/device_key.hpp"

namespace daybook {

inline constexpr std::size_t kEs256KeySize = 33;  // 02 or 03 for even or odd y, then x

// 0 < d < n. REQUIRES: kKeySecretSize bytes.
bool is_es256_secret(BytesView secret);

// REQUIRES: is_es256_secret(secret).
Result<std::unique_ptr<Signer>> make_es256_signer(BytesView secret);

// kInvalid at `public_key` for what is not the compressed form of a point of the curve. Every such
// point is a key: the group has prime order, so there is no point of small order, and infinity has
// no 33 bytes.
Result<void> check_es256_key(BytesView key);

// kInvalid at `public_key`; kWrongSignature at `signature`, also for the other s that plain ECDSA
// would accept. REQUIRES: kSignatureSize bytes of signature.
Result<void> verify_es256(BytesView key, BytesView message, BytesView signature);

}  // namespace daybook
