// SPDX-License-Identifier: Apache-2.0
#include "client-lib/apply/own_run.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "client-lib/local/settings.hpp"
#include "core/model/cbor.hpp"
#include "core/wire/scope_digest.hpp"

namespace daybook {
namespace {

struct Written {
  std::vector<Layer> layers;  // the run's sets that wrote the record, in order
  Version version = 0;        // the commit of the last
};

constexpr std::size_t kLoadedAtOnce = 64;
constexpr std::size_t kLoadedSizeMax = 1 << 20;

// The bodies of the run, and which of them wrote what. What the page tells of itself is no part of
// it: the sets with a receipt there, and the records with an entry.
struct Run {
  std::set<std::uint64_t> told;
  std::vector<Body> bodies;
  std::map<RecordRef, Written> records;
  // Every set is open, and none says more about a record than what it wrote.
  bool plain = true;
};

void note_told(Run& run, const wire::OwnRun& own, const wire::Page& page) {
  for (const Receipt& receipt : page.receipts) {
    if (!holds(own, receipt)) continue;
    run.told.insert(receipt.seq);
    const bool in_place = receipt.commit == own.first_commit + (receipt.seq - own.first_seq);
    run.plain = run.plain && in_place && !is_plain(receipt);
  }
}

void add_body(Run& run, const OwnSet& set, Body body, Version commit) {
  run.plain = run.plain && set.state == SetState::kOpen && body.claims.empty();
  run.bodies.push_back(std::move(body));
  for (const Change& change : run.bodies.back().changes) {
    Written& written = run.records[change.record];
    written.layers.push_back({&run.bodies.back(), SetState::kOpen});
    written.version = commit;
  }
}

Result<bool> read_run(const ApplyContext& context, const wire::OwnRun& own, Run& run,
                      std::vector<Receipt>& receipts) {
  const auto first = context.chain.number_at(own.incarnation, own.first_seq);
  const auto last = context.chain.number_at(own.incarnation, own.last_seq);
  if (!first || *first == 0 || !last || *last - *first != own.last_seq - own.first_seq)
    return false;
  run.bodies.reserve(static_cast<std::size_t>(*last - *first) + 1);  // layers point into it
  for (std::uint64_t next = *first; next <= *last;) {
    DAYBOOK_ASSIGN(const auto sets,
                   context.store.sets_after(next - 1, kLoadedSizeMax, kLoadedAtOnce));
    if (sets.empty()) return false;
    for (const OwnSet& set : sets) {
      if (set.number > *last) break;
      if (set.number != next) return false;
      const std::uint64_t place = next++ - *first;
      if (run.told.contains(own.first_seq + place)) continue;
      Receipt receipt;
      receipt.set = set.id;
      receipt.incarnation = own.incarnation;
      receipt.seq = own.first_seq + place;
      receipt.commit = own.first_commit + place;
      receipt.rules_version = own.rules_version;
      DAYBOOK_ASSIGN(auto body, decode_body(set.body));
      add_body(run, set, std::move(body), receipt.commit);
      receipts.push_back(std::move(receipt));
    }
  }
  return true;
}

auto order_of(const wire::PageEntry& entry) {
  return std::tie(entry.version, entry.record.collection, entry.record.id);
}

}  // namespace

bool holds(const wire::OwnRun& own, const Receipt& receipt) {
  return receipt.incarnation == own.incarnation && receipt.seq >= own.first_seq &&
         receipt.seq <= own.last_seq;
}

Result<bool> expand_own_run(const ApplyContext& context, wire::Page& page) {
  const wire::OwnRun own = *std::exchange(page.own, std::nullopt);
  if (own.first_seq == 0 || own.last_seq < own.first_seq) return false;
  // An entry without a row is one that was confirmed here, never one that came so.
  for (const wire::PageEntry& entry : page.entries) {
    if (entry.row.empty()) return false;
  }
  Run run;
  note_told(run, own, page);
  DAYBOOK_ASSIGN(const bool here, read_run(context, own, run, page.receipts));
  if (!here) return false;
  for (const wire::PageEntry& entry : page.entries) run.records.erase(entry.record);
  if (run.records.size() != own.records) return false;
  wire::ScopeSum sum;
  for (const auto& [record, written] : run.records) {
    DAYBOOK_ASSIGN(const auto shadow, context.store.find_shadow(record));
    run.plain = run.plain && shadow;
    const std::optional<Fields> office = shadow ? shadow->office : std::nullopt;
    const Laid laid = lay(context.schema, record, office, written.layers);
    if (!laid.values) return false;
    wire::PageEntry entry{record, written.version, written.version, encode(*laid.values),
                          own.scopes};
    sum.add(wire::digest_of_row(record, entry.row));
    page.entries.push_back(std::move(entry));
  }
  if (sum.records() != own.records || sum.digest() != own.digest) return false;
  DAYBOOK_ASSIGN(const auto complete, find_number(context.store, setting::kComplete));
  if (run.plain && page.complete && complete) {
    for (wire::PageEntry& entry : page.entries) {
      if (run.records.count(entry.record) > 0) entry.row = Bytes{};
    }
    page.own = own;
  }
  std::sort(page.entries.begin(), page.entries.end(),
            [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
  std::sort(page.receipts.begin(), page.receipts.end(),
            [](const Receipt& a, const Receipt& b) { return a.commit < b.commit; });
  return true;
}

}  // namespace daybook
