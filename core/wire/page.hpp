// SPDX-License-Identifier: Apache-2.0
// The page inside a sync reply, written and read. Used by sync_reply.cpp and live_page.cpp; pure
// functions.
#pragma once

#include "core/wire/message.hpp"
#include "core/wire/message_reader.hpp"

namespace daybook::wire {

void write_page(CborWriter& out, const Page& page);
Page read_page(MessageReader& in);

}  // namespace daybook::wire
