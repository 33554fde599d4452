// SPDX-License-Identifier: Apache-2.0
// SHA-512 by OpenSSL, for the second list of sums in a bundle of evidence. Pure.
#pragma once

#include <string>

#include "core/base/bytes.hpp"

namespace daybook {

// As `sha512sum` prints it.
std::string sha512_hex(BytesView bytes);

}  // namespace daybook
