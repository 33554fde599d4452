// SPDX-License-Identifier: Apache-2.0
// The request of POST /v1/sync as bytes: push and pull in one. Grammar: PROTOCOL.md, "Sync
// request".
#include "core/model/limits.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/message_parts.hpp"
#include "core/wire/protocol_version.hpp"

namespace daybook::wire {
namespace {

constexpr std::string_view kTag = "daybook.sync";
constexpr std::size_t kItems = 19;

void write_incarnation_start(CborWriter& out, const IncarnationStart& start) {
  out.array(4).bytes(start.incarnation.view()).bytes(start.parent.view());
  out.unsigned_integer(start.parent_seq).bytes(start.parent_link.view());
}

void write_batch(CborWriter& out, const Batch& batch) {
  out.array(5)
      .bytes(batch.incarnation.view())
      .unsigned_integer(batch.first_seq)
      .bytes(batch.previous_link.view());
  out.array(batch.bodies.size());
  for (const auto& body : batch.bodies) out.bytes(body);
  out.bytes(encode(batch.signature));
}

void write_gap(CborWriter& out, const Gap& gap) {
  out.array(2).unsigned_integer(gap.first_seq).unsigned_integer(gap.last_seq);
}

void write_rung(CborWriter& out, const Rung& rung) {
  write_cursor(out, {rung.epoch, rung.version, rung.head});
}

void write_witness(CborWriter& out, const Witness& witness) {
  out.array(5);
  write_items(out, witness.record);
  out.bytes(witness.version.epoch.view())
      .unsigned_integer(witness.version.version)
      .bytes(witness.row);
}

void write_unsent(CborWriter& out, const UnsentNotice& unsent) {
  out.array(4).unsigned_integer(unsent.sets).unsigned_integer(unsent.bytes);
  out.unsigned_integer(unsent.attachments).integer(unsent.oldest_ms);
}

Rung read_rung(MessageReader& in) {
  const auto point = read_cursor(in);
  return {point.epoch, point.version, point.head};
}

IncarnationStart read_incarnation_start(MessageReader& in) {
  in.array_of("", 4);
  IncarnationStart start;
  start.incarnation = in.fixed<IncarnationId>("incarnation");
  start.parent = in.fixed<IncarnationId>("parent");
  start.parent_seq = in.unsigned_integer("parent_seq");
  start.parent_link = in.fixed<Digest>("parent_link");
  return start;
}

std::vector<Bytes> read_bodies(MessageReader& in) {
  std::size_t left = kBatchSizeMax;
  auto bodies = in.list("bodies", kBatchSetsMax, [&left](MessageReader& item) {
    const auto body = item.bytes("", kBodySizeMax);
    if (!item.failed() && body.empty()) item.fail(Errc::kInvalid, "", "empty");
    if (body.size() > left) {
      item.fail(Errc::kTooLarge, "",
                "bodies together at most " + std::to_string(kBatchSizeMax) + " bytes");
      return Bytes{};
    }
    left -= body.size();
    return copy_of(body);
  });
  // A signature over nothing would say nothing.
  if (!in.failed() && bodies.empty()) in.fail(Errc::kInvalid, "bodies", "expected at least 1");
  return bodies;
}

Batch read_batch(MessageReader& in) {
  in.array_of("", 5);
  Batch batch;
  batch.incarnation = in.fixed<IncarnationId>("incarnation");
  // Leaves room for the numbers of the bodies that follow.
  batch.first_seq =
      in.unsigned_integer("first_seq", static_cast<std::uint64_t>(INT64_MAX) - kBatchSetsMax);
  if (!in.failed() && batch.first_seq == 0) in.fail(Errc::kInvalid, "first_seq", "counts from 1");
  batch.previous_link = in.fixed<Digest>("previous_link");
  batch.bodies = read_bodies(in);
  batch.signature = read_signature(in, "signature");
  return batch;
}

Gap read_gap(MessageReader& in) {
  in.array_of("", 2);
  Gap gap;
  gap.first_seq = in.unsigned_integer("first_seq");
  gap.last_seq = in.unsigned_integer("last_seq");
  if (!in.failed() && gap.first_seq == 0) in.fail(Errc::kInvalid, "first_seq", "counts from 1");
  if (!in.failed() && gap.last_seq < gap.first_seq)
    in.fail(Errc::kInvalid, "last_seq", "before first_seq");
  return gap;
}

Witness read_witness(MessageReader& in) {
  in.array_of("", 5);
  Witness witness;
  witness.record = read_record_items(in);
  witness.version.epoch = in.fixed<EpochId>("epoch");
  witness.version.version = in.unsigned_integer("version");
  witness.row = copy_of(in.bytes("row", kRowSizeMax));
  return witness;
}

UnsentNotice read_unsent(MessageReader& in) {
  in.array_of("", 4);
  UnsentNotice unsent;
  unsent.sets = in.unsigned_integer("sets");
  unsent.bytes = in.unsigned_integer("bytes");
  unsent.attachments = in.unsigned_integer("attachments");
  unsent.oldest_ms = in.integer("oldest_ms");
  return unsent;
}

void read_protocol_range(MessageReader& in, SyncRequest& request) {
  request.protocol_min = in.unsigned_integer("protocol_min");
  request.protocol_max = in.unsigned_integer("protocol_max");
  if (!in.failed() && request.protocol_min == 0)
    in.fail(Errc::kInvalid, "protocol_min", "counts from 1");
  if (!in.failed() && request.protocol_max < request.protocol_min)
    in.fail(Errc::kInvalid, "protocol_max", "below protocol_min");
}

// The first five items keep their places in every format to come, so that a newer phone learns what
// is spoken here.
std::optional<Error> refusal_of_foreign_format(BytesView bytes) {
  CborReader in(bytes);
  in.array("", 64);
  const bool ours = in.text("tag", kTag.size()) == kTag;
  in.unsigned_integer("format");
  in.fixed<Uuid>("request");
  const auto lowest = in.unsigned_integer("protocol_min");
  const auto highest = in.unsigned_integer("protocol_max");
  if (in.failed() || !ours) return std::nullopt;
  return failure(Errc::kNotSupported, "sync.protocol", both_ranges(lowest, highest));
}

}  // namespace

Bytes encode(const SyncRequest& request) {
  CborWriter out;
  out.array(kItems).text(kTag).unsigned_integer(kMessageFormat).bytes(request.request.view());
  out.unsigned_integer(request.protocol_min)
      .unsigned_integer(request.protocol_max)
      .bytes(request.device.view());
  write_chain_position(out, request.newest);
  write_list(out, request.begins, write_incarnation_start);
  out.unsigned_integer(request.schema_version).bytes(request.schema_digest.view());
  write_optional(out, request.cursor, write_cursor);
  write_list(out, request.ladder, write_rung);
  write_positions(out, request.positions);
  write_optional(out, request.batch, write_batch);
  write_optional(out, request.gap, write_gap);
  write_list(out, request.witnesses, write_witness);
  write_unsent(out, request.unsent);
  // What the reader wants, then the clock.
  out.array(request.takes_own_run ? 4 : 3)
      .boolean(request.pull)
      .unsigned_integer(request.page_size_max)
      .boolean(request.want_digests);
  if (request.takes_own_run) out.boolean(true);
  out.integer(request.wall_ms);
  return out.take();
}

Result<SyncRequest> decode_sync_request(BytesView bytes) {
  if (bytes.size() > kRequestSizeMax)
    return failure(Errc::kTooLarge, "sync",
                   "at most " + std::to_string(kRequestSizeMax) + " bytes");
  MessageReader in(bytes, "sync");
  SyncRequest request;
  in.open(kTag, kItems);
  request.request = in.fixed<Uuid>("request");
  read_protocol_range(in, request);
  request.device = in.fixed<DeviceId>("device");
  request.newest = in.inside("newest", read_chain_position);
  request.begins = in.list("begins", kBeginsMax, read_incarnation_start);
  request.schema_version = in.unsigned_integer("schema_version");
  request.schema_digest = in.fixed<Digest>("schema_digest");
  request.cursor = in.nullable("cursor", read_cursor);
  request.ladder = in.list("ladder", kLadderMax, read_rung);
  request.positions = read_positions(in, "positions");
  request.batch = in.nullable("batch", read_batch);
  request.gap = in.nullable("gap", read_gap);
  request.witnesses = in.list("witnesses", kWitnessesMax, read_witness);
  request.unsent = in.inside("unsent", read_unsent);
  const auto wants = in.array("wants", 4);
  if (!in.failed() && wants < 3) in.fail(Errc::kInvalid, "wants", "expected 3 or 4 items");
  request.pull = in.boolean("pull");
  request.page_size_max = in.unsigned_integer("page_size_max");
  request.want_digests = in.boolean("want_digests");
  if (wants == 4) {
    request.takes_own_run = in.boolean("takes_own_run");
    if (!in.failed() && !request.takes_own_run)
      in.fail(Errc::kInvalid, "takes_own_run", "left out when it is false");
  }
  request.wall_ms = in.integer("wall_ms");
  const auto closed = in.close();
  if (closed.ok()) return request;
  if (closed.error().code == Errc::kNotSupported && closed.error().field == "sync.format") {
    if (auto refusal = refusal_of_foreign_format(bytes)) return *refusal;
  }
  return closed.error();
}

}  // namespace daybook::wire
