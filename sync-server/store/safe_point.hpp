// SPDX-License-Identifier: Apache-2.0
// Up to where every registered backup reaches: what lies there is safe even if this store is lost,
// and phones may let go of it. Core thread, inside a transaction.
#pragma once

#include <optional>

#include "sync-server/store/server_store.hpp"

namespace daybook {

// Nothing while no backup is registered.
Result<std::optional<Version>> safe_version(ServerStore& store);

}  // namespace daybook
