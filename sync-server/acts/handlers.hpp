// SPDX-License-Identifier: Apache-2.0
// POST /api/acts/{act}: an act of the rules, by HTTP. app plugs this table into api's door.
#pragma once

#include "sync-server/api/call.hpp"

namespace daybook {

// Asked of the reports file, then done by the core.
StagedRoute acts_staged(Action action);

}  // namespace daybook
