// SPDX-License-Identifier: Apache-2.0
#include "client-lib/apply/own_run.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "core/model/cbor.hpp"
#include "core/wire/scope_digest.hpp"

namespace daybook {
namespace {

struct Written {
  std::vector<Layer> layers;  // the run's sets that wrote the record, in order
  Version version = 0;        // the commit of the last
};

// The bodies of the run, and which of them wrote what.
struct Run {
  std::vector<Body> bodies;
  std::map<RecordRef, Written> records;
};

Result<bool> read_run(const ApplyContext& context, const wire::OwnRun& own, Run& run,
                      std::vector<Receipt>& receipts) {
  const std::size_t count = static_cast<std::size_t>(own.last_seq - own.first_seq) + 1;
  run.bodies.reserve(count);  // layers point into it
  for (std::size_t i = 0; i < count; ++i) {
    Receipt receipt;
    receipt.incarnation = own.incarnation;
    receipt.seq = own.first_seq + i;
    receipt.commit = own.first_commit + i;
    receipt.rules_version = own.rules_version;
    const auto number = context.chain.number_at(own.incarnation, receipt.seq);
    if (!number || *number == 0) return false;
    DAYBOOK_ASSIGN(const auto set, context.store.find_set(*number));
    if (!set) return false;
    receipt.set = set->id;
    DAYBOOK_ASSIGN(auto body, decode_body(set->body));
    run.bodies.push_back(std::move(body));
    for (const Change& change : run.bodies.back().changes) {
      Written& written = run.records[change.record];
      written.layers.push_back({&run.bodies.back(), SetState::kOpen});
      written.version = receipt.commit;
    }
    receipts.push_back(std::move(receipt));
  }
  return true;
}

auto order_of(const wire::PageEntry& entry) {
  return std::tie(entry.version, entry.record.collection, entry.record.id);
}

}  // namespace

Result<bool> expand_own_run(const ApplyContext& context, wire::Page& page) {
  const wire::OwnRun own = *std::exchange(page.own, std::nullopt);
  Run run;
  DAYBOOK_ASSIGN(const bool here, read_run(context, own, run, page.receipts));
  if (!here || run.records.size() != own.records) return false;
  wire::ScopeSum sum;
  for (const auto& [record, written] : run.records) {
    DAYBOOK_ASSIGN(const auto shadow, context.store.find_shadow(record));
    const std::optional<Fields> office = shadow ? shadow->office : std::nullopt;
    const Laid laid = lay(context.schema, record, office, written.layers);
    if (!laid.values) return false;
    wire::PageEntry entry{record, written.version, written.version, encode(*laid.values),
                          own.scopes};
    sum.add(wire::digest_of_row(record, entry.row));
    page.entries.push_back(std::move(entry));
  }
  std::sort(page.entries.begin(), page.entries.end(),
            [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
  std::sort(page.receipts.begin(), page.receipts.end(),
            [](const Receipt& a, const Receipt& b) { return a.commit < b.commit; });
  return sum.records() == own.records && sum.digest() == own.digest;
}

}  // namespace daybook
