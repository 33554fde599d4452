// SPDX-License-Identifier: Apache-2.0
// Incarnations, receipts, scopes, the ladder and witnesses.
#include "client-lib/local/sqlite/shadow_bytes.hpp"
#include "client-lib/local/sqlite/store.hpp"

namespace daybook {
namespace {

Result<std::vector<ReceiptRow>> read_receipts(sqlite::Statement& read) {
  std::vector<ReceiptRow> rows;
  for (;;) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) break;
    ReceiptRow row;
    row.ordinal = read.uint64(0);
    row.number = read.uint64(1);
    row.lost = read.boolean(2);
    DAYBOOK_ASSIGN(row.receipt, decode_receipt(read.bytes(3)));
    rows.push_back(std::move(row));
  }
  DAYBOOK_TRY(read.check());
  return rows;
}

}  // namespace

Result<void> SqliteLocalStore::put_incarnation(const IncarnationRow& row) {
  return file_->run(
      "insert or replace into "
      "daybook_incarnation(number,incarnation,parent,parent_seq,parent_link,before,released_seq,"
      "released_link) values(?,?,?,?,?,?,?,?)",
      row.number, row.incarnation, row.parent, row.parent_seq, row.parent_link, row.before,
      row.released_seq, row.released_link);
}

Result<std::vector<IncarnationRow>> SqliteLocalStore::incarnations() {
  std::vector<IncarnationRow> rows;
  DAYBOOK_ASSIGN(
      auto read,
      file_->prepare("select number,incarnation,parent,parent_seq,parent_link,before,released_seq,"
                     "released_link from daybook_incarnation order by number"));
  for (;;) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) break;
    IncarnationRow row;
    row.number = static_cast<std::uint32_t>(read.uint64(0));
    row.incarnation = read.uuid(1);
    row.parent = static_cast<std::uint32_t>(read.uint64(2));
    row.parent_seq = read.uint64(3);
    row.parent_link = read.digest(4);
    row.before = read.uint64(5);
    row.released_seq = read.uint64(6);
    row.released_link = read.digest(7);
    rows.push_back(row);
  }
  DAYBOOK_TRY(read.check());
  return rows;
}

Result<void> SqliteLocalStore::append_receipt(const ReceiptRow& row) {
  return file_->run(
      "insert into daybook_receipt(set_id,number,lost,commit_version,receipt) values(?,?,?,?,?)",
      row.receipt.set, row.number, row.lost, row.receipt.commit, encode_receipt(row.receipt));
}

Result<std::vector<ReceiptRow>> SqliteLocalStore::receipts_of(const SetId& set) {
  DAYBOOK_ASSIGN(auto read, file_->prepare("select ordinal,number,lost,receipt from "
                                           "daybook_receipt where set_id=? order by ordinal"));
  read.bind(1, set);
  return read_receipts(read);
}

Result<std::vector<ReceiptRow>> SqliteLocalStore::receipts_after(Version commit) {
  DAYBOOK_ASSIGN(auto read,
                 file_->prepare("select ordinal,number,lost,receipt from daybook_receipt "
                                "where commit_version>? and lost=0 order by ordinal"));
  read.bind(1, commit);
  return read_receipts(read);
}

Result<void> SqliteLocalStore::mark_receipt_lost(std::uint64_t ordinal) {
  return file_->run("update daybook_receipt set lost=1 where ordinal=?", ordinal);
}

Result<std::vector<ScopeRow>> SqliteLocalStore::scopes() {
  std::vector<ScopeRow> rows;
  DAYBOOK_ASSIGN(auto read,
                 file_->prepare("select bit,scope,reread_from from daybook_scope order by bit"));
  for (;;) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) break;
    rows.push_back(
        {static_cast<std::uint32_t>(read.uint64(0)), std::string(read.text(1)), read.uint64(2)});
  }
  DAYBOOK_TRY(read.check());
  return rows;
}

Result<void> SqliteLocalStore::put_scope(const ScopeRow& row) {
  return file_->run("insert or replace into daybook_scope(bit,scope,reread_from) values(?,?,?)",
                    row.bit, row.scope, row.reread_from);
}

Result<void> SqliteLocalStore::erase_scope(std::uint32_t bit) {
  return file_->run("delete from daybook_scope where bit=?", bit);
}

Result<void> SqliteLocalStore::append_rung(const Cursor& point) {
  return file_->run("insert or replace into daybook_rung(version,epoch,head) values(?,?,?)",
                    point.version, point.epoch, point.head);
}

Result<std::vector<Cursor>> SqliteLocalStore::ladder() {
  std::vector<Cursor> rungs;
  DAYBOOK_ASSIGN(
      auto read,
      file_->prepare("select epoch,version,head from daybook_rung order by version desc"));
  for (;;) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) break;
    rungs.push_back({read.uuid(0), read.uint64(1), read.digest(2)});
  }
  DAYBOOK_TRY(read.check());
  return rungs;
}

Result<void> SqliteLocalStore::erase_rungs_after(Version version) {
  return file_->run("delete from daybook_rung where version>?", version);
}

Result<void> SqliteLocalStore::erase_rung(Version version) {
  return file_->run("delete from daybook_rung where version=?", version);
}

Result<void> SqliteLocalStore::put_witness(const WitnessRow& row) {
  return file_->run(
      "insert or replace into daybook_witness(collection,id,epoch,version,content) "
      "values(?,?,?,?,?)",
      row.record.collection, row.record.id, row.version.epoch, row.version.version, row.row);
}

Result<std::vector<WitnessRow>> SqliteLocalStore::witnesses(std::size_t count_max,
                                                            std::size_t size_max) {
  std::vector<WitnessRow> rows;
  DAYBOOK_ASSIGN(auto read,
                 file_->prepare("select collection,id,epoch,version,content from daybook_witness"));
  std::size_t size = 0;
  while (rows.size() < count_max) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) break;
    WitnessRow row;
    row.record = {std::string(read.text(0)), read.uuid(1)};
    row.version = {read.uuid(2), read.uint64(3)};
    row.row = copy_of(read.bytes(4));
    size += row.row.size();
    if (size > size_max && !rows.empty()) break;
    rows.push_back(std::move(row));
  }
  DAYBOOK_TRY(read.check());
  return rows;
}

Result<void> SqliteLocalStore::erase_witness(const RecordRef& record) {
  return file_->run("delete from daybook_witness where collection=? and id=?", record.collection,
                    record.id);
}

}  // namespace daybook
