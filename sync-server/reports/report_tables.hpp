// SPDX-License-Identifier: Apache-2.0
// How a collection lies in the reports file: a table of exact values, and over it a view of
// readable ones (REPORTS.md). Made from the schema; used by the file's writer and reader. Pure
// text, runs no SQL.
#pragma once

#include <string>
#include <vector>

#include "core/model/record_state.hpp"
#include "core/platform/sqlite/statement.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// Fields that have a column: all but bytes, which no report reads.
std::vector<const FieldSchema*> report_columns(const CollectionSchema& collection);
// "exact_visit": whole numbers in minor units, thousandths, 1e-7 degrees, ms.
std::string exact_table_of(const std::string& collection);
std::string quoted_name(const std::string& name);

// Everything that an empty reports file needs. A view of the schema that does not work on these
// tables is left out: the lists are there all the same.
Result<std::string> report_tables_sql(const Schema& schema);

// "insert or replace …" and its parameters: id, version, created, row, then report_columns().
std::string put_sql_of(const CollectionSchema& collection);
void bind_record(sqlite::Statement& put, const CollectionSchema& collection,
                 const RecordState& state);

}  // namespace daybook
