// SPDX-License-Identifier: Apache-2.0
// How a new schema reaches tables that hold rows already: columns are added, never taken away;
// values that waited in _extra move into the column that now knows them.
#include <algorithm>

#include "client-lib/local/sqlite/store.hpp"
#include "core/base/hex.hpp"

namespace daybook {
namespace {

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::vector<TableColumn> columns_of(const CollectionSchema& collection) {
  std::vector<TableColumn> columns;
  for (const auto& field : collection.fields) {
    if (may_name_column(field.name)) columns.push_back({field.name, field.type});
  }
  return columns;
}

const TableColumn* find_column(const TablePlan& plan, const std::string& field) {
  for (const auto& column : plan.columns) {
    if (column.field == field) return &column;
  }
  return nullptr;
}

}  // namespace

Result<void> SqliteLocalStore::load_plans() {
  plans_.clear();
  std::map<std::string, Columns> found;
  DAYBOOK_ASSIGN(auto read, file_->prepare("select collection, field, type from daybook_column"));
  for (;;) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) break;
    auto& columns = found[std::string(read.text(0))];
    // A row with an empty field stands for the table itself: a collection may have no columns of
    // its own.
    if (!read.text(1).empty()) {
      columns.push_back({std::string(read.text(1)), static_cast<FieldType>(read.int64(2))});
    }
  }
  DAYBOOK_TRY(read.check());
  for (auto& [collection, columns] : found)
    plans_.emplace(collection, plan_table(collection, std::move(columns)));
  return {};
}

const TablePlan* SqliteLocalStore::plan_of(const std::string& collection) const {
  const auto found = plans_.find(collection);
  return found == plans_.end() ? nullptr : &found->second;
}

Result<void> SqliteLocalStore::remember_column(const std::string& collection,
                                               const TableColumn& column) {
  return file_->run("insert or replace into daybook_column(collection,field,type) values(?,?,?)",
                    collection, column.field, column.type);
}

Result<void> SqliteLocalStore::make_indexes(const CollectionSchema& collection) {
  const TablePlan* plan = plan_of(collection.name);
  for (const auto& field : collection.fields) {
    if (!field.indexed || !find_column(*plan, field.name)) continue;
    DAYBOOK_TRY(file_->execute("create index if not exists " +
                               quoted("daybook_by_" + collection.name + "_" + field.name) + " on " +
                               quoted(collection.name) + "(" + quoted(field.name) + ")"));
  }
  return {};
}

Result<void> SqliteLocalStore::make_table(const CollectionSchema& collection,
                                          const Columns& columns) {
  std::string sql = "create table " + quoted(collection.name) + "(id TEXT primary key not null";
  for (const auto& column : columns)
    sql += "," + quoted(column.field) + " " + storage_of(column.type);
  sql +=
      ",_extra BLOB,_version INTEGER not null,_foreign INTEGER not null,_state TEXT not null,"
      "_scopes INTEGER not null,_round INTEGER not null) without rowid";
  DAYBOOK_TRY(file_->execute(sql));
  DAYBOOK_TRY(remember_column(collection.name, TableColumn{}));
  for (const auto& column : columns) DAYBOOK_TRY(remember_column(collection.name, column));
  plans_.insert_or_assign(collection.name, plan_table(collection.name, columns));
  return move_raw_rows(collection.name);
}

Result<void> SqliteLocalStore::move_raw_rows(const std::string& collection) {
  std::vector<std::pair<RecordRef, ViewRow>> rows;
  DAYBOOK_TRY(
      each_raw_row(std::nullopt, [&](const RecordRef& record, const ViewRow& row) -> Result<void> {
        if (record.collection == collection) rows.emplace_back(record, row);
        return {};
      }));
  if (rows.empty()) return {};
  for (const auto& [record, row] : rows) DAYBOOK_TRY(put_row(record, row));
  return file_->run("delete from daybook_raw_row where collection=?", collection);
}

Result<void> SqliteLocalStore::grow_table(const CollectionSchema& collection,
                                          const TablePlan& old) {
  Columns columns = old.columns;
  bool changed = false;
  for (const TableColumn& wanted : columns_of(collection)) {
    const TableColumn* known = find_column(old, wanted.field);
    if (known && known->type == wanted.type) continue;
    changed = true;
    if (!known) {
      DAYBOOK_TRY(file_->execute("alter table " + quoted(collection.name) + " add column " +
                                 quoted(wanted.field) + " " + storage_of(wanted.type)));
      columns.push_back(wanted);
      DAYBOOK_TRY(remember_column(collection.name, wanted));
      continue;
    }
    const auto at = std::find(columns.begin(), columns.end(), *known);
    if (storage_of(known->type) == storage_of(wanted.type)) {
      *at = wanted;
      DAYBOOK_TRY(remember_column(collection.name, wanted));
    } else {
      // The column would bend the new values; the field lives in _extra from now on.
      columns.erase(at);
      DAYBOOK_TRY(file_->run("delete from daybook_column where collection=? and field=?",
                             collection.name, wanted.field));
    }
  }
  if (!changed) return {};
  const TablePlan before = old;
  plans_.insert_or_assign(collection.name, plan_table(collection.name, std::move(columns)));
  return lay_rows_anew(before);
}

Result<void> SqliteLocalStore::lay_rows_anew(const TablePlan& old) {
  // In runs, because a row must not be written while the table is being read.
  constexpr std::size_t kRun = 500;
  std::string after;
  for (;;) {
    std::vector<std::pair<RecordRef, ViewRow>> rows;
    DAYBOOK_ASSIGN(auto read, file_->prepare(old.each_sql + " where id>? order by id limit 500"));
    read.bind(1, after);
    for (;;) {
      DAYBOOK_ASSIGN(const bool more, read.step());
      if (!more) break;
      after = std::string(read.text(0));
      const auto id = uuid_from(after);
      if (!id) return failure(Errc::kCorrupt, old.collection + ".id");
      DAYBOOK_ASSIGN(auto row, read_row(read, old, 1));
      rows.emplace_back(RecordRef{old.collection, *id}, std::move(row));
    }
    read.reset();
    for (const auto& [record, row] : rows) DAYBOOK_TRY(put_row(record, row));
    if (rows.size() < kRun) return {};
  }
}

Result<void> SqliteLocalStore::apply_schema(std::shared_ptr<const Schema> schema) {
  ensure(schema != nullptr);
  DAYBOOK_ASSIGN(const auto known, find_setting("schema_digest"));
  if (!known || !same_bytes(*known, schema->digest.view())) {
    // Before the tables: a collection may take the name that a view had.
    DAYBOOK_TRY(drop_views());
    for (const auto& collection : schema->collections) {
      if (!may_name_table(collection.name)) continue;
      const TablePlan* plan = plan_of(collection.name);
      if (plan) {
        const TablePlan old = *plan;
        DAYBOOK_TRY(grow_table(collection, old));
      } else {
        DAYBOOK_TRY(make_table(collection, columns_of(collection)));
      }
      DAYBOOK_TRY(make_indexes(collection));
    }
    DAYBOOK_TRY(make_views(*schema));
    DAYBOOK_TRY(put_setting("schema_digest", schema->digest.view()));
  }
  schema_ = std::move(schema);
  return {};
}

}  // namespace daybook
