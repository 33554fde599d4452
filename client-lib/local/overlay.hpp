// SPDX-License-Identifier: Apache-2.0
// Lays own unsettled sets over the office's version of one record: the view. Used by capture (the
// newest set on top), apply (all of them over a newer office row) and outbox (after a discard).
// Pure. Decides nothing: what the office will make of it, only it knows.
#pragma once

#include <optional>
#include <vector>

#include "client-lib/local/local_store.hpp"
#include "core/model/change_set.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

struct Layer {
  const Body* body = nullptr;  // never null
  SetState state = SetState::kOpen;
};

struct Laid {
  std::optional<Fields> values;       // empty: there is nothing to show
  std::vector<CoveredField> covered;  // the earliest layer's base for each field
  std::optional<SetId> creator;
  bool parked = false;
};

// `layers` in the order the sets were made. An edit of what is neither at the office nor created
// here shows nothing.
Laid lay(const Schema& schema, const RecordRef& record, const std::optional<Fields>& office,
         const std::vector<Layer>& layers);

// One more set on what is shown already. Returns false when it does not touch the record.
bool lay_on_top(const Schema& schema, const RecordRef& record, const Body& body, Laid& laid);

// The records that a set writes or claims, each once.
std::vector<RecordRef> records_of(const Body& body);

}  // namespace daybook
