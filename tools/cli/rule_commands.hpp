// SPDX-License-Identifier: Apache-2.0
// `daybook rules …`: rule sets as files, before anybody publishes them. Needs no server. One
// thread.
#pragma once

#include "tools/cli/commands.hpp"

namespace daybook::cli {

void declare_rules(CLI::App& app, Wish& wish, Command& chosen);

}  // namespace daybook::cli
