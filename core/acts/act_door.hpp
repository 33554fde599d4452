// SPDX-License-Identifier: Apache-2.0
// The read door for SQL out of a schema, which comes from elsewhere: it reads the collections and
// views of its side and calls functions that only compute, for a bounded number of steps. Nothing
// else: no table of ours or SQLite's, no pragma, no file, no function with an effect. One thread at
// a time.
#pragma once

#include <memory>

#include "core/platform/sqlite/read_door.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// Of SQLite's machine, for all expressions of one act together: about a second.
inline constexpr std::uint64_t kActStepsMax = 20'000'000;

// The file as it is.
Result<std::unique_ptr<sqlite::ReadDoor>> open_act_door(const std::string& path,
                                                        const Schema& schema, Where side);
// Empty tables of the same names and columns, and no view yet.
Result<std::unique_ptr<sqlite::ReadDoor>> open_trial_door(const Schema& schema, Where side);

}  // namespace daybook
