// SPDX-License-Identifier: Apache-2.0
#include "sync-server/conflicts/desk.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
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

Result<Value> value_chosen(const ConflictCase& conflict, const Decision& decision) {
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

}  // namespace

std::vector<std::string_view> Desk::choices_for(const ConflictCase& conflict) {
  switch (conflict.kind) {
    case CaseKind::kField:
    case CaseKind::kLate:
    case CaseKind::kAmendment: return {"base", "office", "device", "both", "value"};
    case CaseKind::kParked: return {"release", "discard"};
    case CaseKind::kRestore: return {"device", "office"};
    case CaseKind::kDeviceHeld: return {"release", "confirm"};
    case CaseKind::kDeviceForked:
    case CaseKind::kLostInRestore:
    case CaseKind::kContested:
    case CaseKind::kBalance:
    case CaseKind::kRevokedKey: return {"confirm"};
  }
  return {};
}

Result<ConflictCase> Desk::resolve(const Decision& decision) {
  if (decision.reason.empty())
    return failure(Errc::kInvalid, "reason", "a decision needs a reason");
  if (decision.reason.size() > kValueSizeMax) return failure(Errc::kTooLarge, "reason");
  DAYBOOK_ASSIGN(auto found, store_.find_case(decision.number));
  if (!found) return failure(Errc::kNotFound, "case", std::to_string(decision.number));
  if (found->state == CaseState::kResolved) {
    return failure(Errc::kAlreadyExists, "case",
                   "settled by " + found->resolved_by + " (" + found->choice + ")");
  }
  const auto choices = choices_for(*found);
  if (std::find(choices.begin(), choices.end(), decision.choice) == choices.end()) {
    return failure(Errc::kInvalid, "choice", decision.choice);
  }
  const auto settle = [&]() -> Result<Version> {
    switch (found->kind) {
      case CaseKind::kField:
      case CaseKind::kLate:
      case CaseKind::kAmendment: return settle_field(*found, decision);
      case CaseKind::kParked: return settle_parked(*found, decision);
      case CaseKind::kRestore: return settle_restored(*found, decision);
      case CaseKind::kDeviceForked:
      case CaseKind::kDeviceHeld:
      case CaseKind::kLostInRestore:
      case CaseKind::kContested:
      case CaseKind::kBalance:
      case CaseKind::kRevokedKey: break;
    }
    return settle_device(*found, decision);
  };
  DAYBOOK_ASSIGN(const Version commit, settle());
  // The settling act may have fed the case itself (a released set that parks again): read it anew.
  DAYBOOK_ASSIGN(auto now, store_.find_case(decision.number));
  ensure(now.has_value());
  now->state = CaseState::kResolved;
  now->resolved_by = decision.by;
  now->choice = decision.choice;
  now->reason = decision.reason;
  now->resolved = commit;
  DAYBOOK_TRY(store_.put_case(*now));
  return *now;
}

Result<Version> Desk::settle_field(const ConflictCase& conflict, const Decision& decision) {
  DAYBOOK_ASSIGN(auto value, value_chosen(conflict, decision));
  DAYBOOK_ASSIGN(const auto state, store_.find_record(conflict.record));
  if (!state) return failure(Errc::kUnknownRecord, conflict.record.collection);
  const auto held = state->fields.find(conflict.field);
  // One of the two sides of the case is in force, or somebody has written since.
  const bool known = held == state->fields.end() || !conflict.office_value ||
                     held->second.value == *conflict.office_value ||
                     held->second.value == conflict.device_value;
  if (!known) {
    return failure(Errc::kBusy, conflict.field, "the value in force has changed since: look again");
  }
  DAYBOOK_ASSIGN(const auto head, store_.head());
  OfficeEdit edit{conflict.record, false, {}, head.version};
  edit.set.set(conflict.field, std::move(value));
  DAYBOOK_ASSIGN(const auto receipt, office_.act(decision.by, {edit}, true));
  return receipt.commit;
}

Result<Version> Desk::settle_parked(const ConflictCase& conflict, const Decision& decision) {
  ensure(!conflict.trail.empty());
  const SetId set = conflict.trail.front();
  if (decision.choice == "discard") {
    DAYBOOK_ASSIGN(const auto receipt, ingest_.discard_parked(set, decision.by, decision.reason));
    return receipt.commit;
  }
  DAYBOOK_ASSIGN(const auto receipt, ingest_.release_parked(set));
  if (receipt.verdict == Verdict::kParked) {
    return failure(Errc::kBusy, "set",
                   "still cannot be applied: " + receipt.reason + " " + receipt.detail);
  }
  return receipt.commit;
}

Result<Version> Desk::settle_restored(const ConflictCase& conflict, const Decision& decision) {
  DAYBOOK_ASSIGN(const auto head, store_.head());
  if (decision.choice == "office") return head.version;
  if (!conflict.device_value || conflict.device_value->kind() != Value::Kind::kBytes) {
    return failure(Errc::kCorrupt, "case", "holds no row");
  }
  DAYBOOK_ASSIGN(const auto row, decode_fields(conflict.device_value->as_bytes(),
                                               kFieldsPerChangeMax, kValueSizeMax));
  DAYBOOK_ASSIGN(const auto held, store_.find_record(conflict.record));
  const OfficeEdit edit{conflict.record, !held.has_value(), row, head.version};
  DAYBOOK_ASSIGN(const auto receipt, office_.act(decision.by, {edit}, true));
  return receipt.commit;
}

Result<Version> Desk::settle_device(const ConflictCase& conflict, const Decision& decision) {
  DAYBOOK_ASSIGN(const auto head, store_.head());
  if (decision.choice != "release") return head.version;
  DAYBOOK_ASSIGN(auto device, store_.find_device(conflict.device));
  if (!device) return failure(Errc::kNotFound, "device", to_string(conflict.device));
  device->status = DeviceStatus::kActive;
  device->bad_batches = 0;
  DAYBOOK_TRY(store_.put_device(*device));
  return head.version;
}

}  // namespace daybook
