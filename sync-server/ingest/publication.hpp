// SPDX-License-Identifier: Apache-2.0
// Headquarters changes the rules. A publication is a fact like any other, through the one write
// door: who, when, which version and digest in place of which, and why. The set itself lies beside
// it (ServerStore::put_schema), and its digest in the chain of commits holds it to its word. Called
// by api and session inside a group, core thread only.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/model/change_set.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// Whether `next` may follow `now` over the records that are there. kInvalid names what stands
// against it: a version that does not rise, or a change under which records would be misread or
// would belong to other people than they were sent to.
Result<void> check_may_follow(ServerStore& store, const Schema& now, const Schema& next);

// What the book keeps of it: the one change of an office set.
Change publication_of(const Schema& next, std::uint64_t replaces, const std::string& reason);

}  // namespace daybook
