// SPDX-License-Identifier: Apache-2.0
// The words of tus 1.0 and of ranges, read from and written to headers (core/wire/ATTACHMENTS.md).
// Pure; every reader is bounded and answers what is wrong with the name of the header.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"
#include "sync-server/http/message.hpp"

namespace daybook {

inline constexpr std::string_view kTusVersion = "1.0.0";
inline constexpr std::string_view kPieceType = "application/offset+octet-stream";

// A number in decimal digits, nothing else.
Result<std::uint64_t> read_count(const http::Request& request, std::string_view header);

// Who cannot send PATCH or DELETE sends POST and says what it stands for: then that is its method.
Result<void> obey_override(http::Request& request);

// Of "sha256 <base64>, …": the digest, which is the base64 of its 64 hex digits.
Result<Digest> read_upload_metadata(std::string_view metadata);
std::string print_upload_metadata(const Digest& content);
// "sha256 <base64 of 32 bytes>"; empty when the header is missing.
Result<std::optional<Digest>> read_checksum(const http::Request& request);

// As HTTP writes a time: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string print_http_date(std::int64_t wall_ms);

// The content that a path under /v1/attachments/ names.
Result<Digest> read_content_name(std::string_view name);

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // inclusive
};
// One range of a content of this size; nothing when the header is missing. kInvalid at "range" when
// it cannot be met.
Result<std::optional<ByteRange>> read_range(const http::Request& request, std::uint64_t size);

}  // namespace daybook
