// SPDX-License-Identifier: Apache-2.0
// Cases as people's programs read them. Pure; any thread.
#pragma once

#include "core/model/conflict_case.hpp"
#include "sync-server/api/json_in.hpp"

namespace daybook {

// `now_ms` tells what is overdue.
Json json_of(const Schema& schema, const ConflictCase& conflict, std::int64_t now_ms);

}  // namespace daybook
