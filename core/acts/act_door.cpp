// SPDX-License-Identifier: Apache-2.0
#include "core/acts/act_door.hpp"

#include "core/acts/act_tables.hpp"

namespace daybook {
namespace {

// What only computes. What is not here (load_extension, randomblob, zeroblob, readfile …) is not
// called, however SQLite was built.
constexpr std::string_view kComputing =
    " "
    "abs avg char coalesce count cume_dist current_date current_time current_timestamp date "
    "datetime dense_rank first_value format glob group_concat hex ifnull iif instr json "
    "json_array json_array_length json_extract json_group_array json_group_object json_insert "
    "json_object json_patch json_quote json_remove json_replace json_set json_type json_valid "
    "julianday lag last_value lead length like likelihood likely lower ltrim max min "
    "nth_value ntile nullif percent_rank printf quote rank replace round row_number rtrim "
    "sign strftime substr substring sum time total trim typeof unicode unixepoch unlikely "
    "upper -> ->> ";

bool only_computes(std::string_view function) {
  return function.find(' ') == std::string_view::npos &&
         kComputing.find(" " + std::string(function) + " ") != std::string_view::npos;
}

sqlite::ReadDoorOptions options_for(const Schema& schema, Where side) {
  sqlite::ReadDoorOptions options;
  options.steps_max = kActStepsMax;
  options.steps_per_snapshot = true;
  options.may_call = only_computes;
  options.may_read = [tables = readable_tables(schema, side)](std::string_view table) {
    return tables.find(table) != tables.end();
  };
  return options;
}

}  // namespace

Result<std::unique_ptr<sqlite::ReadDoor>> open_act_door(const std::string& path,
                                                        const Schema& schema, Where side) {
  auto options = options_for(schema, side);
  options.file.path = path;
  options.file.create = false;
  options.file.cache_kib = 1024;
  return sqlite::ReadDoor::open(options);
}

Result<std::unique_ptr<sqlite::ReadDoor>> open_trial_door(const Schema& schema, Where side) {
  auto options = options_for(schema, side);
  options.file.path = ":memory:";
  options.layout = empty_tables_sql(schema, side);
  return sqlite::ReadDoor::open(options);
}

}  // namespace daybook
