// SPDX-License-Identifier: Apache-2.0
// What a file of rows would do to a collection: each row becomes a record to make, fields to
// change, or nothing to do. Reads no file and no network: rows come in, what headquarters has is
// asked through `Book`. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/schema/schema.hpp"
#include "tools/import/cells.hpp"
#include "tools/import/csv_reader.hpp"
#include "tools/import/known_records.hpp"

namespace daybook::sheet {

struct ImportWish {
  std::string collection;
  std::vector<std::string> key;  // fields; empty: the first unique key, or the id
  std::vector<std::pair<std::string, std::string>> constants;  // header and cell, for every row
  CellReading reading;
};

// What is wrong with one row, or with the header.
struct RowProblem {
  std::uint64_t line = 0;
  std::uint64_t column = 0;  // from 1; 0 = the row as a whole
  std::string header;
  Errc code = Errc::kInvalid;
  std::string detail;
};

struct PlannedRow {
  enum class Kind { kCreate, kChange, kSame };
  std::uint64_t line = 0;
  Kind kind = Kind::kSame;
  std::string id;
  std::uint64_t seen = 0;
  Json set = Json::object();
};

class ImportPlan {
 public:
  // Everything that headquarters has of a collection, with this key; asked once for each.
  using Book = std::function<Result<KnownRecords>(const std::string& collection,
                                                  const std::vector<std::string>& key)>;

  ImportPlan(const Schema& schema, ImportWish wish, Book book);

  // The first row. A problem here ends the import before it begins.
  std::optional<RowProblem> read_header(const CsvRow& row);
  // Errors are the book's; a problem of the row is told and the row left out.
  Result<std::optional<PlannedRow>> plan(const CsvRow& row, std::optional<RowProblem>& problem);

  const ImportWish& wish() const { return wish_; }
  std::string header_at(std::uint64_t column) const;
  std::uint64_t column_of(std::string_view field) const;

 private:
  struct Column {
    enum class Kind { kField, kId, kPassedOver } kind = Kind::kField;
    const FieldSchema* field = nullptr;
    std::string by;  // a reference given by this field of what it points to
  };

  std::optional<RowProblem> name_column(const std::string& header, std::uint64_t column);
  std::optional<RowProblem> choose_key();
  Result<const KnownRecords*> known(const std::string& collection,
                                    const std::vector<std::string>& key);
  Result<Value> reference(const Column& column, std::string_view cell);
  Result<std::optional<Json>> read_cells(const CsvRow& row, std::string& id, RowProblem& problem);
  Result<std::optional<PlannedRow>> judge(const CsvRow& row, const Json& values, std::string id,
                                          RowProblem& problem);
  Result<void> check(const PlannedRow& row, const Fields& fields) const;

  const Schema& schema_;
  const CollectionSchema* collection_ = nullptr;
  ImportWish wish_;
  Book book_;
  std::vector<Column> columns_;
  std::vector<std::string> headers_;
  std::map<std::pair<std::string, std::vector<std::string>>, KnownRecords> known_;
  std::unordered_map<std::string, std::uint64_t> lines_by_id_;
  Fields fields_;  // of the row under way, as values
};

}  // namespace daybook::sheet
