// SPDX-License-Identifier: Apache-2.0
#include "client-lib/apply/rebase.hpp"

#include <algorithm>

namespace daybook {
namespace {
constexpr std::size_t kHeldMax = 512;  // decoded bodies at a time
}

Result<const Rebase::Held*> Rebase::held(std::uint64_t number) {
  const auto known = held_.find(number);
  if (known != held_.end()) return &known->second;
  DAYBOOK_ASSIGN(const auto set, store_.find_set(number));
  if (!set) return failure(Errc::kCorrupt, "own_set", "missing: " + std::to_string(number));
  DAYBOOK_ASSIGN(auto body, decode_body(set->body));
  return &held_.insert_or_assign(number, Held{std::move(body), set->state}).first->second;
}

Result<std::optional<ShadowRow>> Rebase::find_shadow(const RecordRef& record) {
  if (!has_shadows_) {
    DAYBOOK_ASSIGN(has_shadows_, store_.has_shadows());
  }
  if (!*has_shadows_) return std::optional<ShadowRow>{};
  return store_.find_shadow(record);
}

Result<std::vector<Layer>> Rebase::layers_of(const std::vector<std::uint64_t>& numbers) {
  if (held_.size() + numbers.size() > kHeldMax) held_.clear();
  std::vector<Layer> layers;
  for (const std::uint64_t number : numbers) {
    DAYBOOK_ASSIGN(const Held* one, held(number));
    layers.push_back({&one->body, one->state});
  }
  return layers;
}

Result<void> Rebase::change_state(std::uint64_t number, SetState state) {
  if (held_.size() >= kHeldMax) held_.clear();
  DAYBOOK_ASSIGN(const Held* one, held(number));
  if (one->state == state) return {};
  for (const RecordRef& record : records_of(one->body)) touched_.insert(record);
  held_.at(number).state = state;
  return store_.set_state(number, state);
}

Result<void> Rebase::settle(std::uint64_t number, bool stands) {
  settled_.insert_or_assign(number, stands);
  return change_state(number, SetState::kSettled);
}

Result<void> Rebase::settle_run(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t number = first; number <= last; ++number) {
    settled_.insert_or_assign(number, true);
    in_runs_.insert(number);
    held_.erase(number);
  }
  return store_.settle_sets(first, last);
}

Result<void> Rebase::park(std::uint64_t number) { return change_state(number, SetState::kParked); }

Result<void> Rebase::reopen(std::uint64_t number, SetState state) {
  ensure(state != SetState::kSettled);
  settled_.erase(number);
  DAYBOOK_TRY(change_state(number, state));
  DAYBOOK_ASSIGN(const Held* one, held(number));
  for (const RecordRef& record : records_of(one->body)) {
    DAYBOOK_ASSIGN(auto shadow, find_shadow(record));
    if (!shadow) {
      shadow.emplace();
      DAYBOOK_ASSIGN(const auto row, store_.find_row(record));
      if (row) {
        shadow->office = row->values;
        shadow->version = row->version;
        shadow->foreign = row->foreign;
      }
    }
    const auto at = std::lower_bound(shadow->sets.begin(), shadow->sets.end(), number);
    if (at == shadow->sets.end() || *at != number) shadow->sets.insert(at, number);
    DAYBOOK_TRY(store_.put_shadow(record, *shadow));
    has_shadows_ = true;
  }
  return {};
}

Result<void> Rebase::put_view(const RecordRef& record, const std::optional<ViewRow>& before,
                              const ViewRow& row) {
  if (!before || before->values != row.values || before->state != row.state) notes_.note(record);
  return before ? store_.change_row(record, *before, row) : store_.put_row(record, row);
}

Result<void> Rebase::erase_view(const RecordRef& record, const std::optional<ViewRow>& before) {
  if (!before) return {};
  notes_.note(record);
  return store_.erase_row(record);
}

Result<void> Rebase::lay_anew(const RecordRef& record, ShadowRow shadow,
                              const std::optional<ViewRow>& before, ScopeMask scopes,
                              std::uint64_t round) {
  touched_.erase(record);
  auto& sets = shadow.sets;
  std::vector<std::uint64_t> standing;
  for (const std::uint64_t number : sets) {
    const auto settled = settled_.find(number);
    if (settled != settled_.end() && settled->second) standing.push_back(number);
  }
  sets.erase(std::remove_if(sets.begin(), sets.end(),
                            [&](std::uint64_t n) { return settled_.count(n) > 0; }),
             sets.end());
  if (scopes == 0 && shadow.office && !sets.empty() && !standing.empty()) {
    // No row comes any more to bring what was settled, and whoever writes on must see his own work.
    DAYBOOK_ASSIGN(const auto layers, layers_of(standing));
    shadow.office = lay(schema_, record, shadow.office, layers).values;
  }
  ViewRow row;
  row.version = shadow.version;
  row.foreign = shadow.foreign;
  row.scopes = scopes;
  row.round = round;
  if (sets.empty()) {
    DAYBOOK_TRY(store_.erase_shadow(record));
    if (!shadow.office || scopes == 0) return erase_view(record, before);
    row.values = std::move(*shadow.office);
    return put_view(record, before, row);
  }
  DAYBOOK_ASSIGN(const auto layers, layers_of(sets));
  Laid laid = lay(schema_, record, shadow.office, layers);
  shadow.covered = std::move(laid.covered);
  shadow.creator = laid.creator;
  shadow.last_writer = layers.back().body->id;
  DAYBOOK_TRY(store_.put_shadow(record, shadow));
  if (!laid.values) return erase_view(record, before);
  row.values = std::move(*laid.values);
  const bool gone = scopes == 0 && shadow.office.has_value();
  row.state = gone          ? RowState::kNoLongerYours
              : laid.parked ? RowState::kParked
                            : RowState::kPending;
  return put_view(record, before, row);
}

// Whether the new row is just the old one with our own settled sets in it: then nobody else wrote
// it, and after a restore of the server sending the sets again brings all of it back.
Result<Version> Rebase::foreign_after(const RecordRef& record, const ShadowRow& shadow,
                                      const Fields& values, Version version) {
  if (version == shadow.version) return shadow.foreign;
  std::vector<std::uint64_t> lifted;
  for (const std::uint64_t number : shadow.sets) {
    if (settled_.count(number) > 0) lifted.push_back(number);
  }
  if (lifted.empty()) return version;
  DAYBOOK_ASSIGN(const auto layers, layers_of(lifted));
  const Laid laid = lay(schema_, record, shadow.office, layers);
  return laid.values && *laid.values == values ? shadow.foreign : version;
}

Result<void> Rebase::put_office_row(const RecordRef& record, Fields values, Version version,
                                    ScopeMask joined, std::uint64_t round) {
  DAYBOOK_ASSIGN(const auto before, store_.find_row(record));
  DAYBOOK_ASSIGN(auto shadow, find_shadow(record));
  const ScopeMask scopes = joined | (before ? before->scopes : 0);
  if (shadow) {
    DAYBOOK_ASSIGN(shadow->foreign, foreign_after(record, *shadow, values, version));
    shadow->office = std::move(values);
    shadow->version = version;
    return lay_anew(record, std::move(*shadow), before, scopes, round);
  }
  touched_.erase(record);
  ViewRow row;
  row.foreign = before && before->version == version ? before->foreign : version;
  row.values = std::move(values);
  row.version = version;
  row.scopes = scopes;
  row.round = round;
  return put_view(record, before, row);
}

Result<void> Rebase::confirm(const RecordRef& record, Version version, ScopeMask joined,
                             std::uint64_t round) {
  DAYBOOK_ASSIGN(const auto shadow, find_shadow(record));
  if (!shadow) return failure(Errc::kCorrupt, "shadow", "of own work that was open");
  std::vector<std::uint64_t> run;
  for (const std::uint64_t number : shadow->sets) {
    if (in_runs_.contains(number)) run.push_back(number);
  }
  if (run.size() == shadow->sets.size()) {
    // Nothing else lies over it: the view shows what these sets made of the office's version, and
    // that is the office's version now.
    DAYBOOK_ASSIGN(const bool shown,
                   store_.confirm_row(record, {version, shadow->foreign, joined, round}));
    if (shown) {
      touched_.erase(record);
      notes_.note(record);
      return store_.erase_shadow(record);
    }
  }
  DAYBOOK_ASSIGN(const auto layers, layers_of(run));
  Laid laid = lay(schema_, record, shadow->office, layers);
  if (!laid.values) return failure(Errc::kCorrupt, "own_set", "an edit of nothing");
  return put_office_row(record, std::move(*laid.values), version, joined, round);
}

Result<void> Rebase::leave(const RecordRef& record, ScopeMask left) {
  DAYBOOK_ASSIGN(const auto before, store_.find_row(record));
  if (!before || (before->scopes & left) == 0) return {};
  const ScopeMask scopes = before->scopes & ~left;
  DAYBOOK_ASSIGN(auto shadow, find_shadow(record));
  if (shadow) return lay_anew(record, std::move(*shadow), before, scopes, before->round);
  if (scopes == 0) return erase_view(record, before);
  ViewRow row = *before;
  row.scopes = scopes;
  return put_view(record, before, row);
}

Result<void> Rebase::forget_office(const RecordRef& record) {
  DAYBOOK_ASSIGN(const auto before, store_.find_row(record));
  DAYBOOK_ASSIGN(auto shadow, find_shadow(record));
  if (!shadow) return erase_view(record, before);
  shadow->office.reset();
  shadow->version = 0;
  shadow->foreign = 0;
  return lay_anew(record, std::move(*shadow), before, 0, 0);
}

Result<void> Rebase::finish() {
  while (!touched_.empty()) {
    const RecordRef record = *touched_.begin();
    DAYBOOK_ASSIGN(auto shadow, find_shadow(record));
    if (!shadow) {
      touched_.erase(record);
      continue;
    }
    DAYBOOK_ASSIGN(const auto before, store_.find_row(record));
    DAYBOOK_TRY(lay_anew(record, std::move(*shadow), before, before ? before->scopes : 0,
                         before ? before->round : 0));
  }
  return {};
}

}  // namespace daybook
