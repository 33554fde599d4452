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

// False when the column cannot hold the value so that it comes back the same.
bool bind_value(sqlite::Statement& put, int at, FieldType type, const Value& value) {
  switch (type) {
    case FieldType::kBool:
      if (value.kind() != Value::Kind::kBool) return false;
      put.bind(at, value.as_bool());
      return true;
    case FieldType::kInt:
    case FieldType::kTime:
    case FieldType::kMoney:
    case FieldType::kQuantity:
    case FieldType::kGeo:
      if (value.kind() != Value::Kind::kInt) return false;
      put.bind(at, value.as_int());
      return true;
    case FieldType::kText:
      if (value.kind() != Value::Kind::kText || value.as_text().find('\0') != std::string::npos)
        return false;
      put.bind(at, value.as_text());
      return true;
    case FieldType::kBytes:
    case FieldType::kStrokes:
    case FieldType::kDigest:
      if (value.kind() != Value::Kind::kBytes) return false;
      put.bind(at, value.as_bytes());
      return true;
    case FieldType::kReference: {
      const auto reference = reference_in(value);
      if (reference) put.bind(at, to_string(*reference));
      return reference.has_value();
    }
    case FieldType::kTextList:
      if (!is_text_list(value)) return false;
      put.bind(at, json_of_texts(value.as_list()));
      return true;
    case FieldType::kReferenceList: {
      const auto texts = references_as_texts(value);
      if (texts) put.bind(at, json_of_texts(*texts));
      return texts.has_value();
    }
  }
  return false;
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
    if (!given || !bind_value(put, at, column.type, value->second)) {
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
