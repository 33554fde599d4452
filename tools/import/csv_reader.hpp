// SPDX-License-Identifier: Apache-2.0
// Comma separated values (RFC 4180) as spreadsheets write them, read row by row from pieces of
// UTF-8: memory is bounded by the largest row. What is wrong with a row is told with line and
// column, and reading goes on behind it. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace daybook::sheet {

inline constexpr std::size_t kRowSizeMax = 1 << 20;  // bytes
inline constexpr std::size_t kColumnsMax = 500;

struct CsvProblem {
  std::uint64_t line = 0;    // from 1, as an editor counts
  std::uint64_t column = 0;  // of the row's cells, from 1
  Errc code = Errc::kInvalid;
  std::string what;  // "quote", "unclosed quote", "row", "columns"
};

struct CsvRow {
  std::uint64_t line = 0;  // where it begins
  std::vector<std::string> cells;
  std::optional<CsvProblem> problem;  // then the cells say nothing
};

class CsvReader {
 public:
  // The next piece of text, empty at the end.
  using Source = std::function<Result<std::string>()>;
  explicit CsvReader(Source source) : source_(std::move(source)) {}

  // The next row that is not empty; nothing at the end. Errors are the source's.
  Result<std::optional<CsvRow>> next();

 private:
  enum class Place { kCellBegins, kPlain, kQuoted, kQuoteInQuoted, kLost };

  // True when `c` ended a row.
  bool take(char c);
  void end_cell();
  void wrong(const char* what, Errc code = Errc::kInvalid);
  Result<bool> fill();

  Source source_;
  std::string piece_;
  std::size_t at_ = 0;
  bool ended_ = false;
  std::uint64_t line_ = 1;
  std::uint64_t quote_line_ = 0;
  Place place_ = Place::kCellBegins;
  std::size_t row_size_ = 0;
  std::string cell_;
  CsvRow row_;
};

}  // namespace daybook::sheet
