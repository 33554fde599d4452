// SPDX-License-Identifier: Apache-2.0
#include "core/schema/case_terms.hpp"

namespace daybook {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

const FieldSchema* field_of(const Schema& schema, const ConflictCase& conflict) {
  const auto* collection = schema.find(conflict.record.collection);
  return collection == nullptr ? nullptr : collection->find(conflict.field);
}

}  // namespace

Severity severity_of(const Schema& schema, const ConflictCase& conflict) {
  const auto* field = field_of(schema, conflict);
  if (field != nullptr && field->severity) return *field->severity;
  switch (conflict.kind) {
    case CaseKind::kDeviceForked:  // somebody may be working on two phones
    case CaseKind::kDeviceHeld:    // nothing of that phone gets through
    case CaseKind::kLostInRestore:
    case CaseKind::kEvidenceLost:
    case CaseKind::kUnsealed:
    case CaseKind::kAmendment: return Severity::kHigh;  // what a customer signed
    default: break;
  }
  return takes_two_people(schema, conflict) ? Severity::kHigh : Severity::kNormal;
}

bool takes_two_people(const Schema& schema, const ConflictCase& conflict) {
  const auto* field = field_of(schema, conflict);
  if (field == nullptr) return false;
  return field->four_eyes || field->rule.kind == RuleKind::kSealed;
}

void begin_case(ConflictCase& conflict, const Schema& schema) {
  conflict.rules_version = schema.version;
  conflict.severity = severity_of(schema, conflict);
  const auto hours = schema.deadline_hours[static_cast<std::size_t>(conflict.severity)];
  conflict.due_ms = hours == 0 ? 0 : conflict.opened_ms + hours * kHourMs;
  CaseEvent opened;
  opened.at_ms = conflict.opened_ms;
  opened.commit = conflict.opened;
  conflict.events.push_back(std::move(opened));
}

}  // namespace daybook
