// SPDX-License-Identifier: Apache-2.0
// Who may see what: keeps member(scope, record) = {count of live reference paths, entered, left,
// version} as the schema's scope rules ask, inside the very commit that changes a scope field or a
// reference. Called by ingest after a record was put. Core thread only. Does not serve anything:
// see sync-server/feed.
#pragma once

#include <set>
#include <string>

#include "core/base/result.hpp"
#include "sync-server/store/rule_book.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// Scope keys.
inline const std::string kSharedScope = "shared";
inline std::string scope_of_user(const ActorId& actor) { return "user:" + actor; }
// No device is served it: what belongs to an organisation, for people at headquarters.
std::string scope_of_organisation(const Uuid& organisation);

// Where a record stands towards one device, whatever its scopes.
enum class Standing : std::uint8_t { kNever, kFormer, kPresent };

class Membership {
 public:
  Membership(const Rules& rules, ServerStore& store) : rules_(rules), store_(store) {}

  // `before` is null when the commit created the record. REQUIRES: store_.put_record(after,
  // parent_of(after)) was called.
  Result<void> record_changed(const RecordState* before, const RecordState& after, Version commit);

  // A set that was published in `commit`: where it says otherwise which organisation records belong
  // to, those that are there follow. REQUIRES: the rules of this membership are still those before.
  Result<void> rules_change(const Schema& next, Version commit);

  // The record whose scopes it shares, by the value of the collection's parent reference.
  std::optional<Uuid> parent_of(const RecordState& state) const;

  Result<Standing> standing_of(const std::string& scope, const RecordRef& record);

  // Scopes in which something moved since the last call: whom to ring.
  std::set<std::string> take_touched() { return std::exchange(touched_, {}); }

 private:
  // What the values of one record contribute: scopes it is a root of, its parent, and the records
  // it brings along.
  struct Paths {
    std::set<std::string> roots;
    std::optional<RecordRef> parent;
    std::multiset<RecordRef> followed;
  };
  Paths paths_of(const RecordState& state) const;
  Result<void> move_organisations(const std::string& collection, const Schema& next,
                                  Version commit);
  // Do both contribute the same? Without working it out.
  bool leads_alike(const RecordState& before, const RecordState& after) const;
  // Does any field of it bring other records along?
  bool follows(const std::string& collection) const;
  Result<void> spread_change(const Paths& was, const Paths& is, bool created,
                             const RecordState& after, Version commit);
  Result<std::set<std::string>> live_scopes_of(const RecordRef& record);
  Result<void> change_path(const std::string& scope, const RecordRef& record, int by,
                           Version commit, int depth);
  Result<void> spread(const std::string& scope, const RecordRef& record, int by, Version commit,
                      int depth);
  Result<void> follow_differences(const std::string& scope, const Paths& was, const Paths& is,
                                  Version commit);

  Rules rules_;
  ServerStore& store_;
  std::set<std::string> touched_;
  const RecordState* at_hand_ = nullptr;  // the record that is changing: need not be read again
};

}  // namespace daybook
