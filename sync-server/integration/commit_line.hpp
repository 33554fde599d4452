// SPDX-License-Identifier: Apache-2.0
// One commit as one line of JSON, whole: who did what, what became of it, and what is in force now.
// The feed, live or paged, and the webhooks send these lines (API.md, "The feed"). Whoever owns the
// store, inside one snapshot.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "core/schema/schema.hpp"
#include "sync-server/api/json_in.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// A reader's place in the book: the commit read last, and the beginning of its head hash, which
// tells a restored book from the one that was read before.
std::string feed_cursor(Version version, const Digest& head);
// The version behind a cursor; "" and "0" are the beginning. kInvalid for one that is none of
// ours, kNotFound for one from a past that this book does not have (it was restored).
Result<Version> read_feed_cursor(ServerStore& book, const std::string& text);

// Names of collections; empty: all. kUnknownCollection names the one that is not in the schema.
using WantedCollections = std::set<std::string>;
Result<WantedCollections> wanted_in(const Schema& schema, const std::string& comma_separated);

// Empty when nothing in the commit is of a wanted collection.
Result<std::string> commit_line(ServerStore& book, const Schema& schema, const CommitRow& row,
                                const WantedCollections& wanted);

// How far one walk goes at the most.
struct WalkLimits {
  std::size_t lines;      // told
  std::size_t size;       // bytes of lines, beyond which no further one begins
  std::size_t looked_at;  // commits, of which none need be wanted
};

// Tells the wanted commits after `after`, in order, and returns the version that was looked at
// last.
Result<Version> tell_commits(
    ServerStore& book, const Schema& schema, const WantedCollections& wanted, Version after,
    const WalkLimits& limits,
    const std::function<void(const std::string& line, const CommitRow& row)>& tell);

}  // namespace daybook
