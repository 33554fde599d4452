// SPDX-License-Identifier: Apache-2.0
// The schema's views beside its tables: dropped and made anew with every new schema, because only
// their text is theirs. All views of the file are the schema's; ours are tables.
#include <algorithm>

#include "client-lib/local/sqlite/store.hpp"
#include "core/acts/act_tables.hpp"
#include "core/acts/sql_check.hpp"

namespace daybook {

Result<void> SqliteLocalStore::drop_views() {
  std::vector<std::string> names;
  {
    DAYBOOK_ASSIGN(auto read, file_->prepare("select name from sqlite_schema where type = 'view'"));
    for (;;) {
      DAYBOOK_ASSIGN(const bool more, read.step());
      if (!more) break;
      names.emplace_back(read.text(0));
    }
    DAYBOOK_TRY(read.check());
  }
  for (const auto& name : names) DAYBOOK_TRY(file_->execute("drop view " + quoted_sql_name(name)));
  return {};
}

// A view that does not work is left out: the records come in all the same, and who selects from it
// is told that there is none (daybook_inspect names it, and why).
Result<void> SqliteLocalStore::make_views(const Schema& schema) {
  if (schema.views.empty()) return {};
  DAYBOOK_ASSIGN(const auto trouble, find_view_trouble(schema, Where::kPhone));
  for (const auto& view : schema.views) {
    const bool works = std::none_of(trouble.begin(), trouble.end(), [&](const SqlTrouble& each) {
      return each.place == "views." + view.name;
    });
    // A table may be left from an older schema under this name.
    const bool is_free = may_name_table(view.name) && plan_of(view.name) == nullptr;
    if (!works || !is_free || !stands_at(view.at, Where::kPhone)) continue;
    DAYBOOK_TRY(file_->execute(create_view_sql(schema, view, Where::kPhone)));
  }
  return {};
}

}  // namespace daybook
