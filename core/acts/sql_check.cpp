// SPDX-License-Identifier: Apache-2.0
#include "core/acts/sql_check.hpp"

#include <algorithm>

#include "core/acts/act_door.hpp"
#include "core/acts/act_tables.hpp"

namespace daybook {
namespace {

class Trial {
 public:
  Trial(const Schema& schema, Where side, sqlite::ReadDoor& door)
      : schema_(schema), side_(side), door_(door) {}

  Result<void> try_views() {
    for (const auto& view : schema_.views) {
      if (!stands_at(view.at, side_)) continue;
      // Prepared as it will stand, under the authorizer; made only when that went well.
      const std::string create = create_view_sql(schema_, view, side_);
      const std::string select = create.substr(create.find(" as ") + 4);
      if (!try_on("views." + view.name, select)) continue;
      DAYBOOK_TRY(door_.lay(create));
      // As a view it has to work too.
      try_on("views." + view.name, "select * from " + quoted_sql_name(view.name));
    }
    return success();
  }

  void try_acts() {
    for (const auto& act : schema_.acts) {
      if (!stands_at(act.by, side_)) continue;
      const std::string place = "acts." + act.name;
      for (std::size_t i = 0; i < act.conditions.size(); ++i)
        try_expression(place + ".requires[" + std::to_string(i) + "]", act.conditions[i].holds);
      for (const auto& creation : act.creates) {
        const std::string inner = place + ".creates." + creation.as;
        try_expression(inner + ".when", creation.when);
        try_fields(inner + ".set.", creation.set);
      }
      try_fields(place + ".sets.", act.sets);
    }
  }

  std::vector<SqlTrouble> take() { return std::move(trouble_); }

 private:
  void try_fields(const std::string& place, const FieldExpressions& fields) {
    for (const auto& [field, sql] : fields) try_expression(place + field, sql);
  }

  void try_expression(const std::string& place, const std::string& sql) {
    if (!sql.empty()) try_on(place, select_sql(schema_, sql, side_));
  }

  bool try_on(const std::string& place, const std::string& sql) {
    const auto prepared = door_.prepare(sql);
    if (!prepared.ok()) trouble_.push_back({place, prepared.error().detail});
    return prepared.ok();
  }

  const Schema& schema_;
  const Where side_;
  sqlite::ReadDoor& door_;
  std::vector<SqlTrouble> trouble_;
};

Result<std::vector<SqlTrouble>> try_side(const Schema& schema, Where side, bool acts_too) {
  DAYBOOK_ASSIGN(const auto door, open_trial_door(schema, side));
  Trial trial(schema, side, *door);
  DAYBOOK_TRY(trial.try_views());
  if (acts_too) trial.try_acts();
  return trial.take();
}

}  // namespace

Result<std::vector<SqlTrouble>> find_view_trouble(const Schema& schema, Where side) {
  return try_side(schema, side, false);
}

Result<std::vector<SqlTrouble>> find_sql_trouble(const Schema& schema) {
  if (schema.views.empty() && schema.acts.empty()) return std::vector<SqlTrouble>{};
  DAYBOOK_ASSIGN(auto found, try_side(schema, Where::kPhone, true));
  DAYBOOK_ASSIGN(const auto office, try_side(schema, Where::kOffice, true));
  for (const auto& trouble : office) {
    const bool known = std::any_of(found.begin(), found.end(), [&](const SqlTrouble& other) {
      return other.place == trouble.place;
    });
    if (!known) found.push_back({trouble.place, trouble.detail + " (at headquarters)"});
  }
  return found;
}

Result<void> check_sql(const Schema& schema) {
  DAYBOOK_ASSIGN(const auto found, find_sql_trouble(schema));
  if (found.empty()) return success();
  return failure(Errc::kInvalid, found.front().place, found.front().detail);
}

}  // namespace daybook
