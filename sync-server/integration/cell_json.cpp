// SPDX-License-Identifier: Apache-2.0
#include "sync-server/integration/cell_json.hpp"

#include <charconv>

namespace daybook {

Json json_of(const SqlTable::Cell& cell) {
  switch (cell.kind) {
    case sqlite::ColumnKind::kInteger: {
      std::int64_t number = 0;
      std::from_chars(cell.text.data(), cell.text.data() + cell.text.size(), number);
      return number;
    }
    // As SQLite wrote it; "Inf" is no number of JSON's.
    case sqlite::ColumnKind::kReal: {
      Json number = Json::parse(cell.text, nullptr, false);
      return number.is_number() ? number : Json(cell.text);
    }
    case sqlite::ColumnKind::kNull: return nullptr;
    case sqlite::ColumnKind::kText:
    case sqlite::ColumnKind::kBytes: break;
  }
  return cell.text;
}

}  // namespace daybook
