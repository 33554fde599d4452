// SPDX-License-Identifier: Apache-2.0
// The parts that several messages share, written and read. Used by the codecs of this room only;
// pure functions.
#pragma once

#include "core/wire/message.hpp"
#include "core/wire/message_reader.hpp"

namespace daybook::wire {

void write_cursor(CborWriter& out, const Cursor& cursor);
void write_chain_position(CborWriter& out, const ChainPosition& position);
void write_positions(CborWriter& out, const std::vector<ScopePosition>& positions);
// The collection and the id as two items, not as an array of their own.
void write_items(CborWriter& out, const RecordRef& record);

// Null where there is nothing, else what `write` makes of it.
template <class Part, class Write>
void write_optional(CborWriter& out, const std::optional<Part>& part, Write write) {
  if (part) {
    write(out, *part);
  } else {
    out.null();
  }
}

template <class Part, class Write>
void write_list(CborWriter& out, const std::vector<Part>& parts, Write write) {
  out.array(parts.size());
  for (const auto& part : parts) write(out, part);
}

Cursor read_cursor(MessageReader& in);
ChainPosition read_chain_position(MessageReader& in);
RecordRef read_record_items(MessageReader& in);
std::string read_scope_name(MessageReader& in);
// At most kScopesMax, none twice.
std::vector<ScopePosition> read_positions(MessageReader& in, std::string_view name);
// A byte string of the algorithm byte and the signature.
Signature read_signature(MessageReader& in, std::string_view name);

// Fails when a scope is named twice.
void refuse_twice(MessageReader& in, std::string_view name, const std::vector<std::string>& scopes);

}  // namespace daybook::wire
