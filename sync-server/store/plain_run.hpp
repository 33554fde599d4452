// SPDX-License-Identifier: Apache-2.0
// What the plainly accepted sets of one batch of a phone wrote: made by ingest, told by feed
// (wire::OwnRun). A value.
#pragma once

#include <map>

#include "core/model/ids.hpp"

namespace daybook {

// Each set has a commit, in order; `last_writes`: the last at a record, 0 = one was not plain
// there.
struct PlainRun {
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  Version first_commit = 0;
  std::map<RecordRef, Version> last_writes;
};

}  // namespace daybook
