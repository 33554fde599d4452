// SPDX-License-Identifier: Apache-2.0
// A commit read for people: its body, whichever of its verdicts holds the bytes, its outcome, and
// who did it. For history and the feed. Whoever owns the store.
#pragma once

#include "core/model/change_set.hpp"
#include "core/model/receipt.hpp"
#include "sync-server/api/json_in.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// A commit with its body read, whoever of its verdicts holds the bytes.
struct Act {
  CommitRow row;
  Body body;
  Receipt receipt;
};

// The verdict that a commit holds.
Result<Receipt> receipt_of(const CommitRow& row);
Result<Act> load_act(ServerStore& store, const CommitRow& row);
// version, set, by, from, device, seq, at, received_ms, verdict, reason
Result<Json> author_json(ServerStore& store, const Act& act);

}  // namespace daybook
