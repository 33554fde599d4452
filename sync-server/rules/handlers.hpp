// SPDX-License-Identifier: Apache-2.0
// Headquarters' rules by HTTP: shown, proposed, rehearsed, published. app plugs these two tables
// into api's door.
#pragma once

#include "sync-server/api/call.hpp"

namespace daybook {

CoreHandler rules_core(Action action);
ReadRoute rules_read(Action action);

}  // namespace daybook
