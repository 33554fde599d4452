// SPDX-License-Identifier: Apache-2.0
#include "sync-server/store/sqlite/names.hpp"

namespace daybook {

void Names::keep(std::string_view name, std::int64_t number) {
  numbers_.emplace(name, number);
  names_.emplace(number, name);
}

Result<std::optional<std::int64_t>> Names::find(std::string_view name) {
  if (const auto kept = numbers_.find(name); kept != numbers_.end())
    return std::optional(kept->second);
  DAYBOOK_ASSIGN(const auto number,
                 connection_.find_int64("select number from names where name = ?", name));
  if (number) keep(name, *number);
  return number;
}

Result<std::int64_t> Names::number_of(std::string_view name) {
  DAYBOOK_ASSIGN(const auto known, find(name));
  if (known) return *known;
  DAYBOOK_TRY(connection_.run("insert into names (name) values (?)", name));
  const std::int64_t number = connection_.last_row_id();
  given_.push_back(number);
  keep(name, number);
  return number;
}

Result<std::string> Names::name_of(std::int64_t number) {
  if (const auto kept = names_.find(number); kept != names_.end()) return kept->second;
  DAYBOOK_ASSIGN(auto statement, connection_.prepare("select name from names where number = ?"));
  DAYBOOK_ASSIGN(const bool found, statement.bind_all(number).step());
  if (!found)
    return failure(Errc::kCorrupt, "names.number",
                   "no name has the number " + std::to_string(number));
  std::string name(statement.text(0));
  DAYBOOK_TRY(statement.check());
  keep(name, number);
  return name;
}

void Names::forget_after(Mark mark) {
  while (given_.size() > mark) {
    const auto name = names_.find(given_.back());
    numbers_.erase(name->second);
    names_.erase(name);
    given_.pop_back();
  }
}

}  // namespace daybook
