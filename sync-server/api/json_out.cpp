// SPDX-License-Identifier: Apache-2.0
#include "sync-server/api/json_out.hpp"

#include "core/base/hex.hpp"
#include "core/model/strokes.hpp"

namespace daybook {
namespace {

Json change_json(const Schema& schema, const Change& change) {
  Json json = json_of(change.record);
  if (change.kind == Change::Kind::kCreate) {
    json["kind"] = "create";
    json["values"] = json_of(schema, change.record.collection, change.created);
    return json;
  }
  json["kind"] = "edit";
  Json edits = Json::array();
  for (const auto& edit : change.edits) {
    const auto* field = find_field(schema, change.record.collection, edit.field);
    edits.push_back({{"field", edit.field},
                     {"old", json_of(field, edit.was)},
                     {"new", json_of(field, edit.now)},
                     {"seen", edit.base.version}});
  }
  json["edits"] = std::move(edits);
  return json;
}

}  // namespace

const FieldSchema* find_field(const Schema& schema, const std::string& collection,
                              const std::string& field) {
  const auto* known = schema.find(collection);
  return known == nullptr ? nullptr : known->find(field);
}

std::string_view name_of(DeviceStatus status) {
  switch (status) {
    case DeviceStatus::kActive: return "active";
    case DeviceStatus::kLeaver: return "leaver";
    case DeviceStatus::kStolen: return "stolen";
    case DeviceStatus::kHeld: return "held";
  }
  return "unknown";
}

Json json_of(const Strokes& strokes) {
  Json drawn = Json::array();
  for (const Stroke& stroke : strokes) {
    Json points = Json::array();
    for (const StrokePoint& point : stroke)
      points.push_back({point.x, point.y, point.t_ms, point.pressure});
    drawn.push_back(std::move(points));
  }
  return drawn;
}

Json json_of(const FieldSchema* field, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull: return nullptr;
    case Value::Kind::kBool: return value.as_bool();
    case Value::Kind::kInt: return value.as_int();
    case Value::Kind::kText: return value.as_text();
    case Value::Kind::kBytes: {
      if (field != nullptr && field->type == FieldType::kStrokes) {
        if (const auto strokes = decode_strokes(value.as_bytes()); strokes.ok())
          return json_of(*strokes);
      }
      const bool is_reference = field != nullptr && !field->references.empty();
      const auto id = is_reference ? Uuid::from(value.as_bytes()) : std::nullopt;
      return id ? to_string(*id) : to_hex(value.as_bytes());
    }
    case Value::Kind::kList: break;
  }
  Json list = Json::array();
  for (const auto& item : value.as_list()) list.push_back(json_of(field, item));
  return list;
}

Json json_of(const FieldSchema* field, const std::optional<Value>& value) {
  return value ? json_of(field, *value) : Json(nullptr);
}

Json json_of(const Schema& schema, const std::string& collection, const Fields& fields) {
  Json json = Json::object();
  for (const auto& [name, value] : fields)
    json[name] = json_of(find_field(schema, collection, name), value);
  return json;
}

Json json_of(const RecordRef& record) {
  return {{"collection", record.collection}, {"id", to_string(record.id)}};
}

Json json_of(const Schema& schema, const Receipt& receipt) {
  Json json = {{"set", to_string(receipt.set)},
               {"version", receipt.commit},
               {"verdict", name_of(receipt.verdict)}};
  if (!receipt.reason.empty()) json["reason"] = receipt.reason;
  if (!receipt.detail.empty()) json["detail"] = receipt.detail;
  json["rules_version"] = receipt.rules_version;
  Json fields = Json::array();
  for (const auto& field : receipt.fields) {
    Json one = json_of(field.record);
    one["field"] = field.field;
    one["outcome"] = name_of(field.outcome);
    one["rule"] = field.rule;
    if (field.own)
      one["own"] = json_of(find_field(schema, field.record.collection, field.field), *field.own);
    if (field.case_number != 0) one["case"] = field.case_number;
    fields.push_back(std::move(one));
  }
  json["fields"] = std::move(fields);
  return json;
}

Json json_of(const Stamp& stamp) {
  Json json = {{"claimed_ms", stamp.wall_ms},
               {"utc_offset_min", stamp.utc_offset_min},
               {"measured", stamp.skew_bound_ms >= 0}};
  if (stamp.skew_bound_ms >= 0) {
    // Unsigned sums: a phone's numbers may be anything, and must not overflow here.
    const auto at =
        static_cast<std::uint64_t>(stamp.wall_ms) - static_cast<std::uint64_t>(stamp.skew_ms);
    json["from_ms"] =
        static_cast<std::int64_t>(at - static_cast<std::uint64_t>(stamp.skew_bound_ms));
    json["to_ms"] = static_cast<std::int64_t>(at + static_cast<std::uint64_t>(stamp.skew_bound_ms));
  }
  return json;
}

Json json_of(const Schema& schema, const Body& body) {
  Json json = {{"set", to_string(body.id)},
               {"actor", body.actor},
               {"at", json_of(body.stamp)},
               {"schema_version", body.schema_version}};
  Json depends = Json::array();
  for (const auto& set : body.depends) depends.push_back(to_string(set));
  json["depends"] = std::move(depends);
  Json changes = Json::array();
  for (const auto& change : body.changes) changes.push_back(change_json(schema, change));
  json["changes"] = std::move(changes);
  Json claims = Json::array();
  for (const auto& claim : body.claims) {
    Json one = json_of(claim.record);
    one["field"] = claim.field;
    one["saw"] = json_of(find_field(schema, claim.record.collection, claim.field), claim.seen);
    claims.push_back(std::move(one));
  }
  json["claims"] = std::move(claims);
  Json attachments = Json::array();
  for (const auto& attachment : body.attachments) {
    attachments.push_back({{"digest", to_hex(attachment.digest.view())},
                           {"size", attachment.size},
                           {"media_type", attachment.media_type},
                           {"role", attachment.role},
                           {"record", json_of(attachment.record)},
                           {"state", "promised"}});
  }
  json["attachments"] = std::move(attachments);
  if (body.replaces) json["replaces"] = to_string(*body.replaces);
  return json;
}

Json json_of(const UserRow& user) {
  Json json = {{"actor", user.actor},
               {"display_name", user.display_name},
               {"role", user.role},
               {"active", user.active},
               {"has_password", !user.password_hash.empty()}};
  json["organisation"] = user.organisation ? Json(to_string(*user.organisation)) : Json(nullptr);
  return json;
}

Bytes bytes_of(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return copy_of(view_of(text));
}

}  // namespace daybook
