// SPDX-License-Identifier: Apache-2.0
// SQLite's result codes as ours; inside this room only. Never puts bound values into an error:
// details go into logs.
#pragma once

#include <string_view>

#include "core/base/error.hpp"

struct sqlite3;

namespace daybook::sqlite {

// `doing` goes into the field: "open", "step", "commit"…
Error error_of(sqlite3* db, int code, std::string_view doing);

}  // namespace daybook::sqlite
