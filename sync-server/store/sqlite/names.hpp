// SPDX-License-Identifier: Apache-2.0
// Collections, scopes and actors as the small numbers that the tables hold. Every name met is kept
// in memory (a company has thousands of them, not millions); a name that a taken-back transaction
// brought is forgotten with it. Used by the SQLite store.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/platform/sqlite/statement.hpp"

namespace daybook {

class Names {
 public:
  using Mark = std::size_t;

  explicit Names(sqlite::Connection& connection) : connection_(connection) {}

  // Empty when nobody has used the name yet.
  Result<std::optional<std::int64_t>> find(std::string_view name);
  // Gives it a number if it has none. REQUIRES: a transaction that may write.
  Result<std::int64_t> number_of(std::string_view name);
  // kCorrupt for a number that was never given.
  Result<std::string> name_of(std::int64_t number);

  // Names given after the mark are forgotten; to be called when the transaction that gave them is
  // taken back.
  Mark mark() const { return given_.size(); }
  void forget_after(Mark mark);
  void settle() { given_.clear(); }

 private:
  void keep(std::string_view name, std::int64_t number);

  sqlite::Connection& connection_;
  std::map<std::string, std::int64_t, std::less<>> numbers_;
  std::map<std::int64_t, std::string> names_;
  std::vector<std::int64_t> given_;  // in the open transaction
};

}  // namespace daybook
