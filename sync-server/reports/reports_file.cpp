// SPDX-License-Identifier: Apache-2.0
#include "sync-server/reports/reports_file.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/base/hex.hpp"
#include "core/platform/sqlite/statement.hpp"
#include "core/platform/sqlite/transaction.hpp"
#include "sync-server/reports/report_tables.hpp"
#include "sync-server/store/body_bytes.hpp"

namespace daybook {
namespace {

// Of the file's layout; a file of another one is made anew.
constexpr std::int64_t kLayout = 2;

sqlite::OpenOptions file_at(const std::string& path) {
  sqlite::OpenOptions options;
  options.path = path;
  return options;
}

Result<bool> is_ours(sqlite::Connection& connection, const Schema& schema) {
  DAYBOOK_ASSIGN(const auto id, connection.find_int64("pragma application_id"));
  DAYBOOK_ASSIGN(const auto layout, connection.find_int64("pragma user_version"));
  if (id != std::optional<std::int64_t>(kReportsApplicationId) || layout != std::optional(kLayout))
    return false;
  DAYBOOK_ASSIGN(const auto same,
                 connection.find_int64("select count(*) from daybook_state where schema_digest = ?",
                                       to_hex(schema.digest.view())));
  return same == std::optional<std::int64_t>(1);
}

}  // namespace

Result<std::unique_ptr<ReportsFile>> ReportsFile::open(const std::string& path,
                                                       const Schema& schema, ServerStore& book) {
  std::unique_ptr<ReportsFile> file(new ReportsFile(path, schema));
  std::error_code unreadable;
  if (std::filesystem::exists(path, unreadable)) {
    auto opened = sqlite::Connection::open(file_at(path));
    if (opened.ok()) {
      file->connection_ = *std::move(opened);
      const auto good = file->go_on_from(book);
      if (good.ok() && *good) return file;
    }
  }
  DAYBOOK_TRY(file->begin_anew());
  return file;
}

// Nothing in it is the only copy, so a new start loses nothing.
Result<void> ReportsFile::begin_anew() {
  connection_.reset();
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix, ignored);
  DAYBOOK_ASSIGN(connection_, sqlite::Connection::open(file_at(path_)));
  // It can be made again from the book: a power cut may cost its last seconds.
  DAYBOOK_TRY(connection_->execute("pragma synchronous=normal"));
  DAYBOOK_ASSIGN(auto transaction, sqlite::Transaction::begin(*connection_));
  DAYBOOK_ASSIGN(const std::string tables, report_tables_sql(schema_));
  DAYBOOK_TRY(connection_->execute(tables));
  DAYBOOK_TRY(connection_->run(
      "insert into daybook_state (one, epoch, version, head, schema_digest) values (1, ?, 0, ?, ?)",
      to_string(EpochId{}), to_hex(Digest{}.view()), to_hex(schema_.digest.view())));
  DAYBOOK_TRY(
      connection_->execute("pragma application_id=" + std::to_string(kReportsApplicationId) +
                           "; pragma user_version=" + std::to_string(kLayout)));
  stands_at_ = {};
  return transaction.commit();
}

Result<void> ReportsFile::load_state() {
  DAYBOOK_TRY(connection_->execute("pragma synchronous=normal"));
  DAYBOOK_ASSIGN(auto find, connection_->prepare("select epoch, version, head from daybook_state"));
  DAYBOOK_ASSIGN(const bool found, find.step());
  if (!found) return failure(Errc::kCorrupt, "reports");
  const auto epoch = uuid_from(find.text(0));
  const auto head = from_hex(find.text(2));
  const auto digest = head ? Digest::from(*head) : std::nullopt;
  if (!epoch || !digest) return failure(Errc::kCorrupt, "reports");
  stands_at_.epoch = *epoch;
  stands_at_.version = find.uint64(1);
  stands_at_.head = *digest;
  return find.check();
}

// Ours, of this schema, and does the book go on from where it stands?
Result<bool> ReportsFile::go_on_from(ServerStore& book) {
  DAYBOOK_ASSIGN(const bool ours, is_ours(*connection_, schema_));
  if (!ours) return false;
  DAYBOOK_TRY(load_state());
  if (stands_at_.version == 0) return true;
  DAYBOOK_ASSIGN(const auto held, book.find_head(stands_at_.version));
  return held && *held == stands_at_.head;
}

Result<StoreHead> ReportsFile::follow(ServerStore& book, std::size_t commits_max) {
  DAYBOOK_ASSIGN(const auto head, book.head());
  if (stands_at_.version == head.version) return stands_at_;
  const Version through = std::min<Version>(head.version, stands_at_.version + commits_max);
  DAYBOOK_TRY(take_in(book, head, through));
  return stands_at_;
}

// Records are read as they stand in the snapshot: a later commit of the same snapshot may be in
// them already, and will write the same again. That shows nothing half: readers see the file only
// as it stands at the end of this transaction, and between `through` and the snapshot's head whole
// records may be early, never parts of one set's record.
Result<void> ReportsFile::take_in(ServerStore& book, const StoreHead& head, Version through) {
  DAYBOOK_ASSIGN(auto transaction, sqlite::Transaction::begin(*connection_));
  std::set<RecordRef> changed;
  for (Version version = stands_at_.version + 1; version <= through; ++version) {
    DAYBOOK_ASSIGN(const auto row, book.find_commit(version));
    if (!row) return failure(Errc::kCorrupt, "commit", std::to_string(version));
    DAYBOOK_ASSIGN(const Bytes bytes, body_bytes_of(book, *row));
    const auto body = decode_body(bytes);
    // A set that was parked because it cannot be read is a commit all the same.
    DAYBOOK_TRY(put_commit(book, *row, body.ok() ? *body : Body{}));
    if (!body.ok()) continue;
    for (const auto& change : body->changes) changed.insert(change.record);
  }
  for (const auto& record : changed) {
    const auto* collection = schema_.find(record.collection);
    if (collection == nullptr) continue;
    DAYBOOK_ASSIGN(const auto state, book.find_record(record));
    if (!state) continue;  // parked or refused
    DAYBOOK_ASSIGN(auto put, connection_->prepare(put_sql_of(*collection)));
    bind_record(put, *collection, *state);
    DAYBOOK_TRY(put.run());
  }
  StoreHead now{head.epoch, through, head.head};
  if (through != head.version) {
    DAYBOOK_ASSIGN(const auto held, book.find_head(through));
    now.head = held.value_or(Digest{});
  }
  DAYBOOK_TRY(connection_->run("update daybook_state set epoch = ?, version = ?, head = ?",
                               to_string(now.epoch), now.version, to_hex(now.head.view())));
  DAYBOOK_TRY(transaction.commit());
  stands_at_ = now;
  return {};
}

Result<void> ReportsFile::put_commit(ServerStore& book, const CommitRow& row, const Body& body) {
  Receipt receipt;
  if (!row.outcome.empty()) DAYBOOK_TRY(decode_outcome(row.outcome, receipt));
  std::optional<std::string> device;
  if (row.lineage != kOfficeLineage) {
    auto known = devices_.find(row.lineage);
    if (known == devices_.end()) {
      DAYBOOK_ASSIGN(const auto lineage, book.load_lineage(row.lineage));
      const std::string text = lineage ? to_string(lineage->device) : std::string();
      known = devices_.emplace(row.lineage, text).first;
    }
    device = known->second;
  }
  DAYBOOK_TRY(connection_->run(
      "insert or replace into exact_commit (version, set_id, actor, device, verdict, reason, "
      "received_ms, records) values (?, ?, ?, ?, ?, ?, ?, ?)",
      row.version, to_string(row.set), row.actor, device, name_of(row.verdict),
      receipt.reason.empty() ? std::nullopt : std::optional(receipt.reason), row.received_ms,
      body.changes.size()));
  for (const auto& attachment : body.attachments) {
    DAYBOOK_TRY(connection_->run(
        "insert or ignore into daybook_attachment (digest, size, media_type, role, collection, "
        "record, set_id, version, actor) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        to_hex(attachment.digest.view()), attachment.size, attachment.media_type, attachment.role,
        attachment.record.collection, to_string(attachment.record.id), to_string(row.set),
        row.version, row.actor));
  }
  return {};
}

}  // namespace daybook
