// SPDX-License-Identifier: Apache-2.0
// Which protocol two sides speak: the highest that both know. Called by the server's session for
// each request. Pure.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/wire/message.hpp"

namespace daybook::wire {

// kNotSupported at "sync.protocol", naming both ranges, when they do not meet.
Result<std::uint64_t> choose_protocol(std::uint64_t protocol_min, std::uint64_t protocol_max);

// "request 2..3, server 1..1", the detail of that refusal.
std::string both_ranges(std::uint64_t protocol_min, std::uint64_t protocol_max);

}  // namespace daybook::wire
