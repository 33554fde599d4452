// SPDX-License-Identifier: Apache-2.0
// The log: epochs, commits and the history index.
#include "sync-server/store/sqlite/columns.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {

namespace {

// Columns in the order in which commit_in() reads them.
#define DAYBOOK_COMMIT_COLUMNS                                                                   \
  "select version, head, set_id, lineage, seq, link, body_hash, actor, verdict, rules_version, " \
  "judged_as, received_ms, outcome, body from commits "

Result<EpochRow> epoch_in(sqlite::Statement& row) {
  return EpochRow{row.uuid(0), row.uuid(1), row.uint64(2), row.digest(3)};
}

}  // namespace

Result<StoreHead> SqliteServerStore::read_head() {
  StoreHead head;
  DAYBOOK_ASSIGN(auto epoch, reading("select epoch from epochs order by position desc limit 1"));
  DAYBOOK_ASSIGN(const bool has_epoch, epoch.step());
  if (has_epoch) head.epoch = epoch.uuid(0);
  DAYBOOK_TRY(epoch.check());
  DAYBOOK_ASSIGN(auto newest,
                 reading("select version, head from commits order by version desc limit 1"));
  DAYBOOK_ASSIGN(const bool has_commit, newest.step());
  if (has_commit) {
    head.version = newest.uint64(0);
    head.head = newest.digest(1);
  }
  DAYBOOK_TRY(newest.check());
  return head;
}

Result<StoreHead> SqliteServerStore::head() {
  DAYBOOK_TRY(check_standing());
  if (read_only_) return read_head();
  if (!head_) {
    DAYBOOK_ASSIGN(head_, read_head());
  }
  return *head_;
}

Result<std::vector<EpochRow>> SqliteServerStore::epochs() {
  DAYBOOK_ASSIGN(
      auto list,
      reading("select epoch, parent, start_version, start_head from epochs order by position"));
  return all_of(list, epoch_in);
}

Result<void> SqliteServerStore::append_epoch(const EpochRow& row) {
  DAYBOOK_ASSIGN(const auto now, head());
  DAYBOOK_ASSIGN(
      auto insert,
      writing("insert into epochs (epoch, parent, start_version, start_head) values (?, ?, ?, ?)"));
  if (row.start_version != now.version || row.start_head != now.head) {
    return failure(Errc::kInvalid, "epoch.start_version",
                   "an epoch starts at the head of the store");
  }
  DAYBOOK_TRY(insert.bind_all(row.epoch, row.parent, row.start_version, row.start_head).run());
  head_->epoch = row.epoch;
  return success();
}

Result<void> SqliteServerStore::put_commit(const CommitRow& row) {
  DAYBOOK_ASSIGN(auto insert, writing("insert into commits (version, head, set_id, lineage, seq, "
                                      "link, body_hash, actor, verdict, "
                                      "rules_version, judged_as, received_ms, outcome, body) "
                                      "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  DAYBOOK_ASSIGN(const auto now, head());
  if (row.version != now.version + 1)
    return failure(Errc::kInvalid, "commit.version", "not head + 1");
  DAYBOOK_ASSIGN(const auto actor, names_.number_of(row.actor));
  DAYBOOK_TRY(insert.run_with(row.version, row.head, row.set, row.lineage, row.seq,
                              unless_zero(row.link), row.body_hash, actor, row.verdict,
                              row.rules_version, row.judged_as, row.received_ms,
                              unless_empty(row.outcome), unless_empty(row.body)));
  head_->version = row.version;
  head_->head = row.head;
  if (row.records.empty()) return success();
  DAYBOOK_ASSIGN(
      auto index,
      writing("insert or ignore into history (collection, id, version) values (?, ?, ?)"));
  for (const auto& record : row.records) {
    DAYBOOK_ASSIGN(const auto collection, names_.number_of(record.collection));
    DAYBOOK_TRY(index.run_with(collection, record.id, row.version));
  }
  return success();
}

Result<CommitRow> SqliteServerStore::commit_in(sqlite::Statement& row) {
  CommitRow commit;
  commit.version = row.uint64(0);
  commit.head = row.digest(1);
  commit.set = row.uuid(2);
  DAYBOOK_ASSIGN(commit.lineage, small_in<Lineage>(row, 3));
  commit.seq = row.uint64(4);
  commit.link = digest_or_zero(row, 5);
  commit.body_hash = row.digest(6);
  DAYBOOK_ASSIGN(commit.actor, names_.name_of(row.int64(7)));
  DAYBOOK_ASSIGN(commit.verdict, enum_in(row, 8, Verdict::kFurther));
  commit.rules_version = row.uint64(9);
  DAYBOOK_ASSIGN(commit.judged_as, small_in<std::uint8_t>(row, 10));
  commit.received_ms = row.int64(11);
  commit.outcome = bytes_or_empty(row, 12);
  commit.body = bytes_or_empty(row, 13);
  return commit;
}

Result<std::optional<CommitRow>> SqliteServerStore::find_commit_by(sqlite::Statement& statement) {
  return find_one(statement, [this](sqlite::Statement& row) { return commit_in(row); });
}

Result<std::optional<CommitRow>> SqliteServerStore::find_commit(Version version) {
  DAYBOOK_ASSIGN(auto find, reading(DAYBOOK_COMMIT_COLUMNS "where version = ?"));
  return find_commit_by(find.bind_all(bounded(version)));
}

Result<std::optional<Digest>> SqliteServerStore::find_head(Version version) {
  DAYBOOK_ASSIGN(auto find, reading("select head from commits where version = ?"));
  if (version == 0) return std::optional(Digest{});
  return find_one(find.bind_all(bounded(version)),
                  [](sqlite::Statement& row) { return Result<Digest>(row.digest(0)); });
}

Result<std::optional<CommitRow>> SqliteServerStore::find_set(const SetId& set) {
  DAYBOOK_ASSIGN(auto find,
                 reading(DAYBOOK_COMMIT_COLUMNS
                         "where set_id = ? and body is not null order by version limit 1"));
  return find_commit_by(find.bind_all(set));
}

Result<std::optional<CommitRow>> SqliteServerStore::find_last_verdict(const SetId& set) {
  DAYBOOK_ASSIGN(auto find,
                 reading(DAYBOOK_COMMIT_COLUMNS "where set_id = ? order by version desc limit 1"));
  return find_commit_by(find.bind_all(set));
}

// "lineage <> 0" tells SQLite that the index without the office's commits will do.
Result<std::optional<CommitRow>> SqliteServerStore::find_admitted(Lineage lineage,
                                                                  std::uint64_t seq) {
  DAYBOOK_ASSIGN(
      auto find,
      reading(DAYBOOK_COMMIT_COLUMNS
              "indexed by commits_by_link "
              "where lineage <> 0 and lineage = ? and seq = ? order by version limit 1"));
  return find_commit_by(find.bind_all(lineage, bounded(seq)));
}

Result<std::vector<CommitRow>> SqliteServerStore::verdicts_of(Lineage lineage, Version after,
                                                              std::size_t limit) {
  DAYBOOK_ASSIGN(
      auto list,
      reading("select version, head, set_id, lineage, seq, link, body_hash, actor, verdict, "
              "rules_version, judged_as, received_ms, outcome, null "
              "from commits indexed by commits_by_lineage "
              "where lineage <> 0 and lineage = ? and version > ? order by version limit ?"));
  list.bind_all(lineage, bounded(after), bounded(limit));
  return all_of(list, [this](sqlite::Statement& row) { return commit_in(row); });
}

// The index walks down from the newest seq and stops at the first that is old enough; later
// verdicts have older seqs.
Result<std::uint64_t> SqliteServerStore::last_seq_at(Lineage lineage, Version version) {
  DAYBOOK_ASSIGN(
      auto find,
      reading("select seq from commits indexed by commits_by_link "
              "where lineage <> 0 and lineage = ? and version <= ? order by seq desc limit 1"));
  DAYBOOK_ASSIGN(const bool found, find.bind_all(lineage, bounded(version)).step());
  const std::uint64_t seq = found ? find.uint64(0) : 0;
  DAYBOOK_TRY(find.check());
  return seq;
}

Result<std::vector<Version>> SqliteServerStore::history_of(const RecordRef& record,
                                                           std::size_t limit) {
  DAYBOOK_ASSIGN(auto list, reading("select version from history where collection = ? and id = ? "
                                    "order by version desc limit ?"));
  DAYBOOK_ASSIGN(const auto collection, names_.find(record.collection));
  if (!collection) return std::vector<Version>();
  list.bind_all(*collection, record.id, bounded(limit));
  return all_of(list, [](sqlite::Statement& row) { return Result<Version>(row.uint64(0)); });
}

}  // namespace daybook
