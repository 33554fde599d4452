// SPDX-License-Identifier: Apache-2.0
// The form of tests/golden/wire/*.hex: hex digits, white space, and comments from '#' to the end of
// the line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"

namespace daybook::test {

// One CBOR item a line, indented by depth, with what it says behind '#'. REQUIRES: canonical CBOR.
std::string annotated_hex(BytesView cbor);
std::optional<Bytes> bytes_of_hex(std::string_view text);

}  // namespace daybook::test
