// SPDX-License-Identifier: Apache-2.0
// The configuration and the certificate, read again while the server runs: on SIGHUP and by
// POST /api/reload. What cannot change under a running server is named instead. Loop thread.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "sync-server/app/config.hpp"
#include "sync-server/app/json_log.hpp"
#include "sync-server/net/listener.hpp"

namespace daybook {

// One line for each thing that was taken over, or that waits for a restart. After an error
// everything is as it was.
Result<std::vector<std::string>> reload(const Config& running, Listener& listener, JsonLog& log);

}  // namespace daybook
