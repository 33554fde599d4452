// SPDX-License-Identifier: Apache-2.0
// The parked sets that a set may build upon, by what they write, so that a thousand sets behind a
// hundred parked ones are not each held against all of them. Built and asked by ingest. Values
// only.
#pragma once

#include <map>
#include <vector>

#include "core/model/change_set.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

class ParkedIndex {
 public:
  // In the order in which they were written. An unreadable one builds no bridge: it is waited for
  // only where a later set says so.
  void add(const Schema& rules, const SetId& set, const Body* body);

  // Those that `later` builds upon: it writes a record that they write, refers to a document that
  // they created, or says so. (A fact of its own, a part moved, builds upon nothing.)
  std::vector<SetId> waited_for_by(const Body& later) const;

 private:
  std::vector<SetId> sets_;
  std::map<SetId, std::size_t> places_;
  std::multimap<RecordRef, std::size_t> writers_;
  std::multimap<Uuid, std::size_t> creators_;  // of documents
};

}  // namespace daybook
