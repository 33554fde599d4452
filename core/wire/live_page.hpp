// SPDX-License-Identifier: Apache-2.0
// A page that the office sends unasked, when something moved in the scopes of a phone whose
// standing it knows: it takes the place of the bell, the question and the answer (PROTOCOL.md §15).
// Value types, pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/result.hpp"
#include "core/wire/message.hpp"

namespace daybook::wire {

// An entry whose `row` holds only what changed: laid over the row that the phone has it is the row
// as served.
struct RowPatch {
  std::uint32_t entry = 0;  // index into Page::entries
  std::uint64_t check = 0;  // check_of() the whole row
  bool operator==(const RowPatch&) const = default;
};

struct LivePage {
  // Of the phone for which the page was read (standing_of): it fits no other state.
  std::uint64_t standing = 0;
  Page page;                      // always complete
  std::vector<RowPatch> patches;  // ascending
  bool operator==(const LivePage&) const = default;
};

// What a phone would say in its next request about how far it has read, in 63 bits of a hash.
std::uint64_t standing_of(const Cursor& cursor, const std::vector<ScopePosition>& positions);

// 63 bits of the row's digest (scope_digest.hpp).
std::uint64_t check_of(const RecordRef& record, BytesView row);

Bytes encode(const LivePage&);
Result<LivePage> decode_live_page(BytesView);

}  // namespace daybook::wire
