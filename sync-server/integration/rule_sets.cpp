// SPDX-License-Identifier: Apache-2.0
// The rule sets that this book was kept under: version, digest, and every field with its rule.
#include "core/base/hex.hpp"
#include "core/schema/load.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/integration/handlers.hpp"

namespace daybook {
namespace {

Json fields_json(const CollectionSchema& collection) {
  Json fields = Json::array();
  for (const auto& field : collection.fields) {
    Json one = {{"name", field.name}, {"type", name_of(field.type)}};
    if (!collection.is_fact) one["rule"] = to_string(field.rule);
    if (!field.references.empty()) one["references"] = field.references;
    one["required"] = field.required;
    one["label"] = {{"zh", field.label_zh}, {"en", field.label_en}};
    fields.push_back(std::move(one));
  }
  return fields;
}

}  // namespace

Result<http::Response> list_rule_sets(const Call&, ReadDesk& desk) {
  DAYBOOK_ASSIGN(const auto rows, desk.book.list_schemas());
  Json sets = Json::array();
  for (const auto& row : rows) {
    sets.push_back({{"version", row.version},
                    {"digest", to_hex(row.digest.view())},
                    {"in_force", row.digest == desk.schema.digest}});
  }
  return json_reply({{"rule_sets", std::move(sets)}});
}

Result<http::Response> show_rule_set(const Call& call, ReadDesk& desk) {
  DAYBOOK_ASSIGN(const auto version, number_in(call.parts.front(), "version"));
  DAYBOOK_ASSIGN(const auto rows, desk.book.list_schemas());
  for (const auto& row : rows) {
    if (row.version != version) continue;
    DAYBOOK_ASSIGN(const auto schema, load_schema(row.json, "stored"));
    Json collections = Json::array();
    for (const auto& collection : schema.collections) {
      collections.push_back({{"name", collection.name},
                             {"kind", collection.is_fact ? "fact" : "document"},
                             {"label", {{"zh", collection.label_zh}, {"en", collection.label_en}}},
                             {"fields", fields_json(collection)}});
    }
    return json_reply({{"version", row.version},
                       {"digest", to_hex(row.digest.view())},
                       {"name", schema.name},
                       {"collections", std::move(collections)},
                       {"source", row.json}});
  }
  return failure(Errc::kNotFound, "version", std::to_string(version));
}

}  // namespace daybook
