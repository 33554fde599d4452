// SPDX-License-Identifier: Apache-2.0
// Whether 32 bytes are a public key that a signature can mean something under. OpenSSL takes any 32
// bytes for a key and only says no when a signature comes; a device must be refused at enrolment
// instead. Used by device_key.cpp only. Pure.
#pragma once

#include "core/base/fixed_bytes.hpp"

namespace daybook {

inline constexpr std::size_t kEd25519KeySize = 32;

// The encoding's y is below the field's prime: the only form that encoders write.
bool is_reduced_ed25519_point(BytesView key);

// One of the points of order 1, 2, 4 or 8 (either sign of x). Under such a "key" one signature fits
// many messages.
bool is_small_order_ed25519_point(BytesView key);

// There is an x for this y. REQUIRES: is_reduced_ed25519_point(key).
bool is_on_ed25519_curve(BytesView key);

}  // namespace daybook
