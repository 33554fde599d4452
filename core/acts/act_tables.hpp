// SPDX-License-Identifier: Apache-2.0
// The tables that views and acts of a schema may name, as each side keeps them: on a phone its
// collection tables, at headquarters the exact tables of the reports file, which stand there under
// other names. Pure text, runs no SQL.
#pragma once

#include <set>
#include <string>

#include "core/schema/schema.hpp"

namespace daybook {

// Which side's tables. Never Where::kBoth in this room.
inline bool stands_at(Where at, Where side) { return at == Where::kBoth || at == side; }

std::string quoted_sql_name(const std::string& name);

// Empty tables with the columns that the side has, to try SQL on.
std::string empty_tables_sql(const Schema& schema, Where side);

// What may be read: the collections as the side keeps them, its views, and json_each and json_tree.
std::set<std::string, std::less<>> readable_tables(const Schema& schema, Where side);

// "create view …"; its SQL sees collections by their names on either side.
std::string create_view_sql(const Schema& schema, const ViewSchema& view, Where side);
// "select (…)", one row with one column.
std::string select_sql(const Schema& schema, const std::string& expression, Where side);

}  // namespace daybook
