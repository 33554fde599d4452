// SPDX-License-Identifier: Apache-2.0
#include "tests/support/phone_world.hpp"

#include <cstdlib>
#include <filesystem>

#include "core/crypto/sha256.hpp"
#include "core/model/cbor.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/limits.hpp"

namespace daybook::test {

const char* const kPhoneSchema = R"json({
  "daybook_schema": 1, "name": "phone", "version": 1,
  "collections": {
    "visit": {"kind": "document", "scope_field": "technician", "fields": {
      "technician": {"type": "text", "rule": "office_until(departed)"},
      "address": {"type": "text", "rule": "office_until(departed)", "indexed": true},
      "notes": {"type": "text", "rule": "keep_both"},
      "tags": {"type": "text_list", "rule": "add_wins"},
      "status": {"type": "text", "rule": "three_way(office)", "values": ["planned", "done"]},
      "customer": {"type": "reference", "references": "customer", "follow": true, "rule": "three_way(office)"},
      "meter": {"type": "int", "rule": "grows", "min": 0}},
      "events": {"departed": {"fact": "visit_event", "about": "visit", "field": "kind", "equals": "departed"}}},
    "visit_event": {"kind": "fact", "parent": "visit", "fields": {
      "visit": {"type": "reference", "references": "visit"},
      "kind": {"type": "text"}}},
    "customer": {"kind": "document", "fields": {
      "name": {"type": "text", "rule": "three_way(office)"}}}
  }
})json";

const char* const kPhoneSchemaLater = R"json({
  "daybook_schema": 1, "name": "phone", "version": 2,
  "collections": {
    "visit": {"kind": "document", "scope_field": "technician", "fields": {
      "technician": {"type": "text", "rule": "office_until(departed)"},
      "address": {"type": "text", "rule": "office_until(departed)", "indexed": true},
      "notes": {"type": "text", "rule": "keep_both"},
      "tags": {"type": "text_list", "rule": "add_wins"},
      "status": {"type": "text", "rule": "three_way(office)", "values": ["planned", "done"]},
      "customer": {"type": "reference", "references": "customer", "follow": true, "rule": "three_way(office)"},
      "meter": {"type": "int", "rule": "grows", "min": 0},
      "floor": {"type": "int", "rule": "office", "indexed": true}},
      "events": {"departed": {"fact": "visit_event", "about": "visit", "field": "kind", "equals": "departed"}}},
    "visit_event": {"kind": "fact", "parent": "visit", "fields": {
      "visit": {"type": "reference", "references": "visit"},
      "kind": {"type": "text"}}},
    "customer": {"kind": "document", "fields": {
      "name": {"type": "text", "rule": "three_way(office)"}}},
    "part": {"kind": "document", "shared": true, "fields": {
      "name": {"type": "text", "rule": "office"}}}
  }
})json";

std::shared_ptr<const Schema> phone_schema() {
  static const auto schema =
      std::make_shared<const Schema>(want(load_schema(kPhoneSchema, "phone.json")));
  return schema;
}

TemporaryPhoneFolder::TemporaryPhoneFolder() {
  // In memory where there is such a place: these tests are about what is written, not about the
  // disk.
  const std::filesystem::path memory = "/dev/shm";
  const auto base =
      std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  std::string pattern = (base / "daybook-phone-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}
TemporaryPhoneFolder::~TemporaryPhoneFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

DeviceId phone_device() {
  DeviceId device;
  device.raw.fill(0xd1);
  return device;
}

Digest head_of(const EpochId& epoch, Version version) {
  CborWriter out;
  out.array(2).bytes(epoch.view()).unsigned_integer(version);
  return sha256(out.out());
}

Phone::Phone(std::string path_in, std::uint64_t seed) : rng(seed), path(std::move(path_in)) {
  options.digest_interval_ms = 1'000'000'000;
  restart();
  Enrolment enrolment;
  enrolment.device = phone_device();
  enrolment.actor = "zhang";
  enrolment.role = "technician";
  enrolment.server_url = "https://127.0.0.1:1";
  enrolment.key_seed = Bytes(32, 5);
  enrolment.schema = kPhoneSchema;
  if (!core->enrolment()) want(core->enrol(enrolment));
}

void Phone::close() {
  core.reset();
  store = nullptr;
  next_.reset();
}

void Phone::restart() {
  close();
  LocalStoreOptions file;
  file.path = path;
  auto opened = want(open_sqlite_local_store(file));
  store = opened.get();
  core = want(ClientCore::open(std::move(opened), clock, rng, trace, options));
}

CommitResult Phone::commit(std::vector<RecordInput> changes) {
  CommitInput input;
  input.changes = std::move(changes);
  return want(core->commit(input));
}

CommitResult Phone::create(const RecordRef& record, Fields fields) {
  return commit({{record, Change::Kind::kCreate, std::move(fields)}});
}

CommitResult Phone::edit(const RecordRef& record, const std::string& field, Value now) {
  return commit({{record, Change::Kind::kEdit, {{field, std::move(now)}}}});
}

Body Phone::body_of(const CommitResult& committed) {
  const auto set = want(store->find_set(committed.number));
  REQUIRE(set.has_value());
  return want(decode_body(set->body));
}

Value Phone::value(const RecordRef& record, const std::string& field) {
  const auto found = row(record);
  const Value* value = found ? found->values.find(field) : nullptr;
  return value ? *value : words("(absent)");
}

std::string Phone::state(const RecordRef& record) {
  const auto found = row(record);
  return found ? std::string(name_of(found->state)) : "(none)";
}

wire::SyncRequest Phone::ask() {
  next_ = want(core->next_request());
  REQUIRE(next_.has_value());
  CHECK(next_->path == "/v1/sync");
  return want(wire::decode_sync_request(next_->message));
}

Result<void> Phone::try_hear(const wire::SyncReply& reply) {
  next_.reset();
  return core->on_reply(wire::pack(wire::encode(reply)));
}

ScriptedOffice::ScriptedOffice() : device(phone_device()) { epoch.raw.fill(0xe1); }

void ScriptedOffice::take_push(const wire::SyncRequest& request, wire::SyncReply& reply) {
  for (const auto& begin : request.begins) {
    auto [at, fresh] = chains.try_emplace(begin.incarnation);
    if (fresh) {
      at->second.links.push_back(
          first_link(device, begin.incarnation, begin.parent, begin.parent_seq, begin.parent_link));
    }
  }
  const auto found = chains.find(request.newest.incarnation);
  if (found == chains.end()) {
    reply.push = wire::PushStatus::kUnknownIncarnation;
    return;
  }
  Chain& chain = found->second;
  const auto stored = [&](wire::PushStatus status) {
    reply.push = status;
    reply.stored = {found->first, chain.links.size() - 1, chain.links.back()};
  };
  if (!request.batch) return stored(wire::PushStatus::kNothing);
  if (request.batch->first_seq > chain.links.size()) return stored(wire::PushStatus::kGap);
  std::uint64_t seq = request.batch->first_seq;
  for (const Bytes& body : request.batch->bodies) {
    if (seq == chain.links.size()) {
      chain.links.push_back(
          next_link(device, found->first, seq, chain.links.back(), hash_of_body(body)));
      chain.bodies.push_back(body);
    }
    ++seq;
  }
  stored(wire::PushStatus::kStored);
}

wire::SyncReply ScriptedOffice::reply_to(const wire::SyncRequest& request) {
  requests.push_back(request);
  wire::SyncReply reply;
  reply.request = request.request;
  reply.server_ms = request.wall_ms;
  take_push(request, reply);
  reply.safe = safe;
  reply.schema_version = request.schema_version;
  reply.schema_digest = request.schema_digest;
  if (reply.push == wire::PushStatus::kUnknownIncarnation) return reply;
  if (pages.empty()) {
    reply.page = page(version);
  } else {
    reply.page = std::move(pages.front());
    pages.pop_front();
  }
  return reply;
}

void ScriptedOffice::sync(Phone& phone) {
  for (int i = 0; i < 100 && phone.idle() == 0; ++i) phone.hear(reply_to(phone.ask()));
  REQUIRE(phone.idle() != 0);
}

wire::Page ScriptedOffice::page(Version at, bool complete) {
  version = std::max(version, at);
  wire::Page page;
  page.head = {epoch, version, head_of(epoch, version)};
  page.scopes = scopes;
  for (const auto& scope : scopes) page.positions.push_back({scope, at, std::nullopt, 0});
  page.positions.push_back({"device:d1", at, std::nullopt, 0});
  page.receipts_through = at;
  page.complete = complete;
  return page;
}

wire::PageEntry ScriptedOffice::entry(const RecordRef& record, Version at, Fields fields,
                                      std::vector<std::uint32_t> in_scopes) {
  return {record, at, at, encode(fields), std::move(in_scopes)};
}

Receipt ScriptedOffice::receipt(const CommitResult& set, Version commit, Verdict verdict) {
  Receipt receipt;
  receipt.set = set.set;
  receipt.incarnation = set.incarnation;
  receipt.seq = set.seq;
  receipt.commit = commit;
  receipt.verdict = verdict;
  if (verdict == Verdict::kParked || verdict == Verdict::kRefused) receipt.reason = "because";
  return receipt;
}

}  // namespace daybook::test
