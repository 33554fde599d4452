// SPDX-License-Identifier: Apache-2.0
#include "sync-server/ingest/publication.hpp"

#include "core/schema/compare.hpp"
#include "sync-server/store/rule_book.hpp"

namespace daybook {
Result<void> check_may_follow(ServerStore& store, const Schema& now, const Schema& next) {
  if (next.name != now.name)
    return failure(Errc::kInvalid, "name", "the set in force is called " + now.name);
  if (next.version <= now.version) {
    return failure(Errc::kInvalid, "version",
                   "version " + std::to_string(now.version) + " is in force; the next is higher");
  }
  for (const auto& change : compare(now, next)) {
    if (!misreads_records(change)) continue;
    DAYBOOK_ASSIGN(const auto records, store.count_records(change.collection));
    if (records == 0) continue;
    return failure(Errc::kInvalid, change.collection,
                   sentence_of(change, false) + "; " + std::to_string(records) +
                       " records were written and given out under the other");
  }
  return success();
}

Change publication_of(const Schema& next, std::uint64_t replaces, const std::string& reason) {
  Change change;
  change.record = {std::string(kRuleSetCollection),
                   *Uuid::from(next.digest.view().first(Uuid::kSize))};
  change.created.append("digest", Value::bytes(copy_of(next.digest.view())));
  change.created.append("reason", Value::text(reason));
  change.created.append("version", Value::integer(static_cast<std::int64_t>(next.version)));
  change.created.append("replaces", Value::integer(static_cast<std::int64_t>(replaces)));
  return change;
}

}  // namespace daybook
