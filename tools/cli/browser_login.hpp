// SPDX-License-Identifier: Apache-2.0
// Logging in by the organisation's own login page: a browser on this machine does it, and brings a
// one-time code back to a port on loopback. The code alone is worth nothing: what makes it a token
// never leaves this process but to the server. Blocking; one thread.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "tools/cli/office_client.hpp"
#include "tools/cli/words.hpp"

namespace daybook::cli {

// Prints the address to open, waits five minutes, answers as POST /api/login does. kTimedOut when
// nobody came back.
Result<Answer> log_in_by_browser(const ServerAddress& address, const std::string& server,
                                 const Words& words);

}  // namespace daybook::cli
