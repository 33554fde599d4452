// SPDX-License-Identifier: Apache-2.0
#include "core/acts/act_tables.hpp"

#include "core/base/ensure.hpp"
#include "core/schema/sql_text.hpp"

namespace daybook {
namespace {

bool is_bytes(FieldType type) { return type == FieldType::kBytes || type == FieldType::kStrokes; }

std::string table_of(const std::string& collection, Where side) {
  return side == Where::kOffice ? "exact_" + collection : collection;
}

// Bytes have no column in the reports file.
bool has_column(const FieldSchema& field, Where side) {
  const bool ours = field.name == "id" || field.name.front() == '_';
  return !ours && (side == Where::kPhone || !is_bytes(field.type));
}

std::string columns_of(const CollectionSchema& collection, Where side) {
  std::string columns = "id, _version";
  columns += side == Where::kPhone ? ", _state" : ", _created";
  for (const auto& field : collection.fields) {
    if (has_column(field, side)) columns += ", " + quoted_sql_name(field.name);
  }
  return columns;
}

// At headquarters `visit` is a view with points and dates for people to read. What the schema says
// is about the exact values, so its names are given to the exact tables for the length of one
// statement.
std::string exact_names(const Schema& schema, const std::string& sql, Where side) {
  if (side == Where::kPhone) return {};
  const auto text = read_sql_text(sql);
  ensure(text.ok());  // the loader read it
  std::string names;
  for (const auto& collection : schema.collections) {
    if (text->names.count(collection.name) == 0) continue;
    names += (names.empty() ? "with " : ", ") + quoted_sql_name(collection.name) +
             " as not materialized (select " + columns_of(collection, side) + " from " +
             quoted_sql_name(table_of(collection.name, side)) + ")";
  }
  return names.empty() ? names : names + " ";
}

}  // namespace

std::string quoted_sql_name(const std::string& name) { return "\"" + name + "\""; }

std::string empty_tables_sql(const Schema& schema, Where side) {
  std::string sql;
  for (const auto& collection : schema.collections) {
    sql += "create table " + quoted_sql_name(table_of(collection.name, side)) + "(" +
           columns_of(collection, side) + ");\n";
  }
  return sql;
}

std::set<std::string, std::less<>> readable_tables(const Schema& schema, Where side) {
  std::set<std::string, std::less<>> tables{"json_each", "json_tree"};
  for (const auto& collection : schema.collections) tables.insert(table_of(collection.name, side));
  for (const auto& view : schema.views) {
    if (stands_at(view.at, side)) tables.insert(view.name);
  }
  return tables;
}

// The line ends keep a comment at the end of the text from swallowing what is ours.
std::string create_view_sql(const Schema& schema, const ViewSchema& view, Where side) {
  return "create view " + quoted_sql_name(view.name) + " as " +
         exact_names(schema, view.sql, side) + "select * from (\n" + view.sql + "\n)";
}

std::string select_sql(const Schema& schema, const std::string& expression, Where side) {
  return exact_names(schema, expression, side) + "select (\n" + expression + "\n)";
}

}  // namespace daybook
