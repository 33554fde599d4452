// SPDX-License-Identifier: Apache-2.0
// The body that a commit is about: in its own row, or, for a later verdict, in the row that first
// held it. Uses the port only.
#pragma once

#include "sync-server/store/server_store.hpp"

namespace daybook {

// Empty where no row holds it.
inline Result<Bytes> body_bytes_of(ServerStore& store, const CommitRow& row) {
  if (!row.body.empty()) return row.body;
  DAYBOOK_ASSIGN(auto holder, store.find_set(row.set));
  return holder ? std::move(holder->body) : Bytes{};
}

}  // namespace daybook
