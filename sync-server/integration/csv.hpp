// SPDX-License-Identifier: Apache-2.0
// Comma separated values as RFC 4180 has them, safe to open in a spreadsheet: a text that a
// spreadsheet would take for a formula gets an apostrophe in front. Pure.
#pragma once

#include <string>
#include <vector>

#include "sync-server/api/json_in.hpp"

namespace daybook {

// Ends in CR LF. Cells are written as they are, with quotation marks where needed.
std::string csv_line(const std::vector<std::string>& cells);
// A value as one cell: whole numbers plain, texts guarded against formulas, lists as JSON.
std::string csv_text(const Json& value);

}  // namespace daybook
