// SPDX-License-Identifier: Apache-2.0
// The small named facts of a phone's file, with their types and in one place. Used by apply, outbox
// and session inside their transactions.
#pragma once

#include "client-lib/local/local_store.hpp"

namespace daybook::setting {

inline constexpr char kEnrolment[] = "enrolment";
inline constexpr char kSchema[] = "schema";  // JSON
inline constexpr char kHeld[] =
    "held";  // number of the newest set that the server is known to hold
inline constexpr char kKnown[] =
    "known";  // number of the newest incarnation that the server is known to know
inline constexpr char kRound[] = "round";  // counts pages that were applied
inline constexpr char kCursor[] =
    "cursor";  // of the last complete state, as the server may still know it
inline constexpr char kComplete[] =
    "complete";  // version of the last complete state; absent: never complete
inline constexpr char kViewEpoch[] = "view_epoch";  // in which the rows of the view were served
inline constexpr char kPositions[] = "positions";   // per scope, as the server gave them
inline constexpr char kContact[] = "contact";       // wall ms of the last reply

}  // namespace daybook::setting

namespace daybook {

Result<std::optional<std::uint64_t>> find_number(LocalStore& store, const char* name);
Result<void> put_number(LocalStore& store, const char* name, std::uint64_t number);
Result<std::optional<Cursor>> find_cursor(LocalStore& store);
Result<void> put_cursor(LocalStore& store, const Cursor& cursor);
Result<EpochId> find_view_epoch(LocalStore& store);  // zero before the first page
Result<void> put_view_epoch(LocalStore& store, const EpochId& epoch);

}  // namespace daybook
