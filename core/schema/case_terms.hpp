// SPDX-License-Identifier: Apache-2.0
// The terms of a case: how severe it is, until when it wants a decision, whether that takes two
// people. Read from the kind of the case and from what the schema says of its field; called by
// whoever opens a case, and by the desk. Pure.
#pragma once

#include "core/model/conflict_case.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

Severity severity_of(const Schema& schema, const ConflictCase& conflict);
// Signed or paid work: the schema marks the field, or seals it.
bool takes_two_people(const Schema& schema, const ConflictCase& conflict);

// A case begins: its terms under the rule set in force, and the first line of its history.
// REQUIRES: kind, record, field, opened and opened_ms are set.
void begin_case(ConflictCase& conflict, const Schema& schema);

}  // namespace daybook
