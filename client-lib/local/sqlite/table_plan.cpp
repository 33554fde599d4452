// SPDX-License-Identifier: Apache-2.0
#include "client-lib/local/sqlite/table_plan.hpp"

#include <algorithm>

#include "client-lib/local/sqlite/column_text.hpp"
#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

constexpr int kOwnColumns = 6;  // _extra … _round

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

bool is_text_list(const Value& value) {
  if (value.kind() != Value::Kind::kList) return false;
  const auto& list = value.as_list();
  return std::all_of(list.begin(), list.end(),
                     [](const Value& v) { return v.kind() == Value::Kind::kText; });
}

std::optional<Uuid> reference_in(const Value& value) {
  if (value.kind() != Value::Kind::kBytes) return std::nullopt;
  return Uuid::from(value.as_bytes());
}

std::optional<ValueList> references_as_texts(const Value& value) {
  if (value.kind() != Value::Kind::kList) return std::nullopt;
  ValueList texts;
  for (const Value& item : value.as_list()) {
    const auto reference = reference_in(item);
    if (!reference) return std::nullopt;
    texts.push_back(Value::text(to_string(*reference)));
  }
  return texts;
}

// Can the column hold the value so that it comes back the same?
bool holds(FieldType type, const Value& value) {
  switch (type) {
    case FieldType::kBool: return value.kind() == Value::Kind::kBool;
    case FieldType::kInt:
    case FieldType::kTime:
    case FieldType::kMoney:
    case FieldType::kQuantity:
    case FieldType::kGeo: return value.kind() == Value::Kind::kInt;
    case FieldType::kText:
      return value.kind() == Value::Kind::kText && value.as_text().find('\0') == std::string::npos;
    case FieldType::kBytes:
    case FieldType::kStrokes:
    case FieldType::kDigest: return value.kind() == Value::Kind::kBytes;
    case FieldType::kReference: return reference_in(value).has_value();
    case FieldType::kTextList: return is_text_list(value);
    case FieldType::kReferenceList: return references_as_texts(value).has_value();
  }
  return false;
}

// REQUIRES: holds(type, value).
void bind_value(sqlite::Statement& put, int at, FieldType type, const Value& value) {
  switch (type) {
    case FieldType::kBool: put.bind(at, value.as_bool()); return;
    case FieldType::kInt:
    case FieldType::kTime:
    case FieldType::kMoney:
    case FieldType::kQuantity:
    case FieldType::kGeo: put.bind(at, value.as_int()); return;
    case FieldType::kText: put.bind_borrowed(at, std::string_view(value.as_text())); return;
    case FieldType::kBytes:
    case FieldType::kStrokes:
    case FieldType::kDigest: put.bind_borrowed(at, BytesView(value.as_bytes())); return;
    case FieldType::kReference: put.bind(at, to_string(*reference_in(value))); return;
    case FieldType::kTextList: put.bind(at, json_of_texts(value.as_list())); return;
    case FieldType::kReferenceList:
      put.bind(at, json_of_texts(*references_as_texts(value)));
      return;
  }
}

Value reference_from(std::string_view text) {
  const auto id = uuid_from(text);
  return id ? Value::bytes(copy_of(id->view())) : Value();
}

Value read_value(sqlite::Statement& row, int at, FieldType type) {
  switch (type) {
    case FieldType::kBool: return Value::boolean(row.int64(at) != 0);
    case FieldType::kInt:
    case FieldType::kTime:
    case FieldType::kMoney:
    case FieldType::kQuantity:
    case FieldType::kGeo: return Value::integer(row.int64(at));
    case FieldType::kText: return Value::text(std::string(row.text(at)));
    case FieldType::kBytes:
    case FieldType::kStrokes:
    case FieldType::kDigest: return Value::bytes(copy_of(row.bytes(at)));
    case FieldType::kReference: return reference_from(row.text(at));
    case FieldType::kTextList: {
      auto texts = texts_of_json(row.text(at));
      return texts ? Value::list(std::move(*texts)) : Value();
    }
    case FieldType::kReferenceList: {
      auto items = texts_of_json(row.text(at));
      if (!items) return {};
      for (Value& item : *items) item = reference_from(item.as_text());
      return Value::list(std::move(*items));
    }
  }
  return {};
}

RowState state_of(std::string_view name) {
  for (const RowState state : {RowState::kPending, RowState::kParked, RowState::kNoLongerYours}) {
    if (name == name_of(state)) return state;
  }
  return RowState::kOffice;
}

}  // namespace

bool may_name_table(const std::string& collection) {
  return collection.rfind("daybook_", 0) != 0 && collection.rfind("sqlite_", 0) != 0;
}

bool may_name_column(const std::string& field) { return field != "id"; }

std::string storage_of(FieldType type) {
  switch (type) {
    case FieldType::kBool:
    case FieldType::kInt:
    case FieldType::kTime:
    case FieldType::kMoney:
    case FieldType::kQuantity:
    case FieldType::kGeo: return "INTEGER";
    case FieldType::kText:
    case FieldType::kReference:
    case FieldType::kTextList:
    case FieldType::kReferenceList: return "TEXT";
    case FieldType::kBytes:
    case FieldType::kStrokes:
    case FieldType::kDigest: return "BLOB";
  }
  return "BLOB";
}

TablePlan plan_table(const std::string& collection, std::vector<TableColumn> columns) {
  std::sort(columns.begin(), columns.end(), [](const TableColumn& a, const TableColumn& b) {
    return canonical_less(a.field, b.field);
  });
  TablePlan plan;
  plan.collection = collection;
  const std::string table = quoted(collection);
  const std::string own = "_extra,_version,_foreign,_state,_scopes,_round";
  std::string fields, marks;
  for (const TableColumn& column : columns) {
    fields += quoted(column.field) + ",";
    marks += "?,";
  }
  plan.find_sql = "select " + fields + own + " from " + table + " where id=?";
  plan.put_sql = "insert or replace into " + table + "(id," + fields + own + ") values(?," + marks +
                 "?,?,?,?,?,?)";
  plan.erase_sql = "delete from " + table + " where id=?";
  plan.confirm_sql = "update " + table +
                     " set _version=?,_foreign=?,_state=?,_scopes=_scopes|?,_round=? where id=?";
  plan.each_sql = "select id," + fields + own + " from " + table;
  plan.each_in_scope_sql = plan.each_sql + " where _scopes & ?";
  plan.columns = std::move(columns);
  return plan;
}

void bind_row(sqlite::Statement& put, const TablePlan& plan, const Uuid& id, const ViewRow& row) {
  put.bind(1, to_string(id));
  Fields extra;
  auto value = row.values.begin();
  int at = 2;
  for (const TableColumn& column : plan.columns) {
    // Both are in canonical order: one walk over the two.
    while (value != row.values.end() && canonical_less(value->first, column.field)) {
      extra.append(value->first, value->second);
      ++value;
    }
    const bool given = value != row.values.end() && value->first == column.field;
    if (given && holds(column.type, value->second)) {
      bind_value(put, at, column.type, value->second);
    } else {
      put.bind(at, nullptr);
      if (given) extra.append(value->first, value->second);
    }
    if (given) ++value;
    ++at;
  }
  for (; value != row.values.end(); ++value) extra.append(value->first, value->second);
  if (extra.empty()) {
    put.bind(at, nullptr);
  } else {
    put.bind(at, encode(extra));
  }
  put.bind(at + 1, row.version).bind(at + 2, row.foreign).bind(at + 3, name_of(row.state));
  put.bind(at + 4, static_cast<std::int64_t>(row.scopes)).bind(at + 5, row.round);
}

std::optional<std::vector<ChangedColumn>> changed_columns(const TablePlan& plan,
                                                          const Fields& before,
                                                          const Fields& after) {
  std::vector<ChangedColumn> changed;
  auto column = plan.columns.begin();
  auto was = before.begin();
  auto is = after.begin();
  while (was != before.end() || is != after.end()) {
    // All three are in canonical order: one walk over them.
    const bool only_was =
        is == after.end() || (was != before.end() && canonical_less(was->first, is->first));
    const bool only_is =
        was == before.end() || (is != after.end() && canonical_less(is->first, was->first));
    const Value* old_value = only_is ? nullptr : &was->second;
    const Value* new_value = only_was ? nullptr : &is->second;
    const std::string& field = only_was ? was->first : is->first;
    if (!only_is) ++was;
    if (!only_was) ++is;
    if (old_value && new_value && *old_value == *new_value) continue;
    while (column != plan.columns.end() && canonical_less(column->field, field)) ++column;
    const bool fits = column != plan.columns.end() && column->field == field &&
                      (!old_value || holds(column->type, *old_value)) &&
                      (!new_value || holds(column->type, *new_value));
    if (!fits) return std::nullopt;
    changed.push_back({&*column, new_value});
  }
  return changed;
}

std::string change_sql(const TablePlan& plan, const std::vector<ChangedColumn>& columns) {
  std::string sql = "update " + quoted(plan.collection) + " set ";
  for (const ChangedColumn& changed : columns) sql += quoted(changed.column->field) + "=?,";
  return sql + "_version=?,_foreign=?,_state=?,_scopes=?,_round=? where id=?";
}

void bind_change(sqlite::Statement& change, const std::vector<ChangedColumn>& columns,
                 const Uuid& id, const ViewRow& row) {
  int at = 1;
  for (const ChangedColumn& changed : columns) {
    if (changed.value) {
      bind_value(change, at, changed.column->type, *changed.value);
    } else {
      change.bind(at, nullptr);
    }
    ++at;
  }
  change.bind(at, row.version).bind(at + 1, row.foreign).bind(at + 2, name_of(row.state));
  change.bind(at + 3, static_cast<std::int64_t>(row.scopes)).bind(at + 4, row.round);
  change.bind(at + 5, to_string(id));
}

Result<ViewRow> read_row(sqlite::Statement& row, const TablePlan& plan, int first) {
  ViewRow read;
  const int own = first + static_cast<int>(plan.columns.size());
  ensure(row.column_count() == own + kOwnColumns);
  read.values.reserve(plan.columns.size());
  int at = first;
  for (const TableColumn& column : plan.columns) {
    if (!row.is_null(at)) read.values.append(column.field, read_value(row, at, column.type));
    ++at;
  }
  if (!row.is_null(own)) {
    // Written by us from values that were checked when they came in, so only the format's own
    // limits hold here.
    DAYBOOK_ASSIGN(const Fields extra,
                   decode_fields(row.bytes(own), kFieldsPerChangeMax * 4, kExtraSizeMax));
    for (const auto& [name, value] : extra) read.values.set(name, value);
  }
  read.version = row.uint64(own + 1);
  read.foreign = row.uint64(own + 2);
  read.state = state_of(row.text(own + 3));
  read.scopes = static_cast<ScopeMask>(row.int64(own + 4));
  read.round = row.uint64(own + 5);
  DAYBOOK_TRY(row.check());
  return read;
}

}  // namespace daybook
