// SPDX-License-Identifier: Apache-2.0
// Cases, parked sets, evidence and attempts; registered backups, schemas and settings.
#include "sync-server/store/sqlite/columns.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {

namespace {

Result<ConflictCase> case_in(sqlite::Statement& row) { return stored(decode_case(row.bytes(0))); }

Bytes joined(const std::vector<SetId>& sets) {
  Bytes bytes;
  bytes.reserve(sets.size() * SetId::kSize);
  for (const auto& set : sets) bytes.insert(bytes.end(), set.raw.begin(), set.raw.end());
  return bytes;
}

Result<ParkedRow> parked_in(sqlite::Statement& row) {
  ParkedRow parked;
  parked.set = row.uuid(0);
  DAYBOOK_ASSIGN(parked.lineage, small_in<Lineage>(row, 1));
  parked.seq = row.uint64(2);
  parked.commit = row.uint64(3);
  parked.reason = text_in(row, 4);
  parked.detail = text_in(row, 5);
  parked.case_number = row.uint64(6);
  const auto sets = row.bytes(7);
  if (sets.size() % SetId::kSize != 0)
    return failure(Errc::kCorrupt, "column waits_for", "wrong length");
  for (std::size_t at = 0; at < sets.size(); at += SetId::kSize) {
    parked.waits_for.push_back(*SetId::from(sets.subspan(at, SetId::kSize)));
  }
  return parked;
}

Result<EvidenceRow> evidence_in(sqlite::Statement& row) {
  return EvidenceRow{row.uuid(0), row.int64(1), text_in(row, 2), copy_of(row.bytes(3))};
}

Result<BackupRow> backup_in(sqlite::Statement& row) {
  return BackupRow{row.uuid(0), row.uuid(1), row.uint64(2), row.int64(3), text_in(row, 4)};
}

Result<SchemaRow> schema_in(sqlite::Statement& row) {
  return SchemaRow{row.uint64(0), row.digest(1), text_in(row, 2)};
}

Result<std::uint32_t> count_in(sqlite::Statement& row) { return small_in<std::uint32_t>(row, 0); }

Result<Bytes> value_in(sqlite::Statement& row) { return copy_of(row.bytes(0)); }

}  // namespace

// --- trouble ---

Result<void> SqliteServerStore::put_case(const ConflictCase& conflict) {
  DAYBOOK_ASSIGN(
      auto put,
      writing("insert or replace into cases (number, state, kind, collection, record, field, "
              "device, due_place, holder, body) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  if (conflict.number == 0) return failure(Errc::kInvalid, "case.number");
  put.bind_all(conflict.number, conflict.state, conflict.kind, conflict.record.collection,
               conflict.record.id, conflict.field, conflict.device, due_place(conflict),
               conflict.holder, encode(conflict));
  return put.run();
}

Result<std::uint64_t> SqliteServerStore::next_case_number() {
  DAYBOOK_TRY(check_standing());
  DAYBOOK_ASSIGN(const auto highest, connection_->find_int64("select max(number) from cases"));
  return static_cast<std::uint64_t>(highest.value_or(0)) + 1;
}

Result<std::optional<ConflictCase>> SqliteServerStore::find_case(std::uint64_t number) {
  DAYBOOK_ASSIGN(auto find, reading("select body from cases where number = ?"));
  return find_one(find.bind_all(bounded(number)), case_in);
}

Result<std::optional<ConflictCase>> SqliteServerStore::find_open_case(CaseKind kind,
                                                                      const RecordRef& record,
                                                                      const std::string& field,
                                                                      const DeviceId& device) {
  DAYBOOK_ASSIGN(
      auto find,
      reading("select body from cases indexed by cases_open where state = 0 and record = ? "
              "and kind = ? and field = ? and device = ? and collection = ? "
              "order by number limit 1"));
  return find_one(find.bind_all(record.id, kind, field, device, record.collection), case_in);
}

Result<std::vector<ConflictCase>> SqliteServerStore::list_cases(std::optional<CaseState> state,
                                                                std::uint64_t after,
                                                                std::size_t limit) {
  if (!state) {
    DAYBOOK_ASSIGN(auto list,
                   reading("select body from cases where number > ? order by number limit ?"));
    return all_of(list.bind_all(bounded(after), bounded(limit)), case_in);
  }
  DAYBOOK_ASSIGN(
      auto list,
      reading("select body from cases where state = ? and number > ? order by number limit ?"));
  return all_of(list.bind_all(*state, bounded(after), bounded(limit)), case_in);
}

Result<void> SqliteServerStore::put_parked(const ParkedRow& row) {
  has_parked_.reset();
  return write(
      "insert or replace into parked (set_id, lineage, seq, commit_version, reason, detail, "
      "case_number, "
      "waits_for) values (?, ?, ?, ?, ?, ?, ?, ?)",
      row.set, row.lineage, row.seq, row.commit, row.reason, row.detail, row.case_number,
      joined(row.waits_for));
}

Result<void> SqliteServerStore::erase_parked(const SetId& set) {
  has_parked_.reset();
  return write("delete from parked where set_id = ?", set);
}

Result<std::optional<ParkedRow>> SqliteServerStore::find_parked(const SetId& set) {
  DAYBOOK_ASSIGN(
      auto find,
      reading("select set_id, lineage, seq, commit_version, reason, detail, case_number, "
              "waits_for from parked where set_id = ?"));
  return find_one(find.bind_all(set), parked_in);
}

// Asked for every set that is judged, and on most days nothing is parked anywhere.
Result<bool> SqliteServerStore::has_parked() {
  DAYBOOK_TRY(check_standing());
  if (read_only_ || !has_parked_) {
    DAYBOOK_ASSIGN(const auto found,
                   connection_->find_int64("select exists(select 1 from parked)"));
    has_parked_ = found.value_or(0) != 0;
  }
  return *has_parked_;
}

Result<std::vector<ParkedRow>> SqliteServerStore::parked_of(Lineage lineage) {
  DAYBOOK_ASSIGN(const bool any, has_parked());
  if (!any) return std::vector<ParkedRow>();
  DAYBOOK_ASSIGN(
      auto list,
      reading("select set_id, lineage, seq, commit_version, reason, detail, case_number, "
              "waits_for from parked where lineage = ? order by seq, commit_version"));
  return all_of(list.bind_all(lineage), parked_in);
}

Result<std::vector<ParkedRow>> SqliteServerStore::list_parked(std::size_t limit) {
  DAYBOOK_ASSIGN(
      auto list,
      reading("select set_id, lineage, seq, commit_version, reason, detail, case_number, "
              "waits_for from parked order by commit_version limit ?"));
  return all_of(list.bind_all(bounded(limit)), parked_in);
}

Result<void> SqliteServerStore::put_evidence(const EvidenceRow& row) {
  return write("insert into evidence (device, received_ms, reason, raw) values (?, ?, ?, ?)",
               row.device, row.received_ms, row.reason, row.raw);
}

Result<std::vector<EvidenceRow>> SqliteServerStore::evidence_of(const DeviceId& device,
                                                                std::size_t limit) {
  DAYBOOK_ASSIGN(auto list,
                 reading("select device, received_ms, reason, raw from evidence where device = ? "
                         "order by number limit ?"));
  return all_of(list.bind_all(device, bounded(limit)), evidence_in);
}

Result<std::uint32_t> SqliteServerStore::count_attempt(const SetId& set) {
  DAYBOOK_TRY(
      write("insert into attempts (set_id, count) values (?, 1) "
            "on conflict (set_id) do update set count = count + 1",
            set));
  return attempts_of(set);
}

Result<std::uint32_t> SqliteServerStore::attempts_of(const SetId& set) {
  DAYBOOK_ASSIGN(auto find, reading("select count from attempts where set_id = ?"));
  DAYBOOK_ASSIGN(const auto count, find_one(find.bind_all(set), count_in));
  return count.value_or(0);
}

Result<void> SqliteServerStore::clear_attempts(const SetId& set) {
  return write("delete from attempts where set_id = ?", set);
}

// --- keeping ---

Result<void> SqliteServerStore::put_backup(const BackupRow& row) {
  return write(
      "insert or replace into backups (backup, epoch, version, taken_ms, path) values (?, ?, ?, ?, "
      "?)",
      row.backup, row.epoch, row.version, row.taken_ms, row.path);
}

Result<void> SqliteServerStore::erase_backup(const Uuid& backup) {
  return write("delete from backups where backup = ?", backup);
}

Result<std::vector<BackupRow>> SqliteServerStore::list_backups() {
  DAYBOOK_ASSIGN(auto list, reading("select backup, epoch, version, taken_ms, path from backups "
                                    "order by taken_ms, version, backup"));
  return all_of(list, backup_in);
}

Result<void> SqliteServerStore::put_schema(const SchemaRow& row) {
  return write("insert or replace into schemas (version, digest, json) values (?, ?, ?)",
               row.version, row.digest, row.json);
}

Result<std::optional<SchemaRow>> SqliteServerStore::newest_schema() {
  DAYBOOK_ASSIGN(
      auto find,
      reading("select version, digest, json from schemas order by version desc limit 1"));
  return find_one(find, schema_in);
}

Result<std::vector<SchemaRow>> SqliteServerStore::list_schemas() {
  DAYBOOK_ASSIGN(auto list,
                 reading("select version, digest, json from schemas order by version desc"));
  return all_of(list, schema_in);
}

Result<std::optional<Bytes>> SqliteServerStore::find_setting(const std::string& name) {
  DAYBOOK_ASSIGN(auto find, reading("select value from settings where name = ?"));
  return find_one(find.bind_all(name), value_in);
}

Result<void> SqliteServerStore::put_setting(const std::string& name, BytesView value) {
  return write("insert or replace into settings (name, value) values (?, ?)", name, value);
}

}  // namespace daybook
