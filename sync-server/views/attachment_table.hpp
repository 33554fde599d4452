// SPDX-License-Identifier: Apache-2.0
// What records name as attachments, and what of it is here: "evidence 3 of 5". Read from the port,
// changes nothing.
#pragma once

#include <set>

#include "core/base/result.hpp"
#include "sync-server/store/server_store.hpp"
#include "sync-server/views/html.hpp"

namespace daybook {

// Nothing where no record names any.
Result<HtmlWriter> attachment_table(ServerStore& store, const std::set<RecordRef>& records);

}  // namespace daybook
