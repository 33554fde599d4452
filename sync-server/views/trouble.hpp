// SPDX-License-Identifier: Apache-2.0
// What a reader of a page must not miss: phones with unsent work, open cases, values that were
// proposed, merged or taken over. Read from the store for the pages of this room; core thread only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/model/change_set.hpp"
#include "core/model/conflict_case.hpp"
#include "core/model/receipt.hpp"
#include "sync-server/auth/territory.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

struct UnsentPhone {
  DeviceRow device;
  ContactRow contact;
};
// Phones in use that said at their last contact that something waits on them.
// `sees`: of the people in it; null: of the whole house. So below.
Result<std::vector<UnsentPhone>> find_unsent_phones(ServerStore& store, const Territory* sees);

// Open cases by record.
Result<std::map<RecordRef, std::vector<ConflictCase>>> open_cases_by_record(ServerStore& store,
                                                                            const Territory* sees);

// One field of one set that is not simply in force as asked.
struct OutcomeNotice {
  FieldReceipt field;
  ActorId actor;
  std::int64_t received_ms = 0;
  Version commit = 0;
};
struct StoryOf {
  std::vector<OutcomeNotice> notices;  // newest first
};
// What the sets that wrote `records` say about them beyond their values.
Result<StoryOf> load_story(ServerStore& store, const std::set<RecordRef>& records);

}  // namespace daybook
