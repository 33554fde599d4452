// SPDX-License-Identifier: Apache-2.0
// What an author could have seen: the test that decides whether there is a conflict at all.
#include <algorithm>

#include "core/base/planted_bug.hpp"
#include "core/merge/merge.hpp"

namespace daybook {
namespace {

// Did the author's own lineage, before this set, reach `seq` of `lineage`?
bool is_own_past(const Sight& sight, Lineage lineage, std::uint64_t seq) {
  if (lineage == kOfficeLineage || sight.lineage == kOfficeLineage) return false;
  if (lineage == sight.lineage) return seq < sight.seq;
  return std::any_of(sight.ancestors.begin(), sight.ancestors.end(),
                     [&](const Sight::Ancestor& ancestor) {
                       return ancestor.lineage == lineage && seq <= ancestor.seq_max;
                     });
}

}  // namespace

bool Sight::sees(const Write& write, Version base) const {
  if (write.commit <= base) return true;
  // A merged value holds words of somebody else, so the set whose arrival made it has not seen it.
  const bool is_own_value = write.exact || planted(PlantedBug::kOwnMergeCountedAsSeen);
  return is_own_value && is_own_past(*this, write.lineage, write.seq);
}

bool Sight::sees(const FieldState& field, Version base) const {
  if (sees(field.write, base)) return true;
  return std::any_of(field.seen_by.begin(), field.seen_by.end(), [&](const SeenBy& seen) {
    return is_own_past(*this, seen.lineage, seen.seq);
  });
}

}  // namespace daybook
