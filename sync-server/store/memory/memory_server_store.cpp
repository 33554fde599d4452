// SPDX-License-Identifier: Apache-2.0
#include "sync-server/store/memory/memory_server_store.hpp"

#include <iterator>

namespace daybook {

// --- transactions ---

Result<void> MemoryServerStore::check_standing() const {
  if (failed_)
    return failure(bad_day_, "store", "an earlier call of this transaction failed: roll back");
  return success();
}

Result<void> MemoryServerStore::check_writing() {
  if (!in_transaction_) return failure(Errc::kInvalid, "store", "a write outside a transaction");
  DAYBOOK_TRY(check_standing());
  if (writes_left_) {
    if (*writes_left_ == 0) {
      writes_left_.reset();
      failed_ = true;
      return failure(bad_day_, "store", "simulated");
    }
    --*writes_left_;
  }
  return success();
}

MemoryServerStore::Snapshot MemoryServerStore::snapshot() const {
  ensure(!in_transaction_);
  return Snapshot(tables_);
}

void MemoryServerStore::restore(const Snapshot& snapshot) {
  ensure(!in_transaction_);
  tables_ = snapshot.tables_;
}

void MemoryServerStore::fail_after(std::uint64_t writes, Errc code) {
  writes_left_ = writes;
  bad_day_ = code;
}

Result<void> MemoryServerStore::begin() {
  if (in_transaction_) return failure(Errc::kInvalid, "store", "begin inside a transaction");
  in_transaction_ = true;
  return success();
}

Result<void> MemoryServerStore::commit() {
  if (savepoint_mark_) return failure(Errc::kInvalid, "store", "commit with an open savepoint");
  DAYBOOK_TRY(check_writing());
  journal_.forget();
  in_transaction_ = false;
  return success();
}

void MemoryServerStore::rollback() {
  journal_.undo_to(0);
  savepoint_mark_.reset();
  in_transaction_ = false;
  failed_ = false;
}

Result<void> MemoryServerStore::savepoint() {
  DAYBOOK_TRY(check_standing());
  if (!in_transaction_) return failure(Errc::kInvalid, "store", "savepoint outside a transaction");
  if (savepoint_mark_) return failure(Errc::kInvalid, "store", "a second savepoint");
  savepoint_mark_ = journal_.mark();
  return success();
}

Result<void> MemoryServerStore::release() {
  DAYBOOK_TRY(check_standing());
  if (!savepoint_mark_) return failure(Errc::kInvalid, "store", "release without a savepoint");
  savepoint_mark_.reset();
  return success();
}

Result<void> MemoryServerStore::rollback_to_savepoint() {
  DAYBOOK_TRY(check_standing());
  if (!savepoint_mark_) return failure(Errc::kInvalid, "store", "rollback without a savepoint");
  journal_.undo_to(*savepoint_mark_);
  savepoint_mark_.reset();
  return success();
}

// --- the log ---

Result<StoreHead> MemoryServerStore::head() {
  DAYBOOK_TRY(check_standing());
  StoreHead head;
  if (!tables_.epochs.rows().empty()) head.epoch = tables_.epochs.rows().rbegin()->second->epoch;
  if (!tables_.commits.rows().empty()) {
    const auto& newest = *tables_.commits.rows().rbegin()->second;
    head.version = newest.version;
    head.head = newest.head;
  }
  return head;
}

Result<std::vector<EpochRow>> MemoryServerStore::epochs() {
  DAYBOOK_TRY(check_standing());
  std::vector<EpochRow> rows;
  for (const auto& [position, row] : tables_.epochs.rows()) rows.push_back(*row);
  return rows;
}

Result<void> MemoryServerStore::append_epoch(const EpochRow& row) {
  DAYBOOK_TRY(check_writing());
  DAYBOOK_ASSIGN(const auto now, head());
  if (row.start_version != now.version || row.start_head != now.head) {
    return failure(Errc::kInvalid, "epoch.start_version",
                   "an epoch starts at the head of the store");
  }
  for (const auto& [position, other] : tables_.epochs.rows()) {
    if (other->epoch == row.epoch) return failure(Errc::kAlreadyExists, "epoch.epoch");
  }
  tables_.epochs.put(journal_, tables_.epochs.rows().size() + 1, row);
  return success();
}

Result<void> MemoryServerStore::put_commit(const CommitRow& row) {
  DAYBOOK_TRY(check_writing());
  const auto& rows = tables_.commits.rows();
  const Version newest = rows.empty() ? 0 : rows.rbegin()->first;
  if (row.version != newest + 1) return failure(Errc::kInvalid, "commit.version", "not head + 1");
  CommitRow kept = row;
  kept.records.clear();
  kept.body.clear();
  tables_.commits.put(journal_, row.version, std::move(kept));
  if (!row.body.empty()) tables_.bodies.put(journal_, row.version, row.body);
  tables_.commits_of_set.add(journal_, {row.set, row.version});
  if (row.lineage != kOfficeLineage) {
    tables_.commits_of_link.add(journal_, {row.lineage, row.seq, row.version});
    tables_.commits_of_lineage.add(journal_, {row.lineage, row.version});
  }
  for (const auto& record : row.records) tables_.history.add(journal_, {record, row.version});
  return success();
}

CommitRow MemoryServerStore::commit_with_body(Version version) const {
  CommitRow row = *tables_.commits.find(version);
  if (const auto* body = tables_.bodies.find(version)) row.body = *body;
  return row;
}

Result<std::optional<CommitRow>> MemoryServerStore::find_commit(Version version) {
  DAYBOOK_TRY(check_standing());
  if (!tables_.commits.find(version)) return std::optional<CommitRow>();
  return std::optional(commit_with_body(version));
}

Result<std::optional<Digest>> MemoryServerStore::find_head(Version version) {
  DAYBOOK_TRY(check_standing());
  if (version == 0) return std::optional(Digest{});
  const auto* row = tables_.commits.find(version);
  return row ? std::optional(row->head) : std::nullopt;
}

Result<std::optional<CommitRow>> MemoryServerStore::find_set(const SetId& set) {
  DAYBOOK_TRY(check_standing());
  const auto& keys = tables_.commits_of_set.keys();
  for (auto at = keys.lower_bound({set, 0}); at != keys.end() && at->first == set; ++at) {
    if (tables_.bodies.find(at->second)) return std::optional(commit_with_body(at->second));
  }
  return std::optional<CommitRow>();
}

Result<std::optional<CommitRow>> MemoryServerStore::find_last_verdict(const SetId& set) {
  DAYBOOK_TRY(check_standing());
  const auto& keys = tables_.commits_of_set.keys();
  const auto behind = keys.upper_bound({set, UINT64_MAX});
  if (behind == keys.begin() || std::prev(behind)->first != set) return std::optional<CommitRow>();
  return std::optional(commit_with_body(std::prev(behind)->second));
}

Result<std::optional<CommitRow>> MemoryServerStore::find_admitted(Lineage lineage,
                                                                  std::uint64_t seq) {
  DAYBOOK_TRY(check_standing());
  const auto& keys = tables_.commits_of_link.keys();
  const auto at = keys.lower_bound({lineage, seq, 0});
  if (at == keys.end() || std::get<0>(*at) != lineage || std::get<1>(*at) != seq)
    return std::optional<CommitRow>();
  return std::optional(commit_with_body(std::get<2>(*at)));
}

Result<std::vector<CommitRow>> MemoryServerStore::verdicts_of(Lineage lineage, Version after,
                                                              std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  std::vector<CommitRow> rows;
  const auto& keys = tables_.commits_of_lineage.keys();
  for (auto at = keys.upper_bound({lineage, after}); at != keys.end() && at->first == lineage;
       ++at) {
    if (rows.size() == limit) break;
    rows.push_back(*tables_.commits.find(at->second));
  }
  return rows;
}

Result<std::uint64_t> MemoryServerStore::last_seq_at(Lineage lineage, Version version) {
  DAYBOOK_TRY(check_standing());
  const auto& keys = tables_.commits_of_link.keys();
  for (auto at = keys.upper_bound({lineage, UINT64_MAX, UINT64_MAX}); at != keys.begin();) {
    --at;
    if (std::get<0>(*at) != lineage) break;
    if (std::get<2>(*at) <= version) return std::get<1>(*at);
  }
  return std::uint64_t{0};
}

Result<std::vector<Version>> MemoryServerStore::history_of(const RecordRef& record,
                                                           std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  std::vector<Version> versions;
  const auto& keys = tables_.history.keys();
  for (auto at = keys.upper_bound({record, UINT64_MAX});
       at != keys.begin() && versions.size() < limit;) {
    --at;
    if (at->first != record) break;
    versions.push_back(at->second);
  }
  return versions;
}

// --- records ---

Result<std::optional<RecordState>> MemoryServerStore::find_record(const RecordRef& record) {
  DAYBOOK_TRY(check_standing());
  const auto* row = tables_.records.find(record);
  return row ? std::optional(row->state) : std::nullopt;
}

Result<void> MemoryServerStore::put_record(const RecordState& state,
                                           const std::optional<Uuid>& parent) {
  DAYBOOK_TRY(check_writing());
  if (const auto* before = tables_.records.find(state.record);
      before && before->parent && before->parent != parent) {
    tables_.children.remove(journal_, {*before->parent, state.record});
  }
  if (parent) tables_.children.add(journal_, {*parent, state.record});
  tables_.records.put(journal_, state.record, StoredRecord{state, parent});
  return success();
}

Result<std::vector<RecordRef>> MemoryServerStore::children_of(const Uuid& parent) {
  DAYBOOK_TRY(check_standing());
  std::vector<RecordRef> records;
  const auto& keys = tables_.children.keys();
  for (auto at = keys.lower_bound({parent, RecordRef{}}); at != keys.end() && at->first == parent;
       ++at) {
    records.push_back(at->second);
  }
  return records;
}

Result<std::vector<RecordState>> MemoryServerStore::list_records(const std::string& collection,
                                                                 const std::optional<Uuid>& after,
                                                                 std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  std::vector<RecordState> states;
  const auto& rows = tables_.records.rows();
  auto at = after ? rows.upper_bound({collection, *after}) : rows.lower_bound({collection, Uuid{}});
  for (; at != rows.end() && at->first.collection == collection && states.size() < limit; ++at) {
    states.push_back(at->second->state);
  }
  return states;
}

Result<std::uint64_t> MemoryServerStore::count_records(const std::string& collection) {
  DAYBOOK_TRY(check_standing());
  std::uint64_t count = 0;
  const auto& rows = tables_.records.rows();
  for (auto at = rows.lower_bound({collection, Uuid{}});
       at != rows.end() && at->first.collection == collection; ++at) {
    ++count;
  }
  return count;
}

// --- scopes ---

Result<std::vector<MemberRow>> MemoryServerStore::members_of(const RecordRef& record) {
  DAYBOOK_TRY(check_standing());
  std::vector<MemberRow> members;
  const auto& rows = tables_.members.rows();
  for (auto at = rows.lower_bound({record, std::string()});
       at != rows.end() && at->first.first == record; ++at) {
    members.push_back(*at->second);
  }
  return members;
}

Result<std::optional<MemberRow>> MemoryServerStore::find_member(const std::string& scope,
                                                                const RecordRef& record) {
  DAYBOOK_TRY(check_standing());
  const auto* row = tables_.members.find({record, scope});
  return row ? std::optional(*row) : std::nullopt;
}

Result<void> MemoryServerStore::put_member(const MemberRow& row) {
  DAYBOOK_TRY(check_writing());
  if (const auto* before = tables_.members.find({row.record, row.scope});
      before && before->version != row.version) {
    tables_.feed.remove(journal_, {row.scope, before->version, row.record});
  }
  tables_.feed.add(journal_, {row.scope, row.version, row.record});
  tables_.members.put(journal_, {row.record, row.scope}, row);
  return success();
}

Result<std::vector<Uuid>> MemoryServerStore::present_in(const std::string& scope,
                                                        const std::string& collection) {
  DAYBOOK_TRY(check_standing());
  std::vector<Uuid> present;
  const auto& keys = tables_.feed.keys();
  for (auto at = keys.lower_bound({scope, 0, RecordRef{}});
       at != keys.end() && std::get<0>(*at) == scope; ++at) {
    const auto& record = std::get<2>(*at);
    if (record.collection == collection && tables_.members.find({record, scope})->count > 0)
      present.push_back(record.id);
  }
  return present;
}

Result<std::vector<MemberRow>> MemoryServerStore::feed_of(const std::string& scope, Version after,
                                                          const std::optional<RecordRef>& within,
                                                          std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  std::vector<MemberRow> members;
  const auto& keys = tables_.feed.keys();
  if (!within && after == UINT64_MAX) return members;
  auto at = within ? keys.upper_bound({scope, after, *within})
                   : keys.lower_bound({scope, after + 1, RecordRef{}});
  for (; at != keys.end() && std::get<0>(*at) == scope && members.size() < limit; ++at) {
    members.push_back(*tables_.members.find({std::get<2>(*at), scope}));
  }
  return members;
}

}  // namespace daybook
