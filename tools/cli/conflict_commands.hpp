// SPDX-License-Identifier: Apache-2.0
// `daybook conflicts …`: a support engineer's day, each task one command (docs/support.md).
#pragma once

#include "tools/cli/commands.hpp"

namespace daybook::cli {

void declare_conflicts(CLI::App& app, Wish& wish, Command& chosen);

}  // namespace daybook::cli
