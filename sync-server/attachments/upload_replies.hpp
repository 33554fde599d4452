// SPDX-License-Identifier: Apache-2.0
// The office's half of tus 1.0 as replies (core/wire/ATTACHMENTS.md). Pure.
#pragma once

#include <cstdint>

#include "core/base/error.hpp"
#include "sync-server/http/message.hpp"

namespace daybook {

http::Response tus_reply(int status);
// `expires_ms`: until when what came is kept; 0: for good.
http::Response offset_reply(int status, std::uint64_t offset, std::int64_t expires_ms = 0);
http::Response options_reply();
// As the device API refuses; `status` where tus wants one of its own.
http::Response tus_error(const Error& error, int status = 0);
// What the store of contents answered, for those outside: a wrong key to the bucket, say, is no
// fault of a phone's, and trying again later is all that it can do.
Error told_outside(const Error& of_store);

}  // namespace daybook
