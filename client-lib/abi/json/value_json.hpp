// SPDX-License-Identifier: Apache-2.0
// One value of a record between JSON and the model, by the type its field has: references are uuid
// text, digests and bytes are hex. Used by commit_json and answers. Pure.
#pragma once

#include "client-lib/abi/json/json_text.hpp"
#include "core/model/value.hpp"
#include "core/schema/schema.hpp"

namespace daybook::abi {

// kWrongType with `place` and what was expected. Limits and ranges are the schema check's affair.
Result<Value> read_value(const JsonValue& json, FieldType type, const std::string& place);

// `type` may be null: a field that this phone's rules do not name.
void write_value(JsonWriter& out, const Value& value, const FieldType* type);

}  // namespace daybook::abi
