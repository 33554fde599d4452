// SPDX-License-Identifier: Apache-2.0
// A cell of the reports file's SQL as JSON, for analysts' answers and for our own lists. Pure; any
// thread.
#pragma once

#include "sync-server/api/json_in.hpp"
#include "sync-server/reports/reports_reader.hpp"

namespace daybook {

// Numbers as numbers, NULL as null, all else as text.
Json json_of(const SqlTable::Cell& cell);

}  // namespace daybook
