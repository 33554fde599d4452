// SPDX-License-Identifier: Apache-2.0
// The plan of the house: makes every part in order, runs until SIGTERM or SIGINT, and takes
// everything down in the reverse order. Called by main, on the main thread, which becomes the loop
// thread.
#pragma once

#include "core/base/result.hpp"
#include "sync-server/app/config.hpp"

namespace daybook {

// Returns after a graceful stop. Logs "server.ready" with the port once phones can connect.
Result<void> serve(const Config& config);

}  // namespace daybook
