// SPDX-License-Identifier: Apache-2.0
#include "sync-server/reports/report_tables.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/acts/act_tables.hpp"
#include "core/acts/sql_check.hpp"
#include "core/base/hex.hpp"

namespace daybook {
namespace {

std::string storage_of(FieldType type) {
  switch (type) {
    case FieldType::kBool:
    case FieldType::kInt:
    case FieldType::kTime:
    case FieldType::kMoney:
    case FieldType::kQuantity:
    case FieldType::kGeo: return "integer";
    case FieldType::kText:
    case FieldType::kDigest:
    case FieldType::kReference:
    case FieldType::kTextList:
    case FieldType::kReferenceList: return "text";
    case FieldType::kStrokes:
    case FieldType::kBytes: break;
  }
  return "blob";
}

// As a person would write it: UTC as ISO 8601, money and quantities with their point.
std::string readable(const FieldSchema& field) {
  const std::string name = quoted_name(field.name);
  switch (field.type) {
    case FieldType::kTime:
      return "strftime('%Y-%m-%dT%H:%M:%SZ', " + name + " / 1000, 'unixepoch') as " + name;
    case FieldType::kMoney: return "cast(" + name + " as real) / 100 as " + name;
    case FieldType::kQuantity: return "cast(" + name + " as real) / 1000 as " + name;
    case FieldType::kGeo: return "cast(" + name + " as real) / 10000000 as " + name;
    default: return name;
  }
}

// A text that the column cannot hold as it is (it may be anything, from anybody) is left out
// rather than written as something else: `_row` has it.
nlohmann::json plain(const Value& value) {
  if (value.kind() == Value::Kind::kText) return value.as_text();
  if (value.kind() != Value::Kind::kBytes) return nullptr;
  const auto id = Uuid::from(value.as_bytes());
  return id ? to_string(*id) : to_hex(value.as_bytes());
}

std::string list_text(const ValueList& items) {
  auto list = nlohmann::json::array();
  for (const auto& item : items) list.push_back(plain(item));
  return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void bind_field(sqlite::Statement& put, int at, const FieldSchema& field, const Value* value) {
  const bool is_number = storage_of(field.type) == "integer";
  if (value == nullptr || value->is_null()) {
    put.bind(at, nullptr);
  } else if (is_number && value->kind() == Value::Kind::kInt) {
    put.bind(at, value->as_int());
  } else if (is_number && value->kind() == Value::Kind::kBool) {
    put.bind(at, value->as_bool());
  } else if (!is_number && value->kind() == Value::Kind::kText) {
    put.bind(at, value->as_text());
  } else if (!is_number && value->kind() == Value::Kind::kBytes) {
    put.bind(at, plain(*value).get<std::string>());
  } else if (!is_number && value->kind() == Value::Kind::kList) {
    put.bind(at, list_text(value->as_list()));
  } else {
    put.bind(at, nullptr);
  }
}

std::string collection_sql(const CollectionSchema& collection) {
  const std::string table = quoted_name(exact_table_of(collection.name));
  std::string columns;
  std::string shown;
  std::string indexes;
  for (const auto* field : report_columns(collection)) {
    columns += ",\n  " + quoted_name(field->name) + " " + storage_of(field->type);
    shown += ", " + readable(*field);
    const bool narrowed = field->indexed || field->type == FieldType::kReference;
    if (!narrowed) continue;
    indexes += "create index " +
               quoted_name(exact_table_of(collection.name) + "_by_" + field->name) + " on " +
               table + " (" + quoted_name(field->name) + ", id);\n";
  }
  return "create table " + table +
         " (\n  id text primary key,\n  _version integer not null,\n  _created integer not null,\n"
         "  _row blob not null" +
         columns + "\n) strict;\n" + indexes + "create view " + quoted_name(collection.name) +
         " as select id, _version, _created" + shown + " from " + table + ";\n";
}

Result<std::string> views_sql(const Schema& schema) {
  std::string sql;
  if (schema.views.empty()) return sql;
  DAYBOOK_ASSIGN(const auto trouble, find_view_trouble(schema, Where::kOffice));
  for (const auto& view : schema.views) {
    const bool works = std::none_of(trouble.begin(), trouble.end(), [&](const SqlTrouble& each) {
      return each.place == "views." + view.name;
    });
    if (works && stands_at(view.at, Where::kOffice))
      sql += create_view_sql(schema, view, Where::kOffice) + ";\n";
  }
  return sql;
}

}  // namespace

std::string quoted_name(const std::string& name) { return "\"" + name + "\""; }

std::string exact_table_of(const std::string& collection) { return "exact_" + collection; }

std::vector<const FieldSchema*> report_columns(const CollectionSchema& collection) {
  std::vector<const FieldSchema*> columns;
  for (const auto& field : collection.fields) {
    const bool ours = field.name == "id" || field.name.front() == '_';
    // Bytes say nothing to who reads tables; they are in _row.
    if (storage_of(field.type) != "blob" && !ours) columns.push_back(&field);
  }
  return columns;
}

Result<std::string> report_tables_sql(const Schema& schema) {
  std::string sql =
      "create table daybook_state (\n  one integer primary key check (one = 1),\n"
      "  epoch text not null,\n  version integer not null,\n  head text not null,\n"
      "  schema_digest text not null\n) strict;\n"
      "create table exact_commit (\n  version integer primary key,\n  set_id text not null,\n"
      "  actor text not null,\n  device text,\n  verdict text not null,\n  reason text,\n"
      "  received_ms integer not null,\n  records integer not null\n) strict;\n"
      "create view daybook_commit as select version, set_id, actor, device, verdict, reason,\n"
      "  strftime('%Y-%m-%dT%H:%M:%SZ', received_ms / 1000, 'unixepoch') as received, records\n"
      "  from exact_commit;\n"
      "create table daybook_attachment (\n  digest text not null,\n  size integer not null,\n"
      "  media_type text not null,\n  role text not null,\n  collection text not null,\n"
      "  record text not null,\n  set_id text not null,\n  version integer not null,\n"
      "  actor text not null,\n  primary key (record, digest, set_id)\n) strict, without rowid;\n";
  for (const auto& collection : schema.collections) sql += collection_sql(collection);
  DAYBOOK_ASSIGN(const std::string views, views_sql(schema));
  return sql + views;
}

std::string put_sql_of(const CollectionSchema& collection) {
  std::string names = "id, _version, _created, _row";
  std::string marks = "?, ?, ?, ?";
  for (const auto* field : report_columns(collection)) {
    names += ", " + quoted_name(field->name);
    marks += ", ?";
  }
  return "insert or replace into " + quoted_name(exact_table_of(collection.name)) + " (" + names +
         ") values (" + marks + ")";
}

void bind_record(sqlite::Statement& put, const CollectionSchema& collection,
                 const RecordState& state) {
  const Fields values = state.values();
  put.bind(1, to_string(state.record.id)).bind(2, state.version).bind(3, state.created);
  put.bind(4, encode(state).row);
  int at = 5;
  for (const auto* field : report_columns(collection))
    bind_field(put, at++, *field, values.find(field->name));
}

}  // namespace daybook
