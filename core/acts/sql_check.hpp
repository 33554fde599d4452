// SPDX-License-Identifier: Apache-2.0
// Tries the SQL of a schema on empty tables: what is wrong with its views and acts, before anybody
// meets it in the field. Used where a schema is proposed, published or stored. Reads no file.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

struct SqlTrouble {
  std::string place;   // "views.van_stock", "acts.take_over.requires[2]"
  std::string detail;  // SQLite's words
};

// On the tables of one side (kPhone or kOffice); a view in trouble is none for those behind it.
Result<std::vector<SqlTrouble>> find_view_trouble(const Schema& schema, Where side);
// Views and acts, on both sides; each place once.
Result<std::vector<SqlTrouble>> find_sql_trouble(const Schema& schema);
// The first of these as kInvalid.
Result<void> check_sql(const Schema& schema);

}  // namespace daybook
