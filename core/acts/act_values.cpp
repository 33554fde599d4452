// SPDX-License-Identifier: Apache-2.0
#include "core/acts/act_values.hpp"

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/model/limits.hpp"
#include "core/schema/json_lines.hpp"

namespace daybook {
namespace {

std::string text_of_id(const Value& value) {
  const auto id = value.kind() == Value::Kind::kBytes ? Uuid::from(value.as_bytes()) : std::nullopt;
  return id ? to_string(*id) : std::string();
}

std::string json_of(const ValueList& items) {
  auto list = nlohmann::json::array();
  for (const Value& item : items)
    list.push_back(item.kind() == Value::Kind::kText ? item.as_text() : text_of_id(item));
  return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Error wrong(FieldType type, std::string_view found) {
  return failure(Errc::kWrongType, {},
                 "expects " + std::string(name_of(type)) + ", not " + std::string(found));
}

std::string_view name_of_column(sqlite::ColumnKind kind) {
  switch (kind) {
    case sqlite::ColumnKind::kInteger: return "a whole number";
    case sqlite::ColumnKind::kReal: return "a fraction";
    case sqlite::ColumnKind::kText: return "a text";
    case sqlite::ColumnKind::kBytes: return "bytes";
    case sqlite::ColumnKind::kNull: return "null";
  }
  return "something else";
}

Result<std::optional<Value>> id_in(std::string_view text, FieldType type) {
  const auto id = uuid_from(text);
  if (!id || id->is_zero()) return wrong(type, "a text that is no id");
  return std::optional<Value>(Value::bytes(copy_of(id->view())));
}

Result<std::optional<Value>> list_in(std::string_view text, FieldType type) {
  const auto json = read_json_lines(text, "list");
  if (!json.ok() || json->kind != JsonNode::Kind::kArray)
    return wrong(type, "a text that is no JSON list");
  if (json->items.size() > kListItemsMax) return wrong(type, "one with more items");
  ValueList items;
  for (const auto& item : json->items) {
    if (item.kind != JsonNode::Kind::kText) return wrong(type, "a list of something else");
    if (type == FieldType::kTextList) {
      items.push_back(Value::text(item.text));
      continue;
    }
    DAYBOOK_ASSIGN(auto id, id_in(item.text, type));
    items.push_back(*std::move(id));
  }
  return std::optional<Value>(Value::list(std::move(items)));
}

Result<std::optional<Value>> text_in(std::string_view text, FieldType type) {
  switch (type) {
    case FieldType::kText: return std::optional<Value>(Value::text(std::string(text)));
    case FieldType::kReference: return id_in(text, type);
    case FieldType::kTextList:
    case FieldType::kReferenceList: return list_in(text, type);
    case FieldType::kDigest:
    case FieldType::kBytes:
    case FieldType::kStrokes: {
      const auto bytes = from_hex(text);
      if (!bytes) return wrong(type, "a text that is no hex");
      return std::optional<Value>(Value::bytes(*bytes));
    }
    default: return wrong(type, "a text");
  }
}

Result<std::optional<Value>> integer_in(std::int64_t number, FieldType type) {
  switch (type) {
    case FieldType::kBool:
      if (number != 0 && number != 1) return wrong(type, "a number that is neither 0 nor 1");
      return std::optional<Value>(Value::boolean(number == 1));
    case FieldType::kInt:
    case FieldType::kTime:
    case FieldType::kMoney:
    case FieldType::kQuantity:
    case FieldType::kGeo: return std::optional<Value>(Value::integer(number));
    default: return wrong(type, "a whole number");
  }
}

}  // namespace

void bind_argument(sqlite::Statement& statement, int at, const Value* value, FieldType type,
                   Where side) {
  if (value == nullptr || value->is_null()) {
    statement.bind(at, nullptr);
    return;
  }
  switch (value->kind()) {
    case Value::Kind::kBool: statement.bind(at, value->as_bool()); break;
    case Value::Kind::kInt: statement.bind(at, value->as_int()); break;
    case Value::Kind::kText: statement.bind(at, value->as_text()); break;
    case Value::Kind::kList: statement.bind(at, json_of(value->as_list())); break;
    case Value::Kind::kBytes:
      if (type == FieldType::kReference) {
        statement.bind(at, text_of_id(*value));
      } else if (type == FieldType::kDigest && side == Where::kOffice) {
        statement.bind(at, to_hex(value->as_bytes()));
      } else {
        statement.bind(at, value->as_bytes());
      }
      break;
    default: statement.bind(at, nullptr); break;
  }
}

Result<std::optional<Value>> value_in_column(sqlite::Statement& row, int at, FieldType type) {
  const auto kind = row.kind(at);
  switch (kind) {
    case sqlite::ColumnKind::kNull: return std::optional<Value>();
    case sqlite::ColumnKind::kInteger: return integer_in(row.int64(at), type);
    case sqlite::ColumnKind::kText: return text_in(row.text(at), type);
    case sqlite::ColumnKind::kBytes:
      if (type == FieldType::kDigest || type == FieldType::kBytes || type == FieldType::kStrokes)
        return std::optional<Value>(Value::bytes(copy_of(row.bytes(at))));
      break;
    case sqlite::ColumnKind::kReal: break;
  }
  return wrong(type, name_of_column(kind));
}

}  // namespace daybook
