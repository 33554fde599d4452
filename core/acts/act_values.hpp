// SPDX-License-Identifier: Apache-2.0
// Values of fields as SQL sees them and back: ids as text, lists as JSON, digests as the side keeps
// them. Inside this room.
#pragma once

#include <optional>
#include <string>

#include "core/model/value.hpp"
#include "core/platform/sqlite/statement.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// Null binds null.
void bind_argument(sqlite::Statement& statement, int at, const Value* value, FieldType type,
                   Where side);

// Empty for null. kWrongType, with nothing in Error::field, when it is nothing that the field
// holds.
Result<std::optional<Value>> value_in_column(sqlite::Statement& row, int at, FieldType type);

}  // namespace daybook
