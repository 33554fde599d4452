// SPDX-License-Identifier: Apache-2.0
#include "sync-server/feed/feed.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <tuple>

#include "core/base/hex.hpp"
#include "core/base/planted_bug.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/scope_digest.hpp"

namespace daybook {
namespace {

constexpr std::size_t kChunk = 256;             // member rows fetched at a time per scope
constexpr std::size_t kEntryOverheadSize = 64;  // bytes of an entry beside its row, about
constexpr std::size_t kReceiptOverheadSize = 64;

auto order_of(const MemberRow& row) {
  return std::tie(row.version, row.record.collection, row.record.id);
}

}  // namespace

std::vector<std::string> scopes_of(const DeviceRow& device) {
  return {kSharedScope, scope_of_user(device.actor)};
}

std::string receipt_scope_of(const DeviceId& device) { return "device:" + to_hex(device.view()); }

// One scope being read: where it stands, and the rows fetched ahead.
struct Feed::Source {
  wire::ScopePosition position;  // up to the last row that the page tells of
  wire::ScopePosition reported;  // by the phone with this request
  Version read_version = 0;      // up to the last row that was looked at
  std::optional<RecordRef> read_within{};
  std::deque<MemberRow> ahead;
  bool exhausted = false;

  Result<const MemberRow*> peek(ServerStore& store) {
    if (ahead.empty() && !exhausted) {
      DAYBOOK_ASSIGN(auto rows, store.feed_of(position.scope, read_version, read_within, kChunk));
      exhausted = rows.size() < kChunk;
      ahead.assign(std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    }
    return ahead.empty() ? nullptr : &ahead.front();
  }

  void take() {
    read_version = ahead.front().version;
    read_within = ahead.front().record;
    ahead.pop_front();
  }

  // May the phone hold a record that has left? What left before a first reading began was never
  // sent in it.
  bool may_hold(const MemberRow& row) const {
    return row.entered > 0 && row.entered <= reported.version && row.left > reported.filling_since;
  }

  // A row that the page passes over (it left before the phone came) must not be named by the
  // position either.
  void tell() {
    position.version = read_version;
    position.within = read_within;
  }
};

struct Feed::Progress {
  std::size_t size = 0;
  std::size_t size_max = 0;
  bool full() const { return size >= size_max; }
};

// What the asking phone itself has just written, and how much of it stands in the feed exactly so.
// Receipts and records that the page tells all the same are holes in the run: the phone sees them.
struct Feed::Own {
  const PlainRun& run;
  Lineage lineage = 0;
  std::vector<std::uint32_t> scopes{};  // of each of its records; one in others is told
  wire::ScopeSum sum{};
  std::uint64_t records_told = 0;  // that could have been named
  std::uint64_t receipts = 0;
  std::uint64_t rules_version = 0;

  // `page` tells of all that is not taken out of it.
  bool whole(const IncarnationId& incarnation, const wire::Page& page) const {
    const auto told =
        std::count_if(page.receipts.begin(), page.receipts.end(), [&](const Receipt& receipt) {
          return receipt.incarnation == incarnation && in_place(receipt.seq, receipt.commit);
        });
    const auto plain = std::count_if(run.last_writes.begin(), run.last_writes.end(),
                                     [](const auto& written) { return written.second != 0; });
    return sum.records() > 0 && sum.records() + records_told == static_cast<std::uint64_t>(plain) &&
           receipts + static_cast<std::uint64_t>(told) == run.last_seq - run.first_seq + 1;
  }
  bool in_place(std::uint64_t seq, Version commit) const {
    return seq >= run.first_seq && seq <= run.last_seq &&
           commit == run.first_commit + (seq - run.first_seq);
  }
  bool wrote(const CommitRow& row) const {
    return row.lineage == lineage && row.verdict == Verdict::kAccepted && row.outcome.empty() &&
           in_place(row.seq, row.version);
  }
  // Takes the entry out of the page when it is of the run.
  bool take(const RecordRef& record, Version version, const StoredRow& stored,
            const std::vector<std::uint32_t>& live) {
    const auto written = run.last_writes.find(record);
    if (written == run.last_writes.end() || written->second == 0) return false;
    const bool own = written->second == version && stored.version == version &&
                     (sum.records() == 0 || scopes == live);
    if (!own) {
      ++records_told;
      return false;
    }
    scopes = live;
    sum.add(wire::digest_of_row(record, stored.row));
    return true;
  }
};

Result<wire::Page> Feed::page(const DeviceRow& device, const wire::SyncRequest& request,
                              const std::optional<ContactRow>& contact,
                              const std::optional<PlainRun>& run) {
  if (run && request.takes_own_run && request.batch) {
    DAYBOOK_ASSIGN(const auto lineage,
                   store_.find_lineage(device.device, request.batch->incarnation));
    Own own{*run, lineage ? lineage->lineage : 0};
    DAYBOOK_ASSIGN(auto page, build(device, request, contact, &own));
    if (own.whole(request.batch->incarnation, page)) {
      page.own = wire::OwnRun{request.batch->incarnation, run->first_seq,    run->last_seq,
                              run->first_commit,          own.rules_version, own.scopes,
                              own.sum.records(),          own.sum.digest()};
      return page;
    }
  }
  return build(device, request, contact, nullptr);
}

Result<wire::Page> Feed::build(const DeviceRow& device, const wire::SyncRequest& request,
                               const std::optional<ContactRow>& contact, Own* own) {
  wire::Page page;
  DAYBOOK_ASSIGN(const auto head, store_.head());
  page.head = {head.epoch, head.version, head.head};
  page.scopes = scopes_of(device);
  if (contact) {
    for (const auto& [scope, version] : contact->scopes) {
      if (std::find(page.scopes.begin(), page.scopes.end(), scope) == page.scopes.end())
        page.scopes_left.push_back(scope);
    }
  }
  const auto position_in = [&](const std::string& scope) {
    for (const auto& position : request.positions) {
      if (position.scope == scope) return position;
    }
    // A grant that the phone has no position for starts at the beginning and backfills.
    const bool skip = planted(PlantedBug::kGrantWithoutBackfill) && request.cursor;
    return wire::ScopePosition{scope, skip ? request.cursor->version : 0, std::nullopt,
                               head.version};
  };
  std::vector<Source> sources;
  for (const auto& scope : page.scopes) {
    const auto position = position_in(scope);
    sources.push_back({position, position, position.version, position.within, {}, false});
  }
  Progress progress;
  progress.size_max = wire::kPageSizeMax;
  if (request.page_size_max > 0)
    progress.size_max = std::min<std::size_t>(progress.size_max, request.page_size_max);

  const std::string receipts = receipt_scope_of(device.device);
  DAYBOOK_TRY(add_receipts(device, position_in(receipts).version, progress, page, own));
  DAYBOOK_TRY(add_entries(sources, progress, page, own));
  page.complete = page.receipts_through == head.version;
  for (auto& source : sources) {
    DAYBOOK_ASSIGN(const auto* next, source.peek(store_));
    page.complete = page.complete && next == nullptr;
  }
  for (auto& source : sources) {
    // Nothing follows, so the phone stands at the head in every scope.
    if (page.complete) source.position = {source.position.scope, head.version, std::nullopt, 0};
    page.positions.push_back(source.position);
  }
  page.positions.push_back({receipts, page.receipts_through, std::nullopt, 0});
  if (page.complete && request.want_digests) {
    for (const auto& scope : page.scopes) {
      DAYBOOK_ASSIGN(auto digest, digest_of(scope));
      page.digests.push_back(std::move(digest));
    }
  }
  return page;
}

Result<void> Feed::add_receipts(const DeviceRow& device, Version after, Progress& progress,
                                wire::Page& page, Own* own) {
  page.receipts_through = page.head.version;
  std::map<Version, std::size_t> sizes;
  DAYBOOK_ASSIGN(const auto lineages, store_.lineages_of(device.device));
  for (const auto& lineage : lineages) {
    DAYBOOK_ASSIGN(const auto rows,
                   store_.verdicts_of(lineage.lineage, after, wire::kReceiptsPerPageMax));
    if (rows.size() == wire::kReceiptsPerPageMax)
      page.receipts_through = std::min(page.receipts_through, rows.back().version);
    for (const auto& row : rows) {
      if (own != nullptr && own->wrote(row)) {
        ++own->receipts;
        own->rules_version = row.rules_version;
        continue;
      }
      Receipt receipt;
      receipt.set = row.set;
      receipt.incarnation = lineage.incarnation;
      receipt.seq = row.seq;
      receipt.commit = row.version;
      receipt.verdict = row.verdict;
      receipt.rules_version = row.rules_version;
      DAYBOOK_TRY(decode_outcome(row.outcome, receipt));
      sizes[row.version] = row.outcome.size() + kReceiptOverheadSize;
      page.receipts.push_back(std::move(receipt));
    }
  }
  std::sort(page.receipts.begin(), page.receipts.end(),
            [](const Receipt& a, const Receipt& b) { return a.commit < b.commit; });
  if (page.receipts.size() > wire::kReceiptsPerPageMax) {
    page.receipts.resize(wire::kReceiptsPerPageMax);
    page.receipts_through = page.receipts.back().commit;
  }
  // One at least, however long, or the phone would never get past it.
  for (const auto& receipt : page.receipts) {
    if (receipt.commit > page.receipts_through) break;
    progress.size += sizes[receipt.commit];
    if (progress.full()) page.receipts_through = std::min(page.receipts_through, receipt.commit);
  }
  std::erase_if(page.receipts,
                [&](const Receipt& receipt) { return receipt.commit > page.receipts_through; });
  return {};
}

Result<void> Feed::add_entries(std::vector<Source>& sources, Progress& progress, wire::Page& page,
                               Own* own) {
  // One entry at least, however large, or a phone with a small page would stand still.
  while ((page.entries.empty() && page.left.empty()) || !progress.full()) {
    if (page.entries.size() + page.left.size() >= wire::kPageEntriesMax) break;
    const MemberRow* first = nullptr;
    for (auto& source : sources) {
      DAYBOOK_ASSIGN(const auto* row, source.peek(store_));
      if (row != nullptr && (first == nullptr || order_of(*row) < order_of(*first))) first = row;
    }
    if (first == nullptr) break;
    const MemberRow row = *first;
    std::vector<std::uint32_t> live;
    for (std::uint32_t i = 0; i < sources.size(); ++i) {
      DAYBOOK_ASSIGN(const auto* same, sources[i].peek(store_));
      if (same == nullptr || order_of(*same) != order_of(row)) continue;
      if (same->count > 0) {
        live.push_back(i);
      } else if (planted(PlantedBug::kLeftSentToFreshPhone) || sources[i].may_hold(*same)) {
        page.left.push_back({row.record, i, row.version});
        progress.size += kEntryOverheadSize;
        sources[i].take();
        sources[i].tell();
        continue;
      }
      sources[i].take();
    }
    if (live.empty()) continue;
    DAYBOOK_ASSIGN(auto stored, store_.find_row(row.record));
    if (!stored) continue;  // referred to, but not yet created
    if (own != nullptr && own->take(row.record, row.version, *stored, live)) {
      for (const std::uint32_t i : live) sources[i].tell();
      continue;
    }
    progress.size += stored->row.size() + kEntryOverheadSize;
    for (const std::uint32_t i : live) sources[i].tell();
    page.entries.push_back(
        {row.record, row.version, stored->version, std::move(stored->row), std::move(live)});
  }
  return {};
}

Result<wire::ScopeDigest> Feed::digest_of(const std::string& scope) {
  wire::ScopeSum sum;
  wire::ScopePosition at{scope, 0, std::nullopt, 0};
  for (;;) {
    DAYBOOK_ASSIGN(const auto rows, store_.feed_of(scope, at.version, at.within, kChunk));
    for (const auto& row : rows) {
      at.version = row.version;
      at.within = row.record;
      if (row.count == 0) continue;
      DAYBOOK_ASSIGN(const auto stored, store_.find_row(row.record));
      if (stored) sum.add(wire::digest_of_row(row.record, stored->row));
    }
    if (rows.size() < kChunk) break;
  }
  return wire::ScopeDigest{scope, sum.records(), sum.digest()};
}

}  // namespace daybook
