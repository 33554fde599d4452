// SPDX-License-Identifier: Apache-2.0
// `daybook scenario`: stories that are played here, without a server. Declared to CLI11. One
// thread.
#pragma once

#include "tools/cli/commands.hpp"

namespace daybook::cli {

void declare_scenarios(CLI::App& app, Wish& wish, Command& chosen);

}  // namespace daybook::cli
