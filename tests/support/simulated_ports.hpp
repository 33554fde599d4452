// SPDX-License-Identifier: Apache-2.0
// The played ports under the names that tests know them by.
#pragma once

#include "core/ports/simulated.hpp"

namespace daybook::test {

using daybook::ManualClock;
using daybook::SeededRng;

}  // namespace daybook::test
