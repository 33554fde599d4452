// SPDX-License-Identifier: Apache-2.0
// How a collection lies in its table: which field has a column, of which type, and the statements
// that use it. A value that its column cannot hold exactly, an unknown field and an
// explicit null go into _extra, so that a row comes back as the bytes it came in. Used by the
// store's view_rows.cpp and schema_tables.cpp. Values only; runs no SQL.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client-lib/local/local_store.hpp"
#include "core/model/value.hpp"
#include "core/platform/sqlite/statement.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// Of one value inside _extra.
inline constexpr std::size_t kExtraSizeMax = 2 << 20;

struct TableColumn {
  std::string field;
  FieldType type = FieldType::kText;
  bool operator==(const TableColumn&) const = default;
};

struct TablePlan {
  std::string collection;
  std::vector<TableColumn> columns;  // in canonical order of field
  std::string find_sql, put_sql, erase_sql, confirm_sql, each_sql, each_in_scope_sql;
};

// May a collection have a table of its own name, a field a column of its own name? Else they are
// kept raw.
bool may_name_table(const std::string& collection);
bool may_name_column(const std::string& field);
// "INTEGER", "TEXT" or "BLOB".
std::string storage_of(FieldType type);

TablePlan plan_table(const std::string& collection, std::vector<TableColumn> columns);

// Parameters of put_sql: id, then the columns, then _extra, _version, _foreign, _state, _scopes,
// _round. The row must stay until the statement has run.
void bind_row(sqlite::Statement& put, const TablePlan& plan, const Uuid& id, const ViewRow& row);

// A column with its new value; null takes it away.
struct ChangedColumn {
  const TableColumn* column = nullptr;
  const Value* value = nullptr;
};
// What differs between the values of a row. Empty when some of it lies in _extra: then the whole
// row has to be put.
std::optional<std::vector<ChangedColumn>> changed_columns(const TablePlan& plan,
                                                          const Fields& before,
                                                          const Fields& after);
// Parameters: the columns in the order given, _version, _foreign, _state, _scopes, _round, id. The
// row must stay until the statement has run.
std::string change_sql(const TablePlan& plan, const std::vector<ChangedColumn>& columns);
void bind_change(sqlite::Statement& change, const std::vector<ChangedColumn>& columns,
                 const Uuid& id, const ViewRow& row);
// Columns of find_sql in the same order without the id; of the each statements with it. `first` is
// the first field's.
Result<ViewRow> read_row(sqlite::Statement& row, const TablePlan& plan, int first);

}  // namespace daybook
