// SPDX-License-Identifier: Apache-2.0
// The host app's queries: each open statement has a read-only connection of its own, so that a slow
// reader holds up neither the writer nor another reader. Connections at rest are kept for the next
// query, with their prepared statements. ReadDoors: any thread. RowReader: one thread at a time,
// and it must not outlive the doors.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client-lib/abi/json/json_text.hpp"
#include "core/platform/sqlite/read_door.hpp"

namespace daybook::abi {

inline constexpr std::size_t kStatementsMax = 16;
inline constexpr std::size_t kQueryParametersMax = 1000;

class ReadDoors;

class RowReader {
 public:
  ~RowReader();
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  Result<bool> step();
  const std::string& columns() const { return columns_; }  // JSON array
  // JSON array; empty when there is no row. Lives until the next step.
  const std::string& row() const { return row_; }

 private:
  friend class ReadDoors;
  RowReader(ReadDoors& doors, std::unique_ptr<sqlite::ReadDoor> door)
      : doors_(doors), door_(std::move(door)) {}
  Result<void> bind(const JsonValue& parameters);
  void write_row();

  ReadDoors& doors_;
  std::unique_ptr<sqlite::ReadDoor> door_;
  std::optional<sqlite::Statement> statement_;
  std::string columns_;
  std::string row_;
};

class ReadDoors {
 public:
  explicit ReadDoors(std::string path) : path_(std::move(path)) {}

  // `parameters`: null or an array of scalars. kBusy when too many are open.
  Result<std::unique_ptr<RowReader>> open(std::string_view sql, const JsonValue& parameters);
  // The tables that a query reads.
  Result<std::set<std::string>> tables_of(std::string_view sql);
  // As SQLite reports them for the file.
  Result<sqlite::Pragmas> pragmas() const;

  std::size_t open_count();

 private:
  friend class RowReader;
  Result<std::unique_ptr<sqlite::ReadDoor>> take_door();
  void give_back(std::unique_ptr<sqlite::ReadDoor> door);

  const std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<sqlite::ReadDoor>> idle_;
  std::size_t on_loan_ = 0;
};

}  // namespace daybook::abi
