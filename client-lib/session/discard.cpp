// SPDX-License-Identifier: Apache-2.0
#include "client-lib/session/discard.hpp"

#include <algorithm>
#include <set>

namespace daybook {
namespace {

constexpr std::size_t kAtOnce = 64;
constexpr std::size_t kSizeAtOnce = 1 << 20;

struct Doomed {
  std::set<std::uint64_t> numbers;
  std::set<SetId> ids;
};

template <class Visit>
Result<void> each_set_after(LocalStore& store, std::uint64_t number, Visit visit) {
  for (;;) {
    DAYBOOK_ASSIGN(const auto sets, store.sets_after(number, kSizeAtOnce, kAtOnce));
    if (sets.empty()) return {};
    for (const OwnSet& set : sets) DAYBOOK_TRY(visit(set));
    number = sets.back().number;
  }
}

// What builds upon it comes after it, so one pass in order finds all.
Result<Doomed> find_doomed(LocalStore& store, const OwnSet& first) {
  Doomed doomed{{first.number}, {first.id}};
  DAYBOOK_TRY(each_set_after(store, first.number, [&](const OwnSet& set) -> Result<void> {
    DAYBOOK_ASSIGN(const Body body, decode_body(set.body));
    const bool builds = std::any_of(body.depends.begin(), body.depends.end(),
                                    [&](const SetId& id) { return doomed.ids.count(id) > 0; });
    if (builds) {
      doomed.numbers.insert(set.number);
      doomed.ids.insert(set.id);
    }
    return {};
  }));
  return doomed;
}

std::uint64_t new_number(const Doomed& doomed, std::uint64_t number) {
  const auto after = doomed.numbers.lower_bound(number);
  return number - static_cast<std::uint64_t>(std::distance(doomed.numbers.begin(), after));
}

// Else a photo waits for a set that there will only be when somebody makes another.
Result<void> renumber_contents(LocalStore& store, const Doomed& doomed) {
  std::optional<LocalContent> after;
  for (;;) {
    DAYBOOK_ASSIGN(const auto rows, store.contents_after(after, kAtOnce));
    if (rows.empty()) return {};
    after = rows.back();
    for (auto row : rows) {
      const auto number = new_number(doomed, row.number);
      if (number == row.number) continue;
      row.number = number;
      DAYBOOK_TRY(store.put_content(row));
    }
  }
}

// The sets that stay close the ranks: numbers have no gaps.
Result<void> renumber(LocalStore& store, const Doomed& doomed) {
  std::vector<std::uint64_t> moving;
  DAYBOOK_TRY(
      each_set_after(store, *doomed.numbers.begin(), [&](const OwnSet& set) -> Result<void> {
        moving.push_back(set.number);
        return {};
      }));
  for (const std::uint64_t number : moving) {
    DAYBOOK_ASSIGN(auto set, store.find_set(number));
    DAYBOOK_TRY(store.erase_set(number));
    set->number = new_number(doomed, number);
    DAYBOOK_TRY(store.append_set(*set));
  }
  DAYBOOK_ASSIGN(const auto shadows, store.list_shadows());
  for (const RecordRef& record : shadows) {
    DAYBOOK_ASSIGN(auto shadow, store.find_shadow(record));
    for (std::uint64_t& number : shadow->sets) number = new_number(doomed, number);
    DAYBOOK_TRY(store.put_shadow(record, *shadow));
  }
  return renumber_contents(store, doomed);
}

}  // namespace

Result<void> discard_set(ClientState& state, const SetId& id, bool with_dependents) {
  LocalStore& store = *state.store;
  DAYBOOK_ASSIGN(const auto set, store.find_set(id));
  if (!set) return failure(Errc::kNotFound, "set", "not one of this phone's, or released");
  if (set->number <= state.outbox.held())
    return failure(Errc::kForbidden, "set", "the server holds it");
  DAYBOOK_ASSIGN(const Doomed doomed, find_doomed(store, *set));
  if (doomed.numbers.size() > 1 && !with_dependents) {
    return failure(Errc::kInvalid, "set",
                   std::to_string(doomed.numbers.size() - 1) + " later sets build upon it");
  }
  Rebase rebase(store, state.rules(), state.notes);
  for (const std::uint64_t number : doomed.numbers) DAYBOOK_TRY(rebase.settle(number, false));
  DAYBOOK_TRY(rebase.finish());
  for (const std::uint64_t number : doomed.numbers) DAYBOOK_TRY(store.erase_set(number));
  DAYBOOK_TRY(renumber(store, doomed));
  // The server may have got the set although its answer never came, so its place in the chain is
  // not given to another.
  DAYBOOK_ASSIGN(state.chain, OwnChain::load(store, state.enrolment->device));
  const std::uint64_t shared = *doomed.numbers.begin() - 1;
  state.trace.note(TraceLevel::kWarning, "client.discarded",
                   {{"sets", static_cast<std::int64_t>(doomed.numbers.size())}});
  return state.outbox.begin_anew(store, state.chain, state.rng, shared, state.outbox.held());
}

}  // namespace daybook
