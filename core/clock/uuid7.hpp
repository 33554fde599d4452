// SPDX-License-Identifier: Apache-2.0
// UUID version 7 (RFC 9562 §5.7): 48 bits of wall time, then 74 random bits. The time is there so
// that new rows lie together in an index; nobody reads it back and nothing is ordered by it, so a
// wrong clock does no harm. Pure given its randomness.
#pragma once

#include "core/base/fixed_bytes.hpp"
#include "core/ports/rng.hpp"

namespace daybook {

Uuid make_uuid7(std::int64_t wall_ms, Rng& rng);

}  // namespace daybook
