// SPDX-License-Identifier: Apache-2.0
// What a caller's query asks of a collection, read strictly: `status=planned`,
// `window_start.ge=1790000000000`, `order=-window_start`, `after`, `limit`. For lists and exports.
// Pure.
#pragma once

#include "sync-server/api/call.hpp"
#include "sync-server/reports/reports_reader.hpp"

namespace daybook {

// Errors name the part of the query. The collection is the path's first part.
Result<RecordsQuestion> records_question(const Call& call, const Schema& schema,
                                         std::size_t limit_max = 500);

// Asks only for what the caller's territory holds.
Result<void> keep_to(const Territory& territory, RecordsQuestion& question);

}  // namespace daybook
