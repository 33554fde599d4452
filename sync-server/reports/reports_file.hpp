// SPDX-License-Identifier: Apache-2.0
// The reports file: a copy of the book for reading, one typed table per collection and a view over
// it, so that lists, filters, exports and analysts' SQL never make the book wait. Follows the book
// commit by commit; what it shows is always one state that the book once had. Holds nothing that
// is not in the book: when it does not fit (restored book, other schema, damage) it is made anew.
// Owned by one thread, beside the one that owns the book. Readers: reports_reader.hpp. Layout:
// REPORTS.md.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/model/change_set.hpp"
#include "core/platform/sqlite/connection.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// "DBrp"
inline constexpr std::uint32_t kReportsApplicationId = 0x44427270;

class ReportsFile {
 public:
  // Opens what is there, or begins anew where it does not fit the book and the schema. Before any
  // reader. `book` is a read-only store, inside a snapshot of the caller's.
  static Result<std::unique_ptr<ReportsFile>> open(const std::string& path, const Schema& schema,
                                                   ServerStore& book);

  // Takes in what the book has committed since, at most `commits_max` of it; returns where it
  // stands now. `book` as above.
  Result<StoreHead> follow(ServerStore& book, std::size_t commits_max);

  const Schema& rules() const { return schema_; }
  const StoreHead& stands_at() const { return stands_at_; }

 private:
  ReportsFile(std::string path, const Schema& schema) : path_(std::move(path)), schema_(schema) {}
  Result<void> begin_anew();
  Result<void> load_state();
  Result<bool> go_on_from(ServerStore& book);
  Result<void> take_in(ServerStore& book, const StoreHead& head, Version through);
  Result<void> put_commit(ServerStore& book, const CommitRow& row, const Body& body);

  std::string path_;
  const Schema& schema_;
  std::unique_ptr<sqlite::Connection> connection_;
  StoreHead stands_at_;
  std::map<Lineage, std::string> devices_;
};

}  // namespace daybook
