// SPDX-License-Identifier: Apache-2.0
// What an office act changes, read from JSON. Pure; any thread.
#pragma once

#include <vector>

#include "sync-server/api/json_in.hpp"
#include "sync-server/office/office.hpp"

namespace daybook {

// A list of {collection, id, create | seen, set}; errors name "changes[3].set.priority".
Result<std::vector<OfficeEdit>> office_edits_from(const Schema& schema, const Json* changes);

}  // namespace daybook
