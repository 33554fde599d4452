// SPDX-License-Identifier: Apache-2.0
// A repair stands for the set that it replaces. Pure; used by ingest, and by whoever plays the book
// again.
#pragma once

#include "core/model/change_set.hpp"
#include "core/model/record_state.hpp"

namespace daybook {

// The set that is replaced, and where it stands in its author's history.
struct Replaced {
  const Body& body;
  Lineage lineage = kOfficeLineage;
  std::uint64_t seq = 0;
};

// What `repair`, committed as `commit`, wrote exactly as the replaced set asked for counts as that
// set's own write: exact only where equal. Tells whether anything does.
bool credit_replaced(RecordState& state, const Body& repair, Version commit,
                     const Replaced& replaced);

}  // namespace daybook
