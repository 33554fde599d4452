// SPDX-License-Identifier: Apache-2.0
// A spreadsheet's text, in pieces of two sizes: both ways the same rows, none of them beyond its
// bounds.
#include "tools/import/csv_reader.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using daybook::sheet::CsvRow;

std::vector<CsvRow> rows_of(std::string_view text, std::size_t piece) {
  daybook::sheet::CsvReader reader([&]() -> daybook::Result<std::string> {
    std::string next(text.substr(0, piece));
    text.remove_prefix(next.size());
    return next;
  });
  std::vector<CsvRow> rows;
  for (;;) {
    auto row = reader.next();
    if (!row.ok()) std::abort();
    if (!*row) return rows;
    rows.push_back(**std::move(row));
  }
}

bool same(const CsvRow& a, const CsvRow& b) {
  if (a.line != b.line || a.problem.has_value() != b.problem.has_value()) return false;
  return a.problem ? a.problem->line == b.problem->line && a.problem->column == b.problem->column
                   : a.cells == b.cells;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto whole = rows_of(text, text.size() + 1);
  const auto cut = rows_of(text, 3);
  if (!std::equal(whole.begin(), whole.end(), cut.begin(), cut.end(), same)) std::abort();
  for (const auto& row : whole) {
    if (row.cells.size() > daybook::sheet::kColumnsMax) std::abort();
  }
  return 0;
}
