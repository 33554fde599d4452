// SPDX-License-Identifier: Apache-2.0
// What an act would do, now: whether what it requires holds, and if so which records it creates and
// which fields it sets. Reads through an act door (act_door.hpp) and writes nothing; whoever asked
// makes one change set of the answer. Used by client-lib/acts and sync-server/acts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/model/change_set.hpp"
#include "core/platform/sqlite/read_door.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

struct ActCall {
  std::optional<Uuid> about;
  Fields arguments;
  ActorId me;
  std::int64_t now_ms = 0;
  std::int64_t today_ms = 0;  // when the day began where it is done
  Version revision = 0;       // of the book that it is asked of: on a phone, as far as it has read
  bool despite_warnings = false;
  // How many cases wait for a person; asked for when an expression names :cases. None on a phone.
  std::function<Result<std::int64_t>()> open_cases{};
};

struct ActSaying {
  std::string zh, en;
};

struct ActRecord {
  std::string as;
  RecordRef record;
  Fields values;
};

struct ActEffect {
  std::vector<ActSaying> missing, warnings;
  // Nothing is missing, and warnings were told to be passed over. Only then is the rest there.
  bool may_go_on = false;
  std::vector<ActRecord> created;
  Fields sets;  // of the record that the act is about
};

struct ActWorld {
  sqlite::ReadDoor& door;
  const Schema& schema;
  Where side = Where::kPhone;  // kPhone or kOffice
  std::function<Uuid()> make_id;
};

// Midnight before `now_ms` where clocks are `utc_offset_min` ahead of UTC.
std::int64_t start_of_day(std::int64_t now_ms, std::int64_t utc_offset_min);

// kNotFound at "act": the schema has none of this name.
Result<const ActSchema*> load_act(const Schema& schema, const std::string& name);
// Only the conditions: may_go_on says whether the act could be done.
Result<ActEffect> weigh_act(const ActWorld& world, const ActSchema& act, const ActCall& call);
// All of it. kForbidden: not this side's act. kUnknownRecord: what it is about is not here.
// Errors of expressions name them: "acts.take_over.sets.status".
Result<ActEffect> evaluate_act(const ActWorld& world, const ActSchema& act, const ActCall& call);

}  // namespace daybook
