// SPDX-License-Identifier: Apache-2.0
#include "core/schema/load.hpp"

#include <algorithm>

#include "core/crypto/sha256.hpp"
#include "core/model/limits.hpp"
#include "core/schema/load_steps.hpp"
#include "core/schema/only_by_act.hpp"
#include "core/schema/own_collection.hpp"

namespace daybook {
namespace {

constexpr std::size_t kCollectionsMax = 256;
// Leaves room for the "#7" with which a record tells apart who made an event happen again.
constexpr std::size_t kEventNameSizeMax = 48;
constexpr std::int64_t kDeadlineHoursMax = 24 * 366 * 10;

Result<EventSchema> load_event(const SchemaPlace& place, std::string_view name,
                               bool of_fact_collection) {
  DAYBOOK_TRY(place.expect_only({"fact", "about", "field", "equals"}));
  EventSchema event;
  event.name = std::string(name);
  if (name.size() > kEventNameSizeMax) {
    return place.error("at most " + std::to_string(kEventNameSizeMax) + " bytes");
  }
  if (!is_schema_name(name))
    return place.error("not a name: lower case letters, digits and underscores");
  if (of_fact_collection) return place.error("events happen to documents, not to facts");
  DAYBOOK_TRY(place.take_text("fact", event.fact));
  DAYBOOK_TRY(place.take_text("about", event.about));
  DAYBOOK_TRY(place.take_text("field", event.field));
  if (event.field.empty()) return place.error("needs 'field', the field that is compared");
  if (event.fact.empty() != event.about.empty())
    return place.error("'fact' and 'about' belong together");
  const auto* equals = place.node().find("equals");
  if (equals == nullptr) return place.error("needs 'equals', the value that makes it happen");
  switch (equals->kind) {
    case JsonNode::Kind::kText: event.equals = Value::text(equals->text); break;
    case JsonNode::Kind::kInt: event.equals = Value::integer(equals->integer); break;
    case JsonNode::Kind::kBool: event.equals = Value::boolean(equals->boolean); break;
    default: return place.error_at("equals", "'equals' is a text, a whole number, true or false");
  }
  return event;
}

Result<void> load_members(const SchemaPlace& place, CollectionSchema& collection) {
  const auto* fields = place.node().find("fields");
  if (fields == nullptr || fields->kind != JsonNode::Kind::kObject || fields->members.empty()) {
    return place.error_at("fields", "needs 'fields', an object with at least one field");
  }
  if (fields->members.size() > kFieldsPerChangeMax) {
    return place.error_at("fields", "at most " + std::to_string(kFieldsPerChangeMax) + " fields");
  }
  for (const auto& [name, node] : fields->members) {
    DAYBOOK_ASSIGN(auto field, load_field(place.member(name, node), name, collection));
    collection.fields.push_back(std::move(field));
  }
  const auto* events = place.node().find("events");
  if (events == nullptr) return success();
  if (events->kind != JsonNode::Kind::kObject)
    return place.error_at("events", "'events' is an object");
  for (const auto& [name, node] : events->members) {
    DAYBOOK_ASSIGN(auto event, load_event(place.member(name, node), name, collection.is_fact));
    collection.events.push_back(std::move(event));
  }
  return success();
}

Result<CollectionSchema> load_collection(const SchemaPlace& place, std::string_view name) {
  DAYBOOK_TRY(place.expect_only({"kind", "label", "parent", "scope_field", "organisation_field",
                                 "shared", "fields", "events", "unique", "covers", "only_by_act"}));
  if (!is_schema_name(name))
    return place.error("not a name: lower case letters, digits and underscores");
  CollectionSchema collection;
  collection.name = std::string(name);
  std::string kind;
  DAYBOOK_TRY(place.take_text("kind", kind));
  if (kind != "document" && kind != "fact")
    return place.error_at("kind", "'kind' is document or fact");
  collection.is_fact = kind == "fact";
  DAYBOOK_TRY(place.take_label(collection.label_zh, collection.label_en));
  DAYBOOK_TRY(place.take_text("parent", collection.parent));
  DAYBOOK_TRY(place.take_text("scope_field", collection.scope_field));
  DAYBOOK_TRY(place.take_text("organisation_field", collection.organisation_field));
  DAYBOOK_TRY(place.take_flag("shared", collection.shared));
  DAYBOOK_TRY(place.take_flag("only_by_act", collection.only_by_act));
  DAYBOOK_TRY(load_members(place, collection));
  DAYBOOK_TRY(load_unique(place, collection));
  return collection;
}

Result<void> load_deadlines(const SchemaPlace& place, Schema& schema) {
  const auto* found = place.node().find("deadline_hours");
  if (found == nullptr) return success();
  const SchemaPlace hours = place.member("deadline_hours", *found);
  DAYBOOK_TRY(hours.expect_only({"low", "normal", "high"}));
  for (const auto severity : kSeverities) {
    std::optional<std::int64_t> given;
    DAYBOOK_TRY(hours.take_integer(name_of(severity), 0, given));
    if (given.value_or(0) > kDeadlineHoursMax)
      return hours.error_at(name_of(severity), "at most " + std::to_string(kDeadlineHoursMax));
    schema.deadline_hours[static_cast<std::size_t>(severity)] =
        static_cast<std::uint32_t>(given.value_or(0));
  }
  return success();
}

Result<void> load_head(const SchemaPlace& place, Schema& schema) {
  DAYBOOK_TRY(place.expect_only({"daybook_schema", "name", "version", "deadline_hours",
                                 "organisations", "collections", "ledgers", "views", "acts"}));
  std::optional<std::int64_t> format;
  std::optional<std::int64_t> version;
  DAYBOOK_TRY(place.take_integer("daybook_schema", 0, format));
  if (format != 1)
    return place.error_at("daybook_schema", "needs 'daybook_schema': 1, the format of this file");
  DAYBOOK_TRY(place.take_text("name", schema.name));
  if (!is_schema_name(schema.name))
    return place.error_at("name", "needs 'name': lower case letters, digits and underscores");
  DAYBOOK_TRY(place.take_integer("version", 1, version));
  if (!version) return place.error("needs 'version', a whole number from 1");
  schema.version = static_cast<std::uint64_t>(*version);
  return load_deadlines(place, schema);
}

}  // namespace

Result<Schema> load_schema(std::string_view json, std::string_view file_name) {
  DAYBOOK_ASSIGN(const auto root, read_json_lines(json, file_name));
  const SchemaPlace place(file_name, {}, root);
  if (root.kind != JsonNode::Kind::kObject) return place.error("a schema is an object");
  Schema schema;
  DAYBOOK_TRY(load_head(place, schema));
  const auto* collections = root.find("collections");
  if (collections == nullptr || collections->kind != JsonNode::Kind::kObject ||
      collections->members.empty()) {
    return place.error_at("collections",
                          "needs 'collections', an object with at least one collection");
  }
  if (collections->members.size() > kCollectionsMax) {
    return place.error_at("collections",
                          "at most " + std::to_string(kCollectionsMax) + " collections");
  }
  const SchemaPlace inside(file_name, {}, *collections);
  for (const auto& [name, node] : collections->members) {
    if (name == kRuleSetCollection)
      return inside.member(name, node).error("headquarters keeps its publications under this name");
    DAYBOOK_ASSIGN(auto collection, load_collection(inside.member(name, node), name));
    schema.collections.push_back(std::move(collection));
  }
  DAYBOOK_TRY(check_graph(schema, inside));
  DAYBOOK_TRY(load_organisations(place, schema));
  DAYBOOK_TRY(load_ledgers(place, schema));
  DAYBOOK_TRY(load_views_and_acts(place, schema));
  if (const auto left = check_acts_write(schema); !left.ok())
    return place.error_at("collections", left.error().field + ": " + left.error().detail);
  DAYBOOK_TRY(read_papers(*collections, schema, inside));
  schema.source = std::string(json);
  schema.digest = sha256(view_of(json));
  return schema;
}

SchemaPlace SchemaPlace::member(const std::string& key, const JsonNode& node) const {
  return {file_, path_.empty() ? key : path_ + "." + key, node};
}

Error SchemaPlace::error(std::string what) const {
  const std::string at = file_ + ":" + std::to_string(node_->line);
  return failure(Errc::kInvalid, path_.empty() ? at : at + ": " + path_, std::move(what));
}

Error SchemaPlace::error_at(std::string_view key, std::string what) const {
  const auto* member_node = node_->find(key);
  return SchemaPlace(file_, path_, member_node == nullptr ? *node_ : *member_node)
      .error(std::move(what));
}

Result<void> SchemaPlace::expect_only(std::initializer_list<std::string_view> keys) const {
  if (node_->kind != JsonNode::Kind::kObject) return error("has to be an object");
  for (const auto& [key, node] : node_->members) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      return member(key, node).error("unknown key '" + key + "'");
  }
  return success();
}

Result<void> SchemaPlace::take_text(std::string_view key, std::string& into) const {
  const auto* found = node_->find(key);
  if (found == nullptr) return success();
  if (found->kind != JsonNode::Kind::kText || found->text.empty())
    return error_at(key, "'" + std::string(key) + "' is a text");
  into = found->text;
  return success();
}

Result<void> SchemaPlace::take_flag(std::string_view key, bool& into) const {
  const auto* found = node_->find(key);
  if (found == nullptr) return success();
  if (found->kind != JsonNode::Kind::kBool)
    return error_at(key, "'" + std::string(key) + "' is true or false");
  into = found->boolean;
  return success();
}

Result<void> SchemaPlace::take_integer(std::string_view key, std::int64_t min,
                                       std::optional<std::int64_t>& into) const {
  const auto* found = node_->find(key);
  if (found == nullptr) return success();
  if (found->kind != JsonNode::Kind::kInt || found->integer < min) {
    const std::string from = min == INT64_MIN ? "" : " from " + std::to_string(min);
    return error_at(key, "'" + std::string(key) + "' is a whole number" + from);
  }
  into = found->integer;
  return success();
}

Result<void> SchemaPlace::take_label(std::string& zh, std::string& en) const {
  const auto* found = node_->find("label");
  if (found == nullptr) return success();
  const SchemaPlace label = member("label", *found);
  DAYBOOK_TRY(label.expect_only({"zh", "en"}));
  DAYBOOK_TRY(label.take_text("zh", zh));
  return label.take_text("en", en);
}

bool is_schema_name(std::string_view name) {
  if (name.empty() || name.size() > kNameSizeMax || name.front() < 'a' || name.front() > 'z')
    return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace daybook
