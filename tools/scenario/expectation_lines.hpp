// SPDX-License-Identifier: Apache-2.0
// What stands behind `expect`, read from its line. Used by script only. Pure.
#pragma once

#include "tools/scenario/script.hpp"

namespace daybook::scenario {

// REQUIRES: `expect` was taken. Throws Mistake.
Expectation read_expectation(Line& line);

}  // namespace daybook::scenario
