// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/answers.hpp"

#include "client-lib/abi/json/value_json.hpp"
#include "core/base/hex.hpp"

namespace daybook::abi {
namespace {

void write_record(JsonWriter& out, const RecordRef& record) {
  out.key("collection").text(record.collection).key("id").text(to_string(record.id));
}

void write_field(JsonWriter& out, const FieldReceipt& receipt, const Schema* schema) {
  const CollectionSchema* const collection =
      schema == nullptr ? nullptr : schema->find(receipt.record.collection);
  const FieldSchema* const field =
      collection == nullptr ? nullptr : collection->find(receipt.field);
  out.begin_object();
  write_record(out, receipt.record);
  out.key("field").text(receipt.field);
  if (field != nullptr && !field->label_en.empty()) {
    out.key("label")
        .begin_object()
        .key("zh")
        .text(field->label_zh)
        .key("en")
        .text(field->label_en)
        .end_object();
  }
  out.key("outcome").text(name_of(receipt.outcome)).key("rule").text(receipt.rule);
  if (receipt.own) {
    out.key("own");
    write_value(out, *receipt.own, field == nullptr ? nullptr : &field->type);
  }
  out.key("case").count(receipt.case_number).end_object();
}

}  // namespace

std::string_view name_of(Network network) {
  switch (network) {
    case Network::kOnline: return "online";
    case Network::kMetered: return "metered";
    case Network::kOffline: return "offline";
  }
  return "online";
}

std::string_view state_name(const SetSummary& set) {
  if (set.state == SetState::kSettled) return "settled";
  if (set.state == SetState::kParked) return "parked";
  return set.stored ? "stored" : "unsent";
}

void write_error(JsonWriter& out, const Error& error) {
  out.begin_object().key("kind").text("error").key("code").text(name_of(error.code));
  out.key("field").text(error.field).key("detail").text(error.detail).end_object();
}

void write_status(JsonWriter& out, const ClientStatus& status, const Surroundings& surroundings) {
  out.begin_object().key("kind").text("status");
  out.key("enrolled")
      .boolean(status.enrolled)
      .key("held")
      .boolean(status.held)
      .key("filling")
      .boolean(status.filling);
  out.key("pending")
      .count(status.pending)
      .key("stored")
      .count(status.stored)
      .key("parked")
      .count(status.parked);
  out.key("unsent_bytes").count(status.unsent_bytes).key("attachments").count(status.attachments);
  out.key("no_longer_yours")
      .count(status.no_longer_yours)
      .key("oldest_pending_ms")
      .integer(status.oldest_pending_ms);
  out.key("complete_version")
      .count(status.complete_version)
      .key("last_contact_ms")
      .integer(status.last_contact_ms);
  out.key("now_ms")
      .integer(surroundings.now_ms)
      .key("utc_offset_min")
      .integer(surroundings.utc_offset_min);
  out.key("error");
  if (status.last_error) {
    write_error(out, *status.last_error);
  } else {
    out.null();
  }
  out.key("retry_in_ms").integer(status.retry_in_ms).key("in_flight").boolean(status.in_flight);
  out.key("syncing")
      .boolean(surroundings.syncing)
      .key("network")
      .text(name_of(surroundings.network))
      .end_object();
}

void write_receipt(JsonWriter& out, const ReceiptRow& row, const Schema* schema) {
  const Receipt& receipt = row.receipt;
  out.begin_object().key("kind").text("receipt").key("ordinal").count(row.ordinal);
  out.key("set")
      .text(to_string(receipt.set))
      .key("seq")
      .count(receipt.seq)
      .key("commit")
      .count(receipt.commit);
  out.key("verdict")
      .text(name_of(receipt.verdict))
      .key("reason")
      .text(receipt.reason)
      .key("detail")
      .text(receipt.detail);
  out.key("rules_version").count(receipt.rules_version);
  if (row.lost) out.key("lost").boolean(true);
  out.key("fields").begin_array();
  for (const FieldReceipt& field : receipt.fields) write_field(out, field, schema);
  out.end_array().end_object();
}

void write_set(JsonWriter& out, const SetSummary& set) {
  out.begin_object()
      .key("kind")
      .text("set")
      .key("set")
      .text(to_string(set.id))
      .key("number")
      .count(set.number);
  out.key("state")
      .text(state_name(set))
      .key("captured_ms")
      .integer(set.captured_ms)
      .key("size")
      .count(set.size);
  out.key("records").begin_array();
  for (const RecordRef& record : set.records) {
    out.begin_object();
    write_record(out, record);
    out.end_object();
  }
  out.end_array().end_object();
}

void write_device(JsonWriter& out, const std::optional<Enrolment>& enrolment,
                  const Schema* schema) {
  out.begin_object().key("enrolled").boolean(enrolment.has_value());
  if (enrolment) {
    out.key("device").text(to_string(enrolment->device)).key("actor").text(enrolment->actor);
    out.key("role")
        .text(enrolment->role)
        .key("server")
        .text(enrolment->server_url)
        .key("pins")
        .begin_array();
    for (const Digest& pin : enrolment->pins) out.text(to_hex(pin.view()));
    out.end_array().key("key_alg").text(name_of(enrolment->key_alg));
  }
  if (schema != nullptr) {
    out.key("schema")
        .begin_object()
        .key("name")
        .text(schema->name)
        .key("version")
        .count(schema->version);
    out.key("digest").text(to_hex(schema->digest.view())).end_object();
  }
  out.end_object();
}

std::string commit_answer(const CommitResult& result, const CommitInput& input) {
  JsonWriter out;
  out.begin_object().key("set").text(to_string(result.set)).key("number").count(result.number);
  out.key("incarnation")
      .text(to_string(result.incarnation))
      .key("seq")
      .count(result.seq)
      .key("ids")
      .begin_array();
  for (const RecordInput& change : input.changes) out.text(to_string(change.record.id));
  out.end_array().end_object();
  return out.take();
}

}  // namespace daybook::abi
