// SPDX-License-Identifier: Apache-2.0
// The two forms of an ECDSA signature on P-256: r || s, 32 bytes each, as JWS (RFC 7518, 3.4) and
// our own wire have it, and the DER that OpenSSL reads and writes. Used by the key files of this
// room only; pure. Judges neither r nor s: verifying does.
#pragma once

#include "core/base/bytes.hpp"

namespace daybook {

inline constexpr std::size_t kEcdsaNumberSize = 32;
inline constexpr std::size_t kEcdsaFixedSize = 2 * kEcdsaNumberSize;
// A DER SEQUENCE of two INTEGERs of at most 33 bytes each.
inline constexpr std::size_t kEcdsaDerSizeMax = 72;

// REQUIRES: kEcdsaFixedSize bytes.
Bytes ecdsa_der_of(BytesView fixed);
// REQUIRES: what OpenSSL made itself; not for bytes of strangers.
Bytes ecdsa_fixed_of(BytesView der);

}  // namespace daybook
