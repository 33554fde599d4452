// SPDX-License-Identifier: Apache-2.0
#include "core/wire/message_parts.hpp"

#include <algorithm>

#include "core/model/limits.hpp"
#include "core/wire/limits.hpp"

namespace daybook::wire {
namespace {

RecordRef read_record(MessageReader& in) {
  in.array_of("", 2);
  return read_record_items(in);
}

}  // namespace

void write_cursor(CborWriter& out, const Cursor& cursor) {
  out.array(3)
      .bytes(cursor.epoch.view())
      .unsigned_integer(cursor.version)
      .bytes(cursor.head.view());
}

void write_chain_position(CborWriter& out, const ChainPosition& position) {
  out.array(3)
      .bytes(position.incarnation.view())
      .unsigned_integer(position.seq)
      .bytes(position.link.view());
}

void write_positions(CborWriter& out, const std::vector<ScopePosition>& positions) {
  out.array(positions.size());
  for (const auto& position : positions) {
    out.array(4).text(position.scope).unsigned_integer(position.version);
    if (position.within) {
      out.array(2);
      write_items(out, *position.within);
    } else {
      out.null();
    }
    out.unsigned_integer(position.filling_since);
  }
}

void write_items(CborWriter& out, const RecordRef& record) {
  out.text(record.collection).bytes(record.id.view());
}

Cursor read_cursor(MessageReader& in) {
  in.array_of("", 3);
  Cursor cursor;
  cursor.epoch = in.fixed<EpochId>("epoch");
  cursor.version = in.unsigned_integer("version");
  cursor.head = in.fixed<Digest>("head");
  return cursor;
}

ChainPosition read_chain_position(MessageReader& in) {
  in.array_of("", 3);
  ChainPosition position;
  position.incarnation = in.fixed<IncarnationId>("incarnation");
  position.seq = in.unsigned_integer("seq");
  position.link = in.fixed<Digest>("link");
  return position;
}

RecordRef read_record_items(MessageReader& in) {
  RecordRef record;
  record.collection = in.text("collection", kNameSizeMax);
  record.id = in.fixed<Uuid>("id");
  return record;
}

std::string read_scope_name(MessageReader& in) {
  return std::string(in.text("scope", kScopeNameSizeMax));
}

std::vector<ScopePosition> read_positions(MessageReader& in, std::string_view name) {
  auto positions = in.list(name, kScopesMax, [](MessageReader& item) {
    item.array_of("", 4);
    ScopePosition position;
    position.scope = read_scope_name(item);
    position.version = item.unsigned_integer("version");
    position.within = item.nullable("within", read_record);
    position.filling_since = item.unsigned_integer("filling_since");
    return position;
  });
  std::vector<std::string> scopes;
  for (const auto& position : positions) scopes.push_back(position.scope);
  refuse_twice(in, name, scopes);
  return positions;
}

Signature read_signature(MessageReader& in, std::string_view name) {
  const auto bytes = in.bytes(name, kSignatureSizeMax);
  if (in.failed()) return {};
  auto signature = decode_signature(bytes);
  if (!signature.ok()) {
    in.fail(signature.error().code, name, signature.error().detail);
    return {};
  }
  return std::move(signature).value();
}

void refuse_twice(MessageReader& in, std::string_view name,
                  const std::vector<std::string>& scopes) {
  if (in.failed()) return;
  auto sorted = scopes;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) in.fail(Errc::kInvalid, name, "named twice: " + *twice);
}

}  // namespace daybook::wire
