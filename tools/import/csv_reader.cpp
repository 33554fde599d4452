// SPDX-License-Identifier: Apache-2.0
#include "tools/import/csv_reader.hpp"

namespace daybook::sheet {

void CsvReader::wrong(const char* what, Errc code) {
  if (!row_.problem) row_.problem = CsvProblem{line_, row_.cells.size() + 1, code, what};
  cell_.clear();
}

void CsvReader::end_cell() {
  if (row_.problem) return;
  if (row_.cells.size() == kColumnsMax) return wrong("columns", Errc::kTooLarge);
  row_.cells.push_back(std::move(cell_));
  cell_.clear();
}

Result<bool> CsvReader::fill() {
  if (at_ < piece_.size()) return true;
  if (ended_) return false;
  DAYBOOK_ASSIGN(piece_, source_());
  at_ = 0;
  ended_ = piece_.empty();
  return !ended_;
}

bool CsvReader::take(char c) {
  // A carriage return belongs to the line's end; inside quotes it is text.
  if (c == '\r' && place_ != Place::kQuoted) return false;
  if (c == '\n') ++line_;
  if (++row_size_ > kRowSizeMax && !row_.problem) wrong("row", Errc::kTooLarge);
  switch (place_) {
    case Place::kCellBegins:
      if (c == '"') {
        place_ = Place::kQuoted;
        quote_line_ = line_;
        return false;
      }
      place_ = Place::kPlain;
      [[fallthrough]];
    case Place::kPlain:
      if (c == ',' || c == '\n') break;
      if (c == '"') {
        wrong("quote");
        place_ = Place::kLost;
      } else if (!row_.problem) {
        cell_ += c;
      }
      return false;
    case Place::kQuoted:
      if (c == '"') {
        place_ = Place::kQuoteInQuoted;
      } else if (!row_.problem) {
        cell_ += c;
      }
      return false;
    case Place::kQuoteInQuoted:
      if (c == ',' || c == '\n') break;
      if (c == '"') {
        if (!row_.problem) cell_ += c;
        place_ = Place::kQuoted;
      } else {
        wrong("quote");
        place_ = Place::kLost;
      }
      return false;
    case Place::kLost:
      // Behind a wrong quote nobody knows where cells are: the next line begins anew.
      if (c != '\n') return false;
      break;
  }
  if (place_ != Place::kLost) end_cell();
  place_ = Place::kCellBegins;
  return c == '\n';
}

Result<std::optional<CsvRow>> CsvReader::next() {
  for (;;) {
    row_ = CsvRow{};
    row_.line = line_;
    row_size_ = 0;
    bool ends = false;
    bool any = false;
    while (!ends) {
      DAYBOOK_ASSIGN(const bool more, fill());
      if (!more) break;
      any = true;
      ends = take(piece_[at_++]);
    }
    if (!any) return std::optional<CsvRow>{};
    if (!ends) {
      // The last line needs no end.
      if (place_ == Place::kQuoted) {
        wrong("unclosed quote");
        row_.problem->line = quote_line_;
      } else if (place_ != Place::kLost) {
        end_cell();
      }
      place_ = Place::kCellBegins;
    }
    const bool empty = !row_.problem && row_.cells.size() == 1 && row_.cells[0].empty();
    if (!empty) return std::optional(std::move(row_));
  }
}

}  // namespace daybook::sheet
