// SPDX-License-Identifier: Apache-2.0
// Deletes own sets that the server is not known to hold: only ever because a person named one.
// Private to this room.
#pragma once

#include "client-lib/session/client_state.hpp"

namespace daybook {

// In a transaction of the caller; `state` is to be loaded again afterwards. Errors as
// ClientCore::discard_set().
Result<void> discard_set(ClientState& state, const SetId& set, bool with_dependents);

}  // namespace daybook
