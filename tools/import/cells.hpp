// SPDX-License-Identifier: Apache-2.0
// What a cell of a spreadsheet means for a field, and a value as the API writes it. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/schema/schema.hpp"

namespace daybook::sheet {

using Json = nlohmann::ordered_json;

struct CellReading {
  // As `daybook export` writes: money in minor units, quantities in thousandths, times in ms. Else
  // as people write: 19.99, 2.5, 2026-09-21 16:30, 是.
  bool exact = false;
  std::int16_t utc_offset_min = 0;  // of times without an offset of their own
};

// References are given as ids. kWrongType with what was expected.
Result<Value> value_of(const FieldSchema& field, std::string_view cell, const CellReading& reading);
// What an export put in front of a text so that no spreadsheet takes it for a formula is taken
// away.
std::string_view without_guard(std::string_view cell);
// As POST /api/sets takes it and GET /api/export gives it.
Json json_of(const FieldSchema& field, const Value& value);

}  // namespace daybook::sheet
