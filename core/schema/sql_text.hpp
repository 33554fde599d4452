// SPDX-License-Identifier: Apache-2.0
// What can be seen of a piece of SQL without a database: whether it stands alone, the names in it,
// the parameters it wants, and how far it can unfold. A schema comes from elsewhere: what is put
// between our own words must not end them, and a few lines that name each other twice must not
// become millions when SQLite reads them. Says nothing about whether the SQL is right: who has
// tables finds that out (core/acts). Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace daybook {

struct SqlText {
  std::string first_word;            // lower case; empty when it does not begin with a word
  std::set<std::string> names;       // words and whatever stands in quotes, lower case
  std::set<std::string> parameters;  // of :name, without the colon
  // Names where a table may stand, and how often; rather too many than too few.
  std::map<std::string, std::size_t> sources;
  // How often at most the tables of this text are read anew because a WITH is named repeatedly.
  std::size_t unfolds = 1;
};

inline constexpr std::size_t kSqlWeightMax = 250;

// kInvalid, with nothing in Error::field: empty; a semicolon; a bracket, quote or comment that is
// left open; a parameter that is not :name; what unfolds beyond kSqlWeightMax.
Result<SqlText> read_sql_text(std::string_view sql);

// Texts of views and WITHs that SQLite unfolds for it at most; `views` holds the weight of each
// view that there is.
std::size_t weight_of(const SqlText& text, const std::map<std::string, std::size_t>& views);

}  // namespace daybook
