// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/json/value_json.hpp"

#include <array>
#include <cstdint>

#include "core/base/hex.hpp"
#include "core/model/limits.hpp"
#include "core/model/strokes.hpp"

namespace daybook::abi {
namespace {

Error wrong_type(const std::string& place, std::string_view expected, const JsonValue& json) {
  return failure(Errc::kWrongType, place,
                 "expected " + std::string(expected) + ", not " + std::string(name_of(json.kind)));
}

Result<Value> read_hex(const JsonValue& json, const std::string& place) {
  auto bytes = json.is(JsonValue::Kind::kText) ? from_hex(json.text) : std::nullopt;
  if (!bytes) return wrong_type(place, "bytes as hex", json);
  return Value::bytes(*std::move(bytes));
}

Result<Value> read_reference(const JsonValue& json, const std::string& place) {
  const auto id = json.is(JsonValue::Kind::kText) ? uuid_from(json.text) : std::nullopt;
  if (!id) return wrong_type(place, "the id of a record", json);
  return Value::bytes(copy_of(id->view()));
}

Result<Value> read_text(const JsonValue& json, const std::string& place) {
  if (!json.is(JsonValue::Kind::kText)) return wrong_type(place, "a text", json);
  return Value::text(json.text);
}

Result<Value> read_list(const JsonValue& json, FieldType type, const std::string& place) {
  if (!json.is(JsonValue::Kind::kArray)) return wrong_type(place, "an array", json);
  if (json.items.size() > kListItemsMax) {
    return failure(Errc::kTooLarge, place, "at most " + std::to_string(kListItemsMax) + " items");
  }
  ValueList list;
  for (std::size_t i = 0; i < json.items.size(); ++i) {
    const std::string inner = place_in(place, i);
    DAYBOOK_ASSIGN(auto item, type == FieldType::kTextList ? read_text(json.items[i], inner)
                                                           : read_reference(json.items[i], inner));
    list.push_back(std::move(item));
  }
  return Value::list(std::move(list));
}

// [x, y, t, p]
Result<StrokePoint> read_point(const JsonValue& json, const std::string& place) {
  constexpr std::size_t coordinates = 4;
  if (!json.is(JsonValue::Kind::kArray) || json.items.size() != coordinates)
    return wrong_type(place, "a point [x, y, t, p]", json);
  constexpr std::array<std::int64_t, coordinates> least{INT32_MIN, INT32_MIN, 0, 0};
  constexpr std::array<std::int64_t, coordinates> most{INT32_MAX, INT32_MAX, UINT32_MAX,
                                                       kPressureMax};
  for (std::size_t i = 0; i < coordinates; ++i) {
    const JsonValue& item = json.items[i];
    if (!item.is(JsonValue::Kind::kInt)) return wrong_type(place, "whole numbers", item);
    if (item.integer < least[i] || item.integer > most[i])
      return failure(Errc::kInvalid, place, "out of range: " + std::to_string(item.integer));
  }
  return StrokePoint{static_cast<std::int32_t>(json.items[0].integer),
                     static_cast<std::int32_t>(json.items[1].integer),
                     static_cast<std::uint32_t>(json.items[2].integer),
                     static_cast<std::uint16_t>(json.items[3].integer)};
}

Result<Value> read_strokes(const JsonValue& json, const std::string& place) {
  if (!json.is(JsonValue::Kind::kArray)) return wrong_type(place, "an array of strokes", json);
  Strokes strokes;
  for (std::size_t i = 0; i < json.items.size(); ++i) {
    const std::string inner = place_in(place, i);
    if (!json.items[i].is(JsonValue::Kind::kArray))
      return wrong_type(inner, "an array of points", json.items[i]);
    Stroke& stroke = strokes.emplace_back();
    for (std::size_t j = 0; j < json.items[i].items.size(); ++j) {
      DAYBOOK_ASSIGN(const auto point, read_point(json.items[i].items[j], place_in(inner, j)));
      stroke.push_back(point);
    }
  }
  auto bytes = encode_strokes(strokes);
  if (!bytes.ok()) return failure(bytes.error().code, place, bytes.error().detail);
  return Value::bytes(*std::move(bytes));
}

void write_strokes(JsonWriter& out, const Strokes& strokes) {
  out.begin_array();
  for (const Stroke& stroke : strokes) {
    out.begin_array();
    for (const StrokePoint& point : stroke) {
      out.begin_array().integer(point.x).integer(point.y);
      out.integer(point.t_ms).integer(point.pressure).end_array();
    }
    out.end_array();
  }
  out.end_array();
}

}  // namespace

Result<Value> read_value(const JsonValue& json, FieldType type, const std::string& place) {
  if (json.is(JsonValue::Kind::kNull)) return Value::null();
  switch (type) {
    case FieldType::kBool:
      if (!json.is(JsonValue::Kind::kBool)) return wrong_type(place, "true or false", json);
      return Value::boolean(json.boolean);
    case FieldType::kInt:
    case FieldType::kTime:
    case FieldType::kMoney:
    case FieldType::kQuantity:
    case FieldType::kGeo:
      if (!json.is(JsonValue::Kind::kInt)) return wrong_type(place, "a whole number", json);
      return Value::integer(json.integer);
    case FieldType::kText: return read_text(json, place);
    case FieldType::kBytes:
    case FieldType::kDigest: return read_hex(json, place);
    case FieldType::kReference: return read_reference(json, place);
    case FieldType::kTextList:
    case FieldType::kReferenceList: return read_list(json, type, place);
    case FieldType::kStrokes: return read_strokes(json, place);
  }
  return failure(Errc::kNotSupported, place, "type of the field");
}

void write_value(JsonWriter& out, const Value& value, const FieldType* type) {
  const bool is_reference =
      type != nullptr && (*type == FieldType::kReference || *type == FieldType::kReferenceList);
  switch (value.kind()) {
    case Value::Kind::kNull: out.null(); return;
    case Value::Kind::kBool: out.boolean(value.as_bool()); return;
    case Value::Kind::kInt: out.integer(value.as_int()); return;
    case Value::Kind::kText: out.text(value.as_text()); return;
    case Value::Kind::kBytes: {
      if (type != nullptr && *type == FieldType::kStrokes) {
        if (const auto strokes = decode_strokes(value.as_bytes()); strokes.ok())
          return write_strokes(out, *strokes);
      }
      const auto id = is_reference ? Uuid::from(value.as_bytes()) : std::nullopt;
      out.text(id ? to_string(*id) : to_hex(value.as_bytes()));
      return;
    }
    case Value::Kind::kList:
      out.begin_array();
      for (const Value& item : value.as_list()) write_value(out, item, type);
      out.end_array();
      return;
  }
}

}  // namespace daybook::abi
