// SPDX-License-Identifier: Apache-2.0
// The contents that sets name, noted as promises in the transaction of their commit, so that the
// lane knows what may come and headquarters what is missing. Whatever the verdict: the bytes of a
// parked set are kept too. Core thread, inside a transaction.
#pragma once

#include "core/base/result.hpp"
#include "core/model/change_set.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// `device`: zero for headquarters.
Result<void> note_promises(ServerStore& store, const Body& body, const DeviceId& device,
                           Version commit);

// What the bodies of a book from before format 4 promise; reads the log once, then never again.
Result<void> note_old_promises(ServerStore& store);

}  // namespace daybook
