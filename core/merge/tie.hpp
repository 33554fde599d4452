// SPDX-License-Identifier: Apache-2.0
// The order of two things of which neither comes first, where the order of arrival must not show.
// Used by list_rules.cpp: a set of references is kept in this order, so that two devices that each
// add an element leave the same record whichever synced first.
#pragma once

#include "core/base/fixed_bytes.hpp"

namespace daybook {

// Whether `a` goes before `b`, by the 62 random low bits of the two ids. The high bits of a UUIDv7
// are the clock of the device that made it, and no clock decides anything.
bool tie_break(const Uuid& a, const Uuid& b);

}  // namespace daybook
