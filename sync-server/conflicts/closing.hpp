// SPDX-License-Identifier: Apache-2.0
// When a case is over: once every device concerned has the decision, that is, has acknowledged a
// position at or beyond its commit. Called by the desk (a decision is made), by session (a device
// says where it is) and by api (a device is revoked and will never have it). Core thread, inside a
// transaction.
#pragma once

#include "core/base/result.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// The devices that get the record: those whose scopes it is in; and the one that the case is about.
// Not those whose rights were taken away.
Result<std::vector<DeviceId>> devices_concerned(ServerStore& store, const ConflictCase& conflict);

// The case waits for its devices from now on and is stored; without any, or with nothing written
// (`commit` 0), it is closed at once. REQUIRES: it is decided.
Result<void> await_devices(ServerStore& store, ConflictCase& conflict, Version commit,
                           std::int64_t now_ms);
Result<void> await_nobody(ServerStore& store, std::uint64_t number);

// The device has everything up to `through`; cases that waited for nobody else are closed.
Result<void> device_has(ServerStore& store, const DeviceId& device, Version through,
                        std::int64_t now_ms);
inline Result<void> device_is_gone(ServerStore& store, const DeviceId& device,
                                   std::int64_t now_ms) {
  return device_has(store, device, INT64_MAX, now_ms);
}

}  // namespace daybook
