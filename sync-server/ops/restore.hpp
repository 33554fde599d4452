// SPDX-License-Identifier: Apache-2.0
// Putting a backup back: the store that was there is kept aside, the copy is proved, and a new
// epoch begins where the backup ends, so that phones notice and send again what is missing. For
// `daybook restore`, while no daybookd serves the store.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

struct RestoreReport {
  StoreHead restored;     // where the backup ends; the new epoch starts here
  EpochId epoch;          // the new one
  Version lost_from = 0;  // commits of the old store that the backup does not have; 0 = none known
  Version lost_through = 0;
  std::string kept_aside;  // path of the old store; empty when there was none
};

// kBusy: a daybookd serves the store. kCorrupt: the backup does not verify, nothing was changed.
Result<RestoreReport> restore_store(const std::string& store_path, const std::string& backup_path,
                                    Clock& clock, Rng& rng);

}  // namespace daybook
