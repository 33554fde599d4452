// SPDX-License-Identifier: Apache-2.0
// What one batch of a phone wrote, when all of it was plainly accepted: made by ingest, told by
// feed (wire::OwnRun). A value.
#pragma once

#include <map>

#include "core/model/ids.hpp"

namespace daybook {

// Each set has a commit of its own, in order; `last_writes`: which of them wrote each record last.
struct PlainRun {
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  Version first_commit = 0;
  std::map<RecordRef, Version> last_writes;
};

}  // namespace daybook
