// SPDX-License-Identifier: Apache-2.0
// What one local transaction changed, for watches: noted while it runs, told after it committed.
// Bounded: of a collection with very many changes it only says that anything may have changed.
// Value type.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/model/ids.hpp"
#include "core/model/receipt.hpp"

namespace daybook {

struct ChangeNotes {
  static constexpr std::size_t kIdsMax = 1000;
  struct Ids {
    std::set<Uuid> ids;
    bool any = false;  // too many to name
  };

  std::map<std::string, Ids> records;
  std::vector<Receipt> receipts;

  void note(const RecordRef& record) {
    Ids& of = records[record.collection];
    if (of.any) return;
    of.ids.insert(record.id);
    if (of.ids.size() > kIdsMax) {
      of.any = true;
      of.ids.clear();
    }
  }
  void note(const Receipt& receipt) { receipts.push_back(receipt); }
  void clear() {
    records.clear();
    receipts.clear();
  }
};

}  // namespace daybook
