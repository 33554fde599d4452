// SPDX-License-Identifier: Apache-2.0
// The answer of POST /v1/sync as bytes. Grammar: PROTOCOL.md, "Sync reply".
#include "core/wire/limits.hpp"
#include "core/wire/message_parts.hpp"
#include "core/wire/page.hpp"

namespace daybook::wire {
namespace {

constexpr std::string_view kTag = "daybook.sync-reply";
constexpr std::size_t kItems = 13;

void write_fork(CborWriter& out, const Fork& fork) {
  out.array(3)
      .bytes(fork.epoch.view())
      .unsigned_integer(fork.fork_version)
      .boolean(fork.need_ladder);
}

Fork read_fork(MessageReader& in) {
  in.array_of("", 3);
  Fork fork;
  fork.epoch = in.fixed<EpochId>("epoch");
  fork.fork_version = in.unsigned_integer("fork_version");
  fork.need_ladder = in.boolean("need_ladder");
  return fork;
}

void write_schema(CborWriter& out, const std::string& schema) { out.text(schema); }

std::string read_schema(MessageReader& in) { return std::string(in.text("", kSchemaSizeMax)); }

}  // namespace

Bytes encode(const SyncReply& reply) {
  CborWriter out;
  out.array(kItems).text(kTag).unsigned_integer(kMessageFormat).bytes(reply.request.view());
  out.unsigned_integer(reply.protocol).integer(reply.server_ms);
  out.unsigned_integer(static_cast<std::uint64_t>(reply.push));
  write_chain_position(out, reply.stored);
  write_optional(out, reply.fork, write_fork);
  write_optional(out, reply.page, write_page);
  write_optional(out, reply.safe, write_chain_position);
  out.unsigned_integer(reply.schema_version).bytes(reply.schema_digest.view());
  write_optional(out, reply.schema, write_schema);
  return out.take();
}

Result<SyncReply> decode_sync_reply(BytesView bytes) {
  if (bytes.size() > kReplySizeMax)
    return failure(Errc::kTooLarge, "reply", "at most " + std::to_string(kReplySizeMax) + " bytes");
  MessageReader in(bytes, "reply");
  SyncReply reply;
  in.open(kTag, kItems);
  reply.request = in.fixed<Uuid>("request");
  reply.protocol = in.unsigned_integer("protocol");
  if (!in.failed() && (reply.protocol < kProtocolMin || reply.protocol > kProtocolMax)) {
    in.fail(Errc::kNotSupported, "protocol", std::to_string(reply.protocol) + " was not offered");
  }
  reply.server_ms = in.integer("server_ms");
  reply.push = static_cast<PushStatus>(
      in.unsigned_integer("push", static_cast<std::uint64_t>(PushStatus::kHeld)));
  reply.stored = in.inside("stored", read_chain_position);
  reply.fork = in.nullable("fork", read_fork);
  reply.page = in.nullable("page", read_page);
  reply.safe = in.nullable("safe", read_chain_position);
  reply.schema_version = in.unsigned_integer("schema_version");
  reply.schema_digest = in.fixed<Digest>("schema_digest");
  reply.schema = in.nullable("schema", read_schema);
  DAYBOOK_TRY(in.close());
  return reply;
}

}  // namespace daybook::wire
