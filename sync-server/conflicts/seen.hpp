// SPDX-License-Identifier: Apache-2.0
// What did the technician see? For a change set: the records it touches, and those they lead to, as
// they stood on that phone when it was written: headquarters' state up to what the phone had, and
// over it the author's own earlier sets that had not settled. Reads only; core thread.
#pragma once

#include "sync-server/conflicts/replay.hpp"

namespace daybook {

struct SeenRecord {
  RecordRef record;
  std::optional<Fields> values;      // absent: it was not on the phone
  std::map<std::string, SetId> own;  // fields that an own earlier set covered
  Version version = 0;               // of the record at headquarters that the phone showed
  bool exact = true;                 // the book bears it out, and the set's own base values do
};

struct Seen {
  Version version = 0;  // headquarters' state that the phone showed, by the set's own bases
  std::vector<SeenRecord> records;
};

Result<Seen> what_was_seen(Ingest& ingest, ServerStore& store, const Schema& schema,
                           const SetId& set);

}  // namespace daybook
