// SPDX-License-Identifier: Apache-2.0
// `daybook rules …`: rule sets as files, checked and compared without a server; those that the
// server answers are declared with them (rule_desk_commands.hpp). One thread.
#pragma once

#include "tools/cli/commands.hpp"

namespace daybook::cli {

void declare_rules(CLI::App& app, Wish& wish, Command& chosen);

}  // namespace daybook::cli
