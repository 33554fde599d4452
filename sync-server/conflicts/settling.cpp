// SPDX-License-Identifier: Apache-2.0
#include "sync-server/conflicts/settling.hpp"

#include <algorithm>

#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

// Both values of a text, one paragraph each; both lists, each element once.
Result<Value> both_of(const Value& office, const Value& device) {
  if (office.kind() == Value::Kind::kText && device.kind() == Value::Kind::kText) {
    if (office == device) return office;
    return Value::text(office.as_text() + "\n\n" + device.as_text());
  }
  if (office.kind() == Value::Kind::kList && device.kind() == Value::Kind::kList) {
    ValueList all = office.as_list();
    for (const auto& element : device.as_list()) {
      if (std::find(all.begin(), all.end(), element) == all.end()) all.push_back(element);
    }
    return Value::list(std::move(all));
  }
  return failure(Errc::kInvalid, "choice", "both is for texts and lists");
}

std::optional<SetId> set_id_of(const Uuid& act) {
  return act.is_zero() ? std::nullopt : std::optional(act);
}

}  // namespace

Result<Value> Settling::value_chosen(const ConflictCase& conflict, const Decision& decision) {
  const auto held = [](const std::optional<Value>& value, const char* name) -> Result<Value> {
    if (!value)
      return failure(Errc::kInvalid, "choice", std::string("there is no ") + name + " value");
    return *value;
  };
  if (decision.choice == "base") return held(conflict.base_value, "base");
  if (decision.choice == "office") return held(conflict.office_value, "office");
  if (decision.choice == "device") return held(conflict.device_value, "device");
  if (decision.choice == "value") return held(decision.value, "given");
  if (decision.choice != "both") return failure(Errc::kInvalid, "choice", decision.choice);
  DAYBOOK_ASSIGN(const auto office, held(conflict.office_value, "office"));
  DAYBOOK_ASSIGN(const auto device, held(conflict.device_value, "device"));
  return both_of(office, device);
}

Result<std::optional<Value>> Settling::value_in_force(const ConflictCase& conflict) {
  DAYBOOK_ASSIGN(const auto state, store_.find_record(conflict.record));
  if (!state) return failure(Errc::kUnknownRecord, conflict.record.collection);
  const auto held = state->fields.find(conflict.field);
  if (held == state->fields.end()) return std::optional<Value>{};
  const bool known = !conflict.office_value || held->second.value == *conflict.office_value ||
                     held->second.value == conflict.device_value;
  if (!known) {
    return failure(Errc::kBusy, conflict.field, "the value in force has changed since: look again");
  }
  return std::optional(held->second.value);
}

Result<Version> Settling::put(const ActorId& by, std::vector<OfficeEdit> edits, const Uuid& act) {
  DAYBOOK_ASSIGN(const auto head, store_.head());
  for (auto& edit : edits) edit.seen = edit.create ? 0 : head.version;
  DAYBOOK_ASSIGN(const auto receipt, office_.act(by, edits, true, set_id_of(act)));
  return receipt.commit;
}

Result<Settled> Settling::settle(const ConflictCase& conflict, const Decision& decision) {
  if (is_about_field(conflict.kind)) return settle_field(conflict, decision);
  if (conflict.kind == CaseKind::kParked) return settle_parked(conflict, decision);
  if (conflict.kind == CaseKind::kRestore) return settle_restored(conflict, decision);
  return settle_device(conflict, decision);
}

Result<Settled> Settling::settle_field(const ConflictCase& conflict, const Decision& decision) {
  Settled settled;
  DAYBOOK_ASSIGN(settled.value, value_chosen(conflict, decision));
  DAYBOOK_ASSIGN(settled.displaced, value_in_force(conflict));
  const auto* collection = schema_.find(conflict.record.collection);
  const auto* field = collection == nullptr ? nullptr : collection->find(conflict.field);
  const bool set_once = field != nullptr && field->rule.kind == RuleKind::kImmutable;
  if (set_once && settled.displaced && settled.displaced != settled.value)
    return failure(Errc::kInvalid, "choice",
                   "this field is set once: only what stands there can be confirmed");
  OfficeEdit edit{conflict.record, false, {}, 0};
  edit.set.set(conflict.field, *settled.value);
  DAYBOOK_ASSIGN(settled.commit, put(decision.by, {std::move(edit)}, decision.act));
  return settled;
}

Result<Settled> Settling::settle_parked(const ConflictCase& conflict, const Decision& decision) {
  ensure(!conflict.trail.empty());
  const SetId set = conflict.trail.front();
  if (decision.choice == "release") {
    DAYBOOK_ASSIGN(const auto receipt, ingest_.release_parked(set));
    if (receipt.verdict == Verdict::kParked) {
      return failure(Errc::kBusy, "set",
                     "still cannot be applied: " + receipt.reason + " " + receipt.detail);
    }
    return Settled{receipt.commit, {}, {}};
  }
  if (decision.choice == "repair") return repair(set, decision);
  const bool all = decision.choice == "discard_all";
  DAYBOOK_ASSIGN(const auto receipt,
                 all ? ingest_.discard_with_dependents(set, decision.by, decision.reason)
                     : ingest_.discard_parked(set, decision.by, decision.reason));
  return Settled{receipt.commit, {}, {}};
}

Result<Settled> Settling::repair(const SetId& set, const Decision& decision) {
  if (decision.repair.empty())
    return failure(Errc::kInvalid, "changes", "say what the set should have said");
  DAYBOOK_ASSIGN(const auto head, store_.head());
  auto edits = decision.repair;
  for (auto& edit : edits) edit.seen = edit.create ? 0 : head.version;
  DAYBOOK_ASSIGN(auto body, office_.draft(decision.by, edits, set_id_of(decision.act)));
  body.replaces = set;
  DAYBOOK_TRY(ingest_.repair_parked(body, decision.reason));
  // The phone has it with the last verdict on its own set.
  DAYBOOK_ASSIGN(const auto last, store_.find_last_verdict(set));
  ensure(last.has_value());
  return Settled{last->version, {}, {}};
}

Result<Settled> Settling::settle_restored(const ConflictCase& conflict, const Decision& decision) {
  if (decision.choice == "office") return Settled{};
  if (!conflict.device_value || conflict.device_value->kind() != Value::Kind::kBytes) {
    return failure(Errc::kCorrupt, "case", "holds no row");
  }
  DAYBOOK_ASSIGN(auto row, decode_fields(conflict.device_value->as_bytes(), kFieldsPerChangeMax,
                                         kValueSizeMax));
  DAYBOOK_ASSIGN(const auto held, store_.find_record(conflict.record));
  OfficeEdit edit{conflict.record, !held.has_value(), std::move(row), 0};
  DAYBOOK_ASSIGN(const Version commit, put(decision.by, {std::move(edit)}, decision.act));
  return Settled{commit, {}, {}};
}

Result<Settled> Settling::settle_device(const ConflictCase& conflict, const Decision& decision) {
  if (decision.choice != "release") return Settled{};
  DAYBOOK_ASSIGN(auto device, store_.find_device(conflict.device));
  if (!device) return failure(Errc::kNotFound, "device");
  device->status = DeviceStatus::kActive;
  device->bad_batches = 0;
  DAYBOOK_TRY(store_.put_device(*device));
  return Settled{};
}

Result<Settled> Settling::take_back(const ConflictCase& conflict, const CaseEvent& decided,
                                    const Decision& undo) {
  if (conflict.kind == CaseKind::kParked && decided.choice.starts_with("discard")) {
    DAYBOOK_ASSIGN(const auto receipt, ingest_.park_again(conflict.trail.front(), decided.commit,
                                                          undo.by, conflict.number));
    return Settled{receipt.commit, {}, {}};
  }
  if (!is_about_field(conflict.kind)) {
    // Nothing was written: the case is looked at again, and that is all.
    if (decided.commit == 0 && decided.choice != "release") return Settled{};
    return failure(Errc::kInvalid, "choice",
                   decided.choice + " cannot be taken back: correct the records it wrote");
  }
  DAYBOOK_ASSIGN(const auto state, store_.find_record(conflict.record));
  if (!state) return failure(Errc::kUnknownRecord, conflict.record.collection);
  const auto held = state->fields.find(conflict.field);
  const bool stands = held != state->fields.end() && held->second.value == decided.value &&
                      held->second.write.commit <= decided.commit;
  if (!stands)
    return failure(Errc::kBusy, conflict.field, "somebody has written since: look again");
  Settled settled{0, decided.displaced, decided.value};
  if (decided.displaced == decided.value) return settled;  // it confirmed what stood there
  OfficeEdit edit{conflict.record, false, {}, 0};
  // A field that had no value gets none again: null, because a value cannot be unsaid.
  edit.set.set(conflict.field, decided.displaced.value_or(Value::null()));
  DAYBOOK_ASSIGN(settled.commit, put(undo.by, {std::move(edit)}, undo.act));
  return settled;
}

Result<Version> Settling::tell_decided(const ConflictCase& conflict, const Decision& decision) {
  if (conflict.kind == CaseKind::kParked) return Version{0};
  CaseWord word{decision.by, "decided", decision.reason, {}};
  if (is_about_field(conflict.kind)) {
    DAYBOOK_ASSIGN(auto record, store_.find_record(conflict.record));
    ensure(record.has_value());
    word.becomes = [record = *std::move(record), choice = decision.choice,
                    last = conflict.trail.back()](const SetId& set, const FieldReceipt& field) {
      const auto held = record.fields.find(field.field);
      const bool stands = held != record.fields.end() && field.own == held->second.value;
      // A value too large for a receipt is known by whose turn it was.
      if (stands || (choice == "device" && set == last)) return FieldOutcome::kTaken;
      return choice == "both" && set == last ? FieldOutcome::kMerged : FieldOutcome::kOverruled;
    };
  }
  return ingest_.tell_of_case(conflict, word);
}

Result<void> Settling::tell_reopened(const ConflictCase& conflict, const ActorId& by,
                                     const std::string& reason) {
  if (conflict.kind == CaseKind::kParked) return {};
  CaseWord word{by, "reopened", reason, {}};
  if (is_about_field(conflict.kind))
    word.becomes = [](const SetId&, const FieldReceipt&) { return FieldOutcome::kConflict; };
  DAYBOOK_TRY(ingest_.tell_of_case(conflict, word));
  return {};
}

Result<void> Settling::tell_asked(const ConflictCase& conflict, const ActorId& by,
                                  const std::string& question) {
  DAYBOOK_TRY(ingest_.tell_of_case(conflict, {by, "asked", question, {}}));
  return {};
}

}  // namespace daybook
