// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server_world.hpp"

#include "core/clock/uuid7.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook::test {
namespace {

constexpr std::string_view kSmallSchema = R"json({
  "daybook_schema": 1, "name": "small", "version": 1,
  "deadline_hours": {"low": 168, "normal": 72, "high": 24},
  "collections": {
    "customer": {"kind": "document", "fields": {
      "name": {"type": "text", "rule": "three_way(ask_human)"},
      "phones": {"type": "text_list", "rule": "add_wins"}}},
    "visit": {"kind": "document", "scope_field": "technician", "fields": {
      "technician": {"type": "text", "rule": "office_until(departed)"},
      "customer": {"type": "reference", "references": "customer", "follow": true, "rule": "three_way(office)"},
      "address": {"type": "text", "rule": "office_until(departed)"},
      "category": {"type": "text", "rule": "three_way(ask_human)"},
      "priority": {"type": "int", "rule": "office"},
      "fee": {"type": "int", "rule": "three_way(ask_human)", "four_eyes": true},
      "cause": {"type": "text", "rule": "technician"},
      "meter": {"type": "int", "rule": "grows"},
      "notes": {"type": "text", "rule": "keep_both"},
      "serial": {"type": "text", "rule": "immutable"}},
      "events": {"departed": {"fact": "visit_event", "about": "visit", "field": "kind", "equals": "departed"}}},
    "visit_event": {"kind": "fact", "parent": "visit", "fields": {
      "visit": {"type": "reference", "references": "visit"},
      "kind": {"type": "text"}}},
    "part": {"kind": "document", "shared": true, "fields": {
      "name": {"type": "text", "rule": "office"}}}
  }
})json";

}  // namespace

Schema small_schema() { return must(load_schema(kSmallSchema, "small.json")); }

ServerWorld::ServerWorld(Schema rules) : schema(std::move(rules)) {
  core = std::make_unique<ServerCore>(store, schema, clock, rng, trace);
  must(core->open(std::nullopt));
  office = std::make_unique<Office>(core->ingest(), store, schema, clock, rng);
  desk = std::make_unique<Desk>(*office, core->ingest(), store, schema, clock);
}

Receipt ServerWorld::office_create(const RecordRef& record, Fields fields) {
  return within([&] {
    return must(office->act("dispatcher", {{record, true, std::move(fields), 0}}));
  });
}

Receipt ServerWorld::office_edit(const RecordRef& record, const std::string& field, Value now,
                                 Version seen) {
  OfficeEdit edit{record, false, {{field, std::move(now)}}, seen == 0 ? version() : seen};
  return within([&] { return must(office->act("dispatcher", {edit})); });
}

ConflictCase ServerWorld::resolve(std::uint64_t case_number, const std::string& choice,
                                  std::optional<Value> chosen) {
  return within([&] {
    return must(
        desk->resolve({case_number, "support", choice, std::move(chosen), "asked the customer"}));
  });
}

Value ServerWorld::value(const RecordRef& record, const std::string& field) {
  const auto state = must(store.find_record(record));
  REQUIRE(state.has_value());
  const auto found = state->fields.find(field);
  return found == state->fields.end() ? Value::text("(absent)") : found->second.value;
}

std::vector<ConflictCase> ServerWorld::open_cases() {
  return must(store.list_cases(CaseState::kOpen, 0, 100));
}

Pen::Pen(ServerWorld& world, std::string name)
    : device(world.rng.draw<DeviceId>()), actor(std::move(name)), world_(world) {
  Bytes seed(32);
  world.rng.fill(seed);
  signer_ = must(ed25519_signer(seed));
  newest.incarnation = world.rng.draw<IncarnationId>();
  newest.link = first_link(device, newest.incarnation, {}, 0, {});
  links.push_back(newest.link);
  begins.push_back({newest.incarnation, {}, 0, {}});
  world.within([&] {
    must(world.store.put_user({actor, actor, "technician", "", true}));
    DeviceRow row;
    row.device = device;
    row.actor = actor;
    row.role = "technician";
    row.key = signer_->public_key();
    must(world.store.put_device(row));
    return 0;
  });
}

Body Pen::blank() {
  Body body;
  body.id = make_uuid7(world_.clock.wall_ms(), world_.rng);
  body.salt = world_.rng.draw<Uuid>();
  body.actor = actor;
  body.stamp.wall_ms = world_.clock.wall_ms();
  body.schema_version = world_.schema.version;
  return body;
}

SetId Pen::write(Body body) {
  const Bytes bytes = encode(body);
  newest.link =
      next_link(device, newest.incarnation, ++newest.seq, newest.link, hash_of_body(bytes));
  bodies.push_back(bytes);
  links.push_back(newest.link);
  return body.id;
}

SetId Pen::create(const RecordRef& record, Fields fields) {
  Body body = blank();
  Change change;
  change.record = record;
  change.created = std::move(fields);
  body.changes.push_back(std::move(change));
  return write(std::move(body));
}

SetId Pen::edit(const RecordRef& record, const std::string& field, std::optional<Value> was,
                Version base, Value now) {
  Body body = blank();
  Change change;
  change.record = record;
  change.kind = Change::Kind::kEdit;
  change.edits.push_back({field,
                          std::move(was),
                          {base == 0 ? EpochId{} : must(world_.store.head()).epoch, base},
                          std::move(now)});
  body.changes.push_back(std::move(change));
  return write(std::move(body));
}

wire::SyncRequest Pen::request(std::uint64_t from_seq) {
  wire::SyncRequest request;
  request.request = world_.rng.draw<Uuid>();
  request.device = device;
  request.newest = newest;
  request.begins = begins;
  request.schema_version = world_.schema.version;
  request.schema_digest = world_.schema.digest;
  request.cursor = cursor;
  request.positions = positions;
  request.wall_ms = world_.clock.wall_ms();
  if (from_seq > 0 && from_seq <= newest.seq) {
    wire::Batch batch;
    batch.incarnation = newest.incarnation;
    batch.first_seq = from_seq;
    batch.previous_link = links[from_seq - 1];
    batch.bodies.assign(bodies.begin() + static_cast<std::ptrdiff_t>(from_seq - 1), bodies.end());
    batch.signature = must(signer_->sign(batch_signing_bytes(device, newest)));
    request.batch = std::move(batch);
  }
  return request;
}

wire::SyncReply Pen::send(const wire::SyncRequest& request) {
  return world_.within([&] { return must(world_.core->sync(request)); });
}

wire::SyncReply Pen::sync() {
  auto reply = send(request(stored + 1));
  if (reply.push == wire::PushStatus::kStored || reply.push == wire::PushStatus::kNothing)
    stored = reply.stored.seq;
  if (reply.page) {
    positions = reply.page->positions;
    if (reply.page->complete) cursor = reply.page->head;
    receipts.insert(receipts.end(), reply.page->receipts.begin(), reply.page->receipts.end());
  }
  return reply;
}

}  // namespace daybook::test
