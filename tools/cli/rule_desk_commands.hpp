// SPDX-License-Identifier: Apache-2.0
// `daybook rules …` that headquarters' server answers: which sets the book was kept under, a rule
// made of a case, a candidate tried on the recorded history, a publication. One thread.
#pragma once

#include "tools/cli/commands.hpp"

namespace daybook::cli {

void declare_rule_desk(CLI::App& rules, Wish& wish, Command& chosen);

}  // namespace daybook::cli
