// SPDX-License-Identifier: Apache-2.0
// Commands about other machines and the running server: tokens, webhooks, feed, export, SQL,
// metrics, log level, reload. Declared to CLI11 by declare_commands(). One thread.
#pragma once

#include "tools/cli/commands.hpp"

namespace daybook::cli {

void declare_machines(CLI::App& app, Wish& wish, Command& chosen);

}  // namespace daybook::cli
