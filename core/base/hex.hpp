// SPDX-License-Identifier: Apache-2.0
// Text forms of bytes: hex, base64url (RFC 4648 §5, no padding) and the 8-4-4-4-12 form of a Uuid.
// Lower case out; both cases in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/fixed_bytes.hpp"

namespace daybook {

std::string to_hex(BytesView bytes);
std::optional<Bytes> from_hex(std::string_view text);

std::string to_base64url(BytesView bytes);
std::optional<Bytes> from_base64url(std::string_view text);

std::string to_string(const Uuid& id);
std::optional<Uuid> uuid_from(std::string_view text);  // 8-4-4-4-12 or 32 hex digits

}  // namespace daybook
