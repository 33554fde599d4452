// SPDX-License-Identifier: Apache-2.0
// A page that names the phone's own sets instead of sending them back, made whole again: receipts
// and rows from the bodies that are here. Called by the session before the page is looked at; reads
// only.
//
// Where nothing but these sets lies over their records, the view shows those rows already: then the
// page keeps naming the run, its receipts are there, and its entries come without rows
// (Rebase::confirm).
#pragma once

#include "client-lib/apply/apply.hpp"

namespace daybook {

// The receipt is of one of its sets.
bool holds(const wire::OwnRun& own, const Receipt& receipt);

// False when what is here does not sum up to what the office has: then the page is worth nothing
// and is asked for again, whole.
Result<bool> expand_own_run(const ApplyContext& context, wire::Page& page);

}  // namespace daybook
