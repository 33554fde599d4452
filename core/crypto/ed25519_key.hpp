// SPDX-License-Identifier: Apache-2.0
// Ed25519 (RFC 8032) behind device_key.hpp, over bytes of the right size. Used by device_key.cpp
// only. Pure: a signature follows from seed and message alone.
#pragma once

#include <memory>

#include "core/crypto/device_key.hpp"
#include "core/crypto/ed25519_point.hpp"

namespace daybook {

// REQUIRES: kKeySecretSize bytes.
Result<std::unique_ptr<Signer>> make_ed25519_signer(BytesView seed);

// kInvalid at `public_key`. check_ed25519_form() is what can be said without arithmetic on the
// curve; enough before a verification, which does the rest itself.
Result<void> check_ed25519_form(BytesView key);
Result<void> check_ed25519_key(BytesView key);

// kInvalid at `public_key`, kWrongSignature at `signature`. REQUIRES: kSignatureSize bytes of
// signature.
Result<void> verify_ed25519(BytesView key, BytesView message, BytesView signature);

}  // namespace daybook
