// SPDX-License-Identifier: Apache-2.0
// Puts the office's version of a record under the own sets that are still open, and lifts those
// that are settled. Used by apply and fork, and by the session when a set is discarded; always
// inside one local transaction of the caller, so that a reader sees the office state and the lifted
// overlay together or neither.
#pragma once

#include <map>
#include <set>

#include "client-lib/local/change_notes.hpp"
#include "client-lib/local/local_store.hpp"
#include "client-lib/local/overlay.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

class Rebase {
 public:
  Rebase(LocalStore& store, const Schema& schema, ChangeNotes& notes)
      : store_(store), schema_(schema), notes_(notes) {}

  // The set's state changes; its records are laid anew when the office names them, or by finish().
  // `stands`: it was applied (not refused or discarded), so that what it wrote does not vanish from
  // a record that the office shows no more.
  Result<void> settle(std::uint64_t number, bool stands);
  // As settle() with `stands`, for a run of own sets whose records the page names, each by
  // confirm(): the sets need not be read.
  Result<void> settle_run(std::uint64_t first, std::uint64_t last);
  Result<void> park(std::uint64_t number);
  // A settled set lies over its records again: the verdict was lost with a restored server.
  // `state`: kOpen or kParked.
  Result<void> reopen(std::uint64_t number, SetState state);

  // What the office says of a record.
  Result<void> put_office_row(const RecordRef& record, Fields values, Version version,
                              ScopeMask joined, std::uint64_t round);
  // The office has the record exactly as the runs of own sets made it.
  Result<void> confirm(const RecordRef& record, Version version, ScopeMask joined,
                       std::uint64_t round);
  // A membership ends. With the last one the record goes, unless an open set lies on it.
  Result<void> leave(const RecordRef& record, ScopeMask left);
  // As if the office had never shown it.
  Result<void> forget_office(const RecordRef& record);

  // Lays anew what settle(), park() and reopen() touched and the office did not name since.
  Result<void> finish();

 private:
  struct Held {
    Body body;
    SetState state = SetState::kOpen;
  };

  Result<const Held*> held(std::uint64_t number);
  Result<std::optional<ShadowRow>> find_shadow(const RecordRef& record);
  Result<std::vector<Layer>> layers_of(const std::vector<std::uint64_t>& numbers);
  Result<void> change_state(std::uint64_t number, SetState state);
  Result<Version> foreign_after(const RecordRef& record, const ShadowRow& shadow,
                                const Fields& values, Version version);
  // `before`: the view as it is; its scopes and round are taken over into what is written.
  Result<void> lay_anew(const RecordRef& record, ShadowRow shadow,
                        const std::optional<ViewRow>& before, ScopeMask scopes,
                        std::uint64_t round);
  Result<void> put_view(const RecordRef& record, const std::optional<ViewRow>& before,
                        const ViewRow& row);
  Result<void> erase_view(const RecordRef& record, const std::optional<ViewRow>& before);

  LocalStore& store_;
  const Schema& schema_;
  ChangeNotes& notes_;
  std::map<std::uint64_t, Held> held_;
  std::map<std::uint64_t, bool> settled_;  // by number: does it stand?
  std::set<std::uint64_t> in_runs_;        // settled in runs: at most the sets of a batch
  std::optional<bool> has_shadows_;        // a first download then looks for none
  std::set<RecordRef> touched_;
};

}  // namespace daybook
