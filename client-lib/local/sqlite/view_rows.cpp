// SPDX-License-Identifier: Apache-2.0
// The view: typed tables, and one raw table for collections that the schema does not name.
#include "client-lib/local/sqlite/store.hpp"
#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

constexpr std::string_view kRawColumns = "content,version,foreign_version,state,scopes,round";

Result<ViewRow> read_raw(sqlite::Statement& row, int first) {
  ViewRow read;
  DAYBOOK_ASSIGN(read.values,
                 decode_fields(row.bytes(first), kFieldsPerChangeMax * 4, kExtraSizeMax));
  read.version = row.uint64(first + 1);
  read.foreign = row.uint64(first + 2);
  const auto state = row.text(first + 3);
  for (const RowState each : {RowState::kPending, RowState::kParked, RowState::kNoLongerYours}) {
    if (state == name_of(each)) read.state = each;
  }
  read.scopes = static_cast<ScopeMask>(row.int64(first + 4));
  read.round = row.uint64(first + 5);
  DAYBOOK_TRY(row.check());
  return read;
}

}  // namespace

Result<std::optional<ViewRow>> SqliteLocalStore::find_row(const RecordRef& record) {
  const TablePlan* plan = plan_of(record.collection);
  if (!plan) return find_raw_row(record);
  DAYBOOK_ASSIGN(auto find, file_->prepare(plan->find_sql));
  DAYBOOK_ASSIGN(const bool found, find.bind_all(to_string(record.id)).step());
  if (!found) return std::optional<ViewRow>{};
  DAYBOOK_ASSIGN(auto row, read_row(find, *plan, 0));
  return std::optional<ViewRow>(std::move(row));
}

Result<void> SqliteLocalStore::put_row(const RecordRef& record, const ViewRow& row) {
  const TablePlan* plan = plan_of(record.collection);
  if (!plan) return put_raw_row(record, row);
  DAYBOOK_ASSIGN(auto put, file_->prepare(plan->put_sql));
  bind_row(put, *plan, record.id, row);
  return put.run();
}

// Replacing a row takes it out of every index and puts it back; an update leaves those alone whose
// fields stay, and each is a page less in the log.
Result<void> SqliteLocalStore::change_row(const RecordRef& record, const ViewRow& before,
                                          const ViewRow& after) {
  const TablePlan* plan = plan_of(record.collection);
  if (!plan) return put_raw_row(record, after);
  const auto columns = changed_columns(*plan, before.values, after.values);
  if (!columns) return put_row(record, after);
  DAYBOOK_ASSIGN(auto change, file_->prepare(change_sql(*plan, *columns)));
  bind_change(change, *columns, record.id, after);
  DAYBOOK_TRY(change.run());
  ensure(file_->changes() == 1);
  return {};
}

Result<bool> SqliteLocalStore::confirm_row(const RecordRef& record, const Confirmation& confirmed) {
  const TablePlan* plan = plan_of(record.collection);
  const auto joined = static_cast<std::int64_t>(confirmed.joined);
  const auto state = name_of(RowState::kOffice);
  if (plan) {
    DAYBOOK_TRY(file_->run(plan->confirm_sql, confirmed.version, confirmed.foreign, state, joined,
                           confirmed.round, to_string(record.id)));
  } else {
    DAYBOOK_TRY(file_->run(
        "update daybook_raw_row set version=?,foreign_version=?,state=?,scopes=scopes|?,round=? "
        "where collection=? and id=?",
        confirmed.version, confirmed.foreign, state, joined, confirmed.round, record.collection,
        record.id));
  }
  return file_->changes() > 0;
}

Result<void> SqliteLocalStore::erase_row(const RecordRef& record) {
  const TablePlan* plan = plan_of(record.collection);
  if (plan) return file_->run(plan->erase_sql, to_string(record.id));
  return file_->run("delete from daybook_raw_row where collection=? and id=?", record.collection,
                    record.id);
}

Result<std::optional<ViewRow>> SqliteLocalStore::find_raw_row(const RecordRef& record) {
  DAYBOOK_ASSIGN(auto find, file_->prepare("select " + std::string(kRawColumns) +
                                           " from daybook_raw_row where collection=? and id=?"));
  DAYBOOK_ASSIGN(const bool found, find.bind_all(record.collection, record.id).step());
  if (!found) return std::optional<ViewRow>{};
  DAYBOOK_ASSIGN(auto row, read_raw(find, 0));
  return std::optional<ViewRow>(std::move(row));
}

Result<void> SqliteLocalStore::put_raw_row(const RecordRef& record, const ViewRow& row) {
  return file_->run("insert or replace into daybook_raw_row(collection,id," +
                        std::string(kRawColumns) + ") values(?,?,?,?,?,?,?,?)",
                    record.collection, record.id, encode(row.values), row.version, row.foreign,
                    name_of(row.state), static_cast<std::int64_t>(row.scopes), row.round);
}

Result<void> SqliteLocalStore::each_table_row(const TablePlan& plan, std::optional<ScopeMask> mask,
                                              const RowVisitor& visit) {
  DAYBOOK_ASSIGN(auto read, file_->prepare(mask ? plan.each_in_scope_sql : plan.each_sql));
  if (mask) read.bind(1, static_cast<std::int64_t>(*mask));
  for (;;) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) return {};
    const auto id = uuid_from(read.text(0));
    if (!id) return failure(Errc::kCorrupt, plan.collection + ".id");
    DAYBOOK_ASSIGN(const auto row, read_row(read, plan, 1));
    DAYBOOK_TRY(visit(RecordRef{plan.collection, *id}, row));
  }
}

Result<void> SqliteLocalStore::each_raw_row(std::optional<ScopeMask> mask,
                                            const RowVisitor& visit) {
  DAYBOOK_ASSIGN(auto read, file_->prepare("select collection,id," + std::string(kRawColumns) +
                                           " from daybook_raw_row where ? or scopes & ?"));
  read.bind_all(!mask.has_value(), static_cast<std::int64_t>(mask.value_or(0)));
  for (;;) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) return {};
    const RecordRef record{std::string(read.text(0)), read.uuid(1)};
    DAYBOOK_ASSIGN(const auto row, read_raw(read, 2));
    DAYBOOK_TRY(visit(record, row));
  }
}

Result<void> SqliteLocalStore::each_row(ScopeMask mask, const RowVisitor& visit) {
  for (const auto& [collection, plan] : plans_) DAYBOOK_TRY(each_table_row(plan, mask, visit));
  return each_raw_row(mask, visit);
}

Result<void> SqliteLocalStore::each_row(const RowVisitor& visit) {
  for (const auto& [collection, plan] : plans_)
    DAYBOOK_TRY(each_table_row(plan, std::nullopt, visit));
  return each_raw_row(std::nullopt, visit);
}

}  // namespace daybook
