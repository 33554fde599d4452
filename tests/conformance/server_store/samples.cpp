// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/server_store/samples.hpp"

#include <sstream>

#include "core/base/hex.hpp"

namespace daybook::test {

namespace {

// "name=value " pieces; bytes in hex.
class RowText {
 public:
  template <class T>
  RowText& with(const char* name, const T& value) {
    out_ << name << '=' << value << ' ';
    return *this;
  }
  template <std::size_t Size, class Meaning>
  RowText& with(const char* name, const FixedBytes<Size, Meaning>& value) {
    return with(name, to_hex(value.view()));
  }
  RowText& with(const char* name, const Bytes& value) { return with(name, to_hex(value)); }
  std::string take() const { return out_.str(); }

 private:
  std::ostringstream out_;
};

template <std::size_t Size, class Meaning>
FixedBytes<Size, Meaning> numbered(std::uint64_t number) {
  FixedBytes<Size, Meaning> result;
  for (std::size_t i = 0; i < 8; ++i) {
    result.raw[Size - 1 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  result.raw[0] = 0x7f;
  return result;
}

Bytes bytes_of(const std::string& text) { return copy_of(view_of(text)); }

}  // namespace

Uuid uuid_number(std::uint64_t number) { return numbered<16, UuidMeaning>(number); }
Digest digest_number(std::uint64_t number) { return numbered<32, DigestMeaning>(number); }
RecordRef record_number(const std::string& collection, std::uint64_t number) {
  return {collection, uuid_number(number)};
}

CommitRow commit_number(Version version) {
  CommitRow row;
  row.version = version;
  row.head = digest_number(1000 + version);
  row.set = uuid_number(2000 + version);
  row.body_hash = digest_number(3000 + version);
  row.body = bytes_of("body of " + std::to_string(version));
  row.actor = "desk";
  row.rules_version = 7;
  row.judged_as = kJudgedAsOffice;
  row.received_ms = 1'790'000'000'000 + static_cast<std::int64_t>(version);
  row.records = {record_number("visit", version)};
  return row;
}

CommitRow commit_of(Version version, Lineage lineage, std::uint64_t seq) {
  CommitRow row = commit_number(version);
  row.lineage = lineage;
  row.seq = seq;
  row.link = digest_number(4000 + version);
  row.actor = "wang";
  row.judged_as = 0;
  return row;
}

CommitRow later_verdict(Version version, const CommitRow& first, Verdict verdict) {
  CommitRow row = first;
  row.version = version;
  row.head = digest_number(1000 + version);
  row.link = {};
  row.body.clear();
  row.verdict = verdict;
  row.outcome = bytes_of("outcome of " + std::to_string(version));
  return row;
}

RecordState state_of(const RecordRef& record, Version version, const std::string& note) {
  RecordState state;
  state.record = record;
  state.created = 1;
  state.version = version;
  state.created_by = 3;
  state.fields["note"] =
      FieldState{Value::text(note), Write{version, 3, 5, true}, {SeenBy{4, 9}}, {}};
  state.fields["status"] = FieldState{Value::integer(-4), Write{version, 0, 0, false}, {}, {}};
  state.events["departed"] = Write{version, 3, 5, true};
  return state;
}

MemberRow member_of(const std::string& scope, const RecordRef& record, Version version) {
  MemberRow row;
  row.scope = scope;
  row.record = record;
  row.count = 2;
  row.entered = version > 5 ? version - 5 : 1;
  row.version = version;
  return row;
}

LineageRow lineage_of(std::uint64_t device, std::uint64_t incarnation) {
  LineageRow row;
  row.device = uuid_number(device);
  row.incarnation = uuid_number(incarnation);
  row.last_link = digest_number(incarnation);
  return row;
}

DeviceRow device_number(std::uint64_t number) {
  DeviceRow row;
  row.device = uuid_number(number);
  row.actor = "wang" + std::to_string(number);
  row.role = "technician";
  row.name = "王师傅的手机";
  row.platform = "android 14";
  row.key.raw = Bytes(32, static_cast<std::uint8_t>(number));
  row.status = DeviceStatus::kHeld;
  row.enrolled_ms = 1'780'000'000'000;
  row.bad_batches = 2;
  return row;
}

ConflictCase case_number(std::uint64_t number, const RecordRef& record) {
  ConflictCase conflict;
  conflict.number = number;
  conflict.record = record;
  conflict.field = "note";
  conflict.device = uuid_number(50);
  conflict.rule = "ask_human";
  conflict.base_value = Value::text("a");
  conflict.office_value = Value::text("b");
  conflict.device_value = Value::null();
  conflict.detail = "detail";
  conflict.trail = {uuid_number(60), uuid_number(61)};
  conflict.opened = 12;
  conflict.opened_ms = 1'790'000'000'000;
  conflict.device_actor = "wang";
  conflict.rules_version = 3;
  conflict.severity = Severity::kHigh;
  conflict.due_ms = 1'790'000'360'000;
  conflict.holder = "chen";
  CaseEvent asked;
  asked.kind = CaseEventKind::kAsked;
  asked.by = "chen";
  asked.to = "wang";
  asked.at_ms = 1'790'000'000'500;
  asked.commit = 13;
  asked.choice = "device";
  asked.value = Value::text("c");
  asked.displaced = Value::null();
  asked.text = "照片在哪里";
  asked.act = uuid_number(77);
  conflict.events.push_back(std::move(asked));
  return conflict;
}

ParkedRow parked_number(std::uint64_t number, Lineage lineage, std::uint64_t seq, Version commit) {
  ParkedRow row;
  row.set = uuid_number(number);
  row.lineage = lineage;
  row.seq = seq;
  row.commit = commit;
  row.reason = "depends_on_parked";
  row.detail = "depends[0]";
  row.case_number = number + 1;
  row.waits_for = {uuid_number(number + 100), uuid_number(number + 101)};
  return row;
}

CommitRow as_loaded(CommitRow row) {
  row.records.clear();
  return row;
}

CommitRow without_body(CommitRow row) {
  row.records.clear();
  row.body.clear();
  return row;
}

std::string text_of_row(const CommitRow& row) {
  RowText text;
  text.with("version", row.version).with("head", row.head).with("set", row.set);
  text.with("lineage", row.lineage).with("seq", row.seq).with("link", row.link);
  text.with("body_hash", row.body_hash).with("body", row.body).with("actor", row.actor);
  text.with("verdict", static_cast<int>(row.verdict)).with("outcome", row.outcome);
  text.with("rules", row.rules_version).with("judged", static_cast<int>(row.judged_as));
  text.with("received", row.received_ms).with("records", row.records.size());
  return text.take();
}

std::string text_of_row(const EpochRow& row) {
  RowText text;
  text.with("epoch", row.epoch).with("parent", row.parent);
  text.with("start", row.start_version).with("head", row.start_head);
  return text.take();
}

std::string text_of_row(const MemberRow& row) {
  RowText text;
  text.with("scope", row.scope).with("collection", row.record.collection).with("id", row.record.id);
  text.with("count", row.count).with("entered", row.entered).with("left", row.left);
  return text.with("version", row.version).take();
}

std::string text_of_row(const LineageRow& row) {
  RowText text;
  text.with("lineage", row.lineage).with("device", row.device).with("incarnation", row.incarnation);
  text.with("parent", row.parent).with("parent_seq", row.parent_seq).with("last_seq", row.last_seq);
  return text.with("last_link", row.last_link).take();
}

std::string text_of_row(const DeviceRow& row) {
  RowText text;
  text.with("device", row.device).with("actor", row.actor).with("role", row.role);
  text.with("name", row.name).with("platform", row.platform);
  text.with("alg", static_cast<int>(row.key.alg)).with("key", row.key.raw);
  text.with("status", static_cast<int>(row.status)).with("enrolled", row.enrolled_ms);
  return text.with("bad_batches", row.bad_batches).take();
}

std::string text_of_row(const ContactRow& row) {
  RowText text;
  text.with("device", row.device).with("seen", row.seen_ms).with("skew", row.skew_ms);
  text.with("complete", row.complete_version)
      .with("sets", row.unsent_sets)
      .with("bytes", row.unsent_bytes);
  text.with("attachments", row.unsent_attachments).with("oldest", row.oldest_unsent_ms);
  for (const auto& [scope, version] : row.scopes) text.with(scope.c_str(), version);
  return text.take();
}

std::string text_of_row(const UserRow& row) {
  RowText text;
  text.with("actor", row.actor).with("name", row.display_name).with("role", row.role);
  text.with("password", row.password_hash).with("active", row.active);
  return text.with("organisation", row.organisation.value_or(Uuid{})).take();
}

std::string text_of_row(const EnrolCodeRow& row) {
  RowText text;
  text.with("hash", row.code_hash).with("actor", row.actor).with("expires", row.expires_ms);
  return text.with("tries", row.tries_left).take();
}

std::string text_of_row(const TokenRow& row) {
  RowText text;
  text.with("token", row.token).with("hash", row.text_hash).with("actor", row.actor);
  text.with("label", row.label).with("created", row.created_ms).with("expires", row.expires_ms);
  for (const auto& scope : row.scopes) text.with("scope", scope);
  return text.with("by", row.created_by).take();
}

std::string text_of_row(const WebhookRow& row) {
  RowText text;
  text.with("webhook", row.webhook).with("url", row.url).with("secret", row.secret);
  for (const auto& collection : row.collections) text.with("collection", collection);
  text.with("active", row.active).with("delivered", row.delivered).with("failures", row.failures);
  text.with("next", row.next_ms).with("last", row.last_ms);
  return text.with("problem", row.last_problem).take();
}

std::string text_of_row(const ParkedRow& row) {
  RowText text;
  text.with("set", row.set)
      .with("lineage", row.lineage)
      .with("seq", row.seq)
      .with("commit", row.commit);
  text.with("reason", row.reason).with("detail", row.detail).with("case", row.case_number);
  for (const auto& set : row.waits_for) text.with("waits_for", set);
  return text.take();
}

std::string text_of_row(const EvidenceRow& row) {
  RowText text;
  text.with("device", row.device).with("received", row.received_ms).with("reason", row.reason);
  return text.with("raw", row.raw).take();
}

std::string text_of_row(const BackupRow& row) {
  RowText text;
  text.with("backup", row.backup).with("epoch", row.epoch).with("version", row.version);
  return text.with("taken", row.taken_ms).with("path", row.path).take();
}

std::string text_of_row(const SchemaRow& row) {
  RowText text;
  return text.with("version", row.version).with("digest", row.digest).with("json", row.json).take();
}

}  // namespace daybook::test
