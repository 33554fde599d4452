// SPDX-License-Identifier: Apache-2.0
// Passwords of office users by scrypt (N = 2^15, r = 8, p = 1: about 32 MiB and 0.1 s). Text form
// "scrypt$15$8$1$salt$hash".
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace daybook {

Result<std::string> hash_password(std::string_view password, BytesView salt16);
// False for a wrong password and for a stored text that does not parse.
bool password_matches(std::string_view password, std::string_view stored);

}  // namespace daybook
