// SPDX-License-Identifier: Apache-2.0
// Questions to the reports file: pages of a collection, filtered and sorted, and analysts' SQL
// through the read door. Any number of readers beside the file's one writer; each is used by one
// thread. Answers hold record rows as the book has them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/model/ids.hpp"
#include "core/model/value.hpp"
#include "core/platform/sqlite/read_door.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

struct FieldFilter {
  enum class Test { kIs, kIsNot, kAtLeast, kAtMost, kContains, kEmpty, kFilled };
  const FieldSchema* field = nullptr;
  Test test = Test::kIs;
  Value operand;  // as the exact table holds it: integer or text; null for kEmpty and kFilled
};

struct RecordsQuestion {
  const CollectionSchema* collection = nullptr;
  std::vector<FieldFilter> filters;    // all must hold
  const FieldSchema* order = nullptr;  // null: by id
  bool descending = false;
  std::string after;  // `next` of the page before; empty: from the beginning
  std::size_t limit = 100;
  // Only these: a JSON list of ids. Empty: all.
  std::optional<std::string> among{};
};

struct ReportRecord {
  std::string id;
  Version version = 0;
  Version created = 0;
  Fields values;
};

struct RecordsPage {
  std::vector<ReportRecord> records;
  std::string next;         // empty on the last page
  Version as_of = 0;        // the commit that the file stood at
  std::uint64_t total = 0;  // that pass the filters, on the first page only
};

// What analysts' SQL gives: texts, whole numbers and decimals as SQLite writes them.
struct SqlTable {
  std::vector<std::string> columns;
  struct Cell {
    sqlite::ColumnKind kind = sqlite::ColumnKind::kNull;
    std::string text;  // of a blob: hex
  };
  std::vector<std::vector<Cell>> rows;
  bool cut = false;  // there were more rows than asked for
  Version as_of = 0;
};

class ReportsReader {
 public:
  // kNotFound before the first start of the writer.
  static Result<std::unique_ptr<ReportsReader>> open(const std::string& path);

  Result<Version> stands_at();
  const std::string& path() const { return path_; }
  // kInvalid names `after` when it is not of these filters and this order.
  Result<RecordsPage> records(const RecordsQuestion& question);
  // One reading statement, at most `rows_max` rows and `size_max` bytes of them.
  Result<SqlTable> sql(const std::string& text, std::size_t rows_max, std::size_t size_max);

 private:
  ReportsReader(std::string path, std::unique_ptr<sqlite::ReadDoor> door)
      : path_(std::move(path)), door_(std::move(door)) {}
  Result<RecordsPage> page(const RecordsQuestion& question);
  std::string path_;
  std::unique_ptr<sqlite::ReadDoor> door_;
};

}  // namespace daybook
