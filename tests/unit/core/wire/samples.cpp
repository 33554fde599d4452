// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/core/wire/samples.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/model/cbor.hpp"
#include "core/wire/scope_digest.hpp"

namespace daybook::test {
namespace {

constexpr std::int64_t kNoon = 1767225600000;

Signature es256_signature(std::string_view hex) { return {KeyAlg::kEs256, from_hex(hex).value()}; }

Receipt merged_receipt() {
  Receipt receipt;
  receipt.set = uuid_of(0x51);
  receipt.incarnation = kSampleIncarnation;
  receipt.seq = 1;
  receipt.commit = 901;
  receipt.verdict = Verdict::kMerged;
  receipt.rules_version = 3;
  FieldReceipt field;
  field.record = {"visit", uuid_of(0x61)};
  field.field = "notes";
  field.outcome = FieldOutcome::kMerged;
  field.rule = "keep_both";
  field.own = Value::text("a b");
  receipt.fields.push_back(field);
  field.field = "window";
  field.outcome = FieldOutcome::kConflict;
  field.rule = "three_way(ask_human)";
  field.own = std::nullopt;
  field.case_number = 17;
  receipt.fields.push_back(field);
  return receipt;
}

Receipt accepted_receipt() {
  Receipt receipt;
  receipt.set = uuid_of(0x52);
  receipt.incarnation = kSampleIncarnation;
  receipt.seq = 2;
  receipt.commit = 902;
  receipt.rules_version = 3;
  return receipt;
}

Receipt parked_receipt() {
  auto receipt = accepted_receipt();
  receipt.set = uuid_of(0x53);
  receipt.seq = 3;
  receipt.commit = 903;
  receipt.verdict = Verdict::kParked;
  receipt.reason = "unknown_field";
  receipt.detail = "changes[0].created.colour";
  return receipt;
}

wire::Page full_page() {
  wire::Page page;
  page.head = {uuid_of(0xe1), 905, digest_of(0x9e)};
  page.scopes = {"shared", "user:li.wei"};
  page.positions = {{"shared", 905, std::nullopt, 0},
                    {"user:li.wei", 880, RecordRef{"visit", uuid_of(0x61)}, 870}};
  page.scopes_left = {"user:wang.fang"};
  const auto row = encode(sample_row());
  page.entries.push_back({{"part_type", uuid_of(0x71)}, 12, 12, encode(Fields{}), {0}});
  page.entries.push_back({{"visit", uuid_of(0x61)}, 905, 901, row, {0, 1}});
  page.left.push_back({{"visit", uuid_of(0x62)}, 1, 904});
  page.receipts = {merged_receipt(), accepted_receipt(), parked_receipt()};
  page.receipts_through = 905;
  page.complete = true;
  wire::ScopeSum sum;
  sum.add(wire::digest_of_row({"visit", uuid_of(0x61)}, row));
  page.digests.push_back({"user:li.wei", sum.records(), sum.digest()});
  return page;
}

}  // namespace

Uuid uuid_of(std::uint8_t byte) {
  Uuid id;
  id.raw.fill(byte);
  return id;
}

Digest digest_of(std::uint8_t byte) {
  Digest digest;
  digest.raw.fill(byte);
  return digest;
}

std::unique_ptr<Signer> sample_signer(KeyAlg alg) {
  Bytes seed;
  for (std::uint8_t i = 0; i < 32; ++i) seed.push_back(i);
  return std::move(signer_of(alg, seed)).value();
}

Body sample_body() {
  Body body;
  body.id = uuid_of(0x31);
  body.salt = uuid_of(0x41);
  body.actor = "li.wei";
  body.stamp = {kNoon, 480, 5000, 7, -250, 40};
  body.schema_version = 3;
  Change change;
  change.record = {"visit", uuid_of(0x61)};
  change.created = sample_row();
  body.changes.push_back(change);
  return body;
}

ChainPosition sample_newest() {
  const auto first = first_link(kSampleDevice, kSampleIncarnation, IncarnationId{}, 0, Digest{});
  const auto hash = hash_of_body(encode(sample_body()));
  return {kSampleIncarnation, 1, next_link(kSampleDevice, kSampleIncarnation, 1, first, hash)};
}

wire::Batch sample_batch() {
  wire::Batch batch;
  batch.incarnation = kSampleIncarnation;
  batch.first_seq = 1;
  batch.previous_link = first_link(kSampleDevice, kSampleIncarnation, IncarnationId{}, 0, Digest{});
  batch.bodies = {encode(sample_body())};
  batch.signature =
      std::move(sample_signer()->sign(batch_signing_bytes(kSampleDevice, sample_newest()))).value();
  return batch;
}

Fields sample_row() {
  return {{"fee", Value::integer(12800)},
          {"note", Value::null()},
          {"tags", Value::list({Value::text("机顶盒"), Value::boolean(true), Value::integer(-1)})},
          {"title", Value::text("更换机顶盒")},
          {"serial_hash", Value::bytes({0xde, 0xad, 0xbe, 0xef})}};
}

wire::SyncRequest full_sync_request() {
  wire::SyncRequest request;
  request.request = uuid_of(0xa1);
  request.device = kSampleDevice;
  request.newest = sample_newest();
  request.begins.push_back({kSampleIncarnation, IncarnationId{}, 0, Digest{}});
  request.begins.push_back({uuid_of(0x23), kSampleIncarnation, 1, sample_newest().link});
  request.schema_version = 3;
  request.schema_digest = digest_of(0x5c);
  request.cursor = Cursor{uuid_of(0xe1), 880, digest_of(0x8e)};
  request.ladder = {{uuid_of(0xe1), 880, digest_of(0x8e)}, {uuid_of(0xe1), 512, digest_of(0x5e)}};
  request.positions = {{"shared", 905, std::nullopt, 0},
                       {"user:li.wei", 880, RecordRef{"visit", uuid_of(0x61)}, 870}};
  request.batch = sample_batch();
  request.gap = wire::Gap{5, 9};
  request.witnesses.push_back(
      {{"visit", uuid_of(0x61)}, {uuid_of(0xe0), 899}, encode(sample_row())});
  request.unsent = {4, 81920, 3, kNoon - 3600000};
  request.page_size_max = 262144;
  request.want_digests = true;
  request.wall_ms = kNoon;
  return request;
}

wire::SyncRequest bare_sync_request() {
  wire::SyncRequest request;
  request.request = uuid_of(0xa2);
  request.device = kSampleDevice;
  request.newest.incarnation = kSampleIncarnation;
  request.newest.link = first_link(kSampleDevice, kSampleIncarnation, IncarnationId{}, 0, Digest{});
  request.pull = false;
  request.wall_ms = -1;
  return request;
}

wire::SyncReply full_sync_reply() {
  wire::SyncReply reply;
  reply.request = uuid_of(0xa1);
  reply.server_ms = kNoon + 250;
  reply.push = wire::PushStatus::kStored;
  reply.stored = sample_newest();
  reply.fork = wire::Fork{uuid_of(0xe1), 512, true};
  reply.page = full_page();
  reply.safe = ChainPosition{kSampleIncarnation, 1, Digest{}};
  reply.schema_version = 4;
  reply.schema = "{\"version\": 4}";
  reply.schema_digest = sha256(view_of(*reply.schema));
  return reply;
}

wire::LivePage sample_live_page() {
  wire::LivePage live;
  live.page = *full_sync_reply().page;
  live.page.own.reset();
  live.standing = wire::standing_of(live.page.head, live.page.positions);
  wire::PageEntry& visit = live.page.entries.back();
  const Fields whole = sample_row();
  const auto& [name, value] = *whole.begin();
  live.patches.push_back({static_cast<std::uint32_t>(live.page.entries.size() - 1),
                          wire::check_of(visit.record, visit.row)});
  visit.row = encode(Fields{{name, value}});
  return live;
}

wire::SyncReply bare_sync_reply() {
  wire::SyncReply reply;
  reply.request = uuid_of(0xa2);
  reply.server_ms = kNoon;
  reply.stored = bare_sync_request().newest;
  reply.schema_version = 3;
  reply.schema_digest = digest_of(0x5c);
  return reply;
}

wire::EnrolRequest sample_enrol_request() {
  const auto signer = sample_signer();
  wire::EnrolRequest request;
  request.code = copy_of(uuid_of(0xcd).view());
  request.key = signer->public_key();
  request.device_name = "李伟的手机";
  request.platform = "linux x86_64";
  request.proof =
      std::move(signer->sign(wire::enrol_signing_bytes(request.code, request.key, kSampleChannel)))
          .value();
  return request;
}

wire::EnrolRequest es256_enrol_request() {
  wire::EnrolRequest request = sample_enrol_request();
  request.key = sample_signer(KeyAlg::kEs256)->public_key();
  request.proof = es256_signature(
      "e0f2c7c372758af382a4a58a5f7eb4e4089f76b914c61ab79299beca394cd8f0"
      "106bc2d1759bc02ef5f33b8d667d815f0d8b9f0af15bb86d6c55668bcdc15256");
  return request;
}

wire::SyncRequest es256_sync_request() {
  wire::SyncRequest request = bare_sync_request();
  request.newest = sample_newest();
  request.batch = sample_batch();
  request.batch->signature = es256_signature(
      "d7247cd3ac7eb687d53bd819a5f9c5effd6a8abfda2eab8f19600a7669f333a4"
      "6c8fb7b6175e6c41d8b727dbad0f5223026eced738c6ff26ef35b9a9b4284a51");
  return request;
}

wire::EnrolReply sample_enrol_reply() {
  wire::EnrolReply reply;
  reply.device = kSampleDevice;
  reply.actor = "li.wei";
  reply.role = "technician";
  reply.schema_version = 4;
  reply.schema = "{\"version\": 4}";
  reply.schema_digest = sha256(view_of(reply.schema));
  reply.server_ms = kNoon;
  return reply;
}

wire::SessionRequest asking_session_request() { return {kSampleDevice, {}, {}}; }

wire::SessionRequest proving_session_request() {
  wire::SessionRequest request{kSampleDevice, Bytes(32, 0x77), {}};
  const auto message = wire::session_signing_bytes(request.device, request.nonce, kSampleChannel);
  request.proof = std::move(sample_signer()->sign(message)).value();
  return request;
}

wire::SessionReply nonce_session_reply() { return {Bytes(32, 0x77), {}, 0, kNoon}; }

wire::SessionReply token_session_reply() { return {{}, Bytes(32, 0x88), 900, kNoon}; }

wire::ErrorReply sample_error_reply() {
  return {Errc::kTooLarge, "sync.batch.bodies", "5000 items, at most 4096"};
}

}  // namespace daybook::test
