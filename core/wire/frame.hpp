// SPDX-License-Identifier: Apache-2.0
// The outermost layer of a message: one byte says how the rest is packed. 0x00 = as is, 0x01 = one
// zstd frame. Unpacking is capped in output bytes and in ratio, and the window is bounded, because
// 33 KB of zstd can claim to be a gigabyte.
#pragma once

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace daybook::wire {

// How much work a byte is worth. An upload goes once over the worst of lines.
enum class Effort : int { kQuick = 3, kThorough = 6 };  // zstd's levels

// Plain, whatever its size.
Bytes as_it_is(BytesView message);
// zstd where that is shorter.
Bytes pack(BytesView message, Effort effort = Effort::kQuick);
Result<Bytes> unpack(BytesView frame, std::size_t size_max);

}  // namespace daybook::wire
