// SPDX-License-Identifier: Apache-2.0
// Percent encoding of RFC 3986. For what becomes one segment of a path, or one name or value of a
// query or form; not for whole addresses, whose slashes would not survive. Pure.
#pragma once

#include <string>
#include <string_view>

namespace daybook {

// Everything but letters, digits and "-._~" as %XX, in upper case. A space becomes %20, never the
// "+" of HTML forms: in a path that would be a plus.
std::string percent_encoded(std::string_view text);

}  // namespace daybook
