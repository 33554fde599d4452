// SPDX-License-Identifier: Apache-2.0
// What somebody who is bound to an organisation may write: records that were his and are his
// afterwards. What is not his is told as what does not exist. Used by Office around the one write
// door; says nothing to an account that sees the whole house. Core thread only.
#pragma once

#include <vector>

#include "core/base/result.hpp"
#include "core/model/change_set.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/auth/territory.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

struct OfficeEdit;

// What a reference names, or a list of them.
std::vector<Uuid> references_in(const Value& value);

class Bounds {
 public:
  Bounds(const Territory& territory, ServerStore& store, const Schema& schema)
      : territory_(territory), store_(store), schema_(schema) {}

  // What he creates belongs to his own organisation unless it says otherwise.
  void fill_in(std::vector<OfficeEdit>& edits) const;
  Result<void> check_before(const std::vector<OfficeEdit>& edits) const;
  // When the set is written, and may still be taken back.
  Result<void> check_after(const Body& body) const;

 private:
  Result<void> check_collection(const CollectionSchema& collection, const OfficeEdit& edit) const;
  Result<void> check_references(const CollectionSchema& collection,
                                const std::vector<OfficeEdit>& edits, std::size_t at) const;
  Result<bool> may_refer(const RecordRef& target, const std::vector<OfficeEdit>& edits) const;

  const Territory& territory_;
  ServerStore& store_;
  const Schema& schema_;
};

}  // namespace daybook
