// SPDX-License-Identifier: Apache-2.0
// What can be checked only when all collections are known: names that refer to each other, scope
// paths, and the tree of organisations with what belongs to whom.
#include <algorithm>

#include "core/schema/load_steps.hpp"

namespace daybook {
namespace {

constexpr int kScopePathMax = 3;

// The place of `collection` (and of its field or event) in the file, for errors.
SchemaPlace place_of(const SchemaPlace& collections, const std::string& collection) {
  const auto* node = collections.node().find(collection);
  ensure(node != nullptr);
  return collections.member(collection, *node);
}
SchemaPlace place_of(const SchemaPlace& collections, const std::string& collection,
                     std::string_view group, const std::string& name) {
  const SchemaPlace place = place_of(collections, collection);
  const auto* list = place.node().find(group);
  ensure(list != nullptr);
  const auto* node = list->find(name);
  ensure(node != nullptr);
  return place.member(name, *node);
}

Result<void> check_event(const Schema& schema, const CollectionSchema& about,
                         const EventSchema& event, const SchemaPlace& place) {
  if (event.fact.empty()) {
    if (about.find(event.field) == nullptr)
      return place.error_at("field", "no field '" + event.field + "' in " + about.name);
    return success();
  }
  const auto* fact = schema.find(event.fact);
  if (fact == nullptr || !fact->is_fact)
    return place.error_at("fact", "no fact '" + event.fact + "'");
  if (fact->find(event.field) == nullptr)
    return place.error_at("field", "no field '" + event.field + "' in " + fact->name);
  const auto* reference = fact->find(event.about);
  if (reference == nullptr || reference->type != FieldType::kReference ||
      reference->references != about.name) {
    return place.error_at(
        "about", "'" + event.about + "' is no reference from " + fact->name + " to " + about.name);
  }
  return success();
}

Result<void> check_own_fields(const CollectionSchema& collection, const SchemaPlace& place) {
  if (!collection.parent.empty()) {
    const auto* parent = collection.find(collection.parent);
    if (parent == nullptr || parent->type != FieldType::kReference) {
      return place.error_at("parent",
                            "'" + collection.parent + "' is no reference of " + collection.name);
    }
  }
  if (!collection.scope_field.empty()) {
    const auto* scope = collection.find(collection.scope_field);
    if (scope == nullptr || scope->type != FieldType::kText) {
      return place.error_at(
          "scope_field", "'" + collection.scope_field + "' is no text field of " + collection.name);
    }
  }
  return success();
}

// The fields of a group share one decision, so they share one rule.
Result<void> check_group(const CollectionSchema& collection, const FieldSchema& field,
                         const SchemaPlace& place) {
  if (field.group.empty()) return success();
  if (collection.find(field.group) != nullptr)
    return place.error_at("group", "'" + field.group + "' is the name of a field");
  const auto& fields = collection.fields;
  const auto mate = std::find_if(fields.begin(), fields.end(), [&](const FieldSchema& other) {
    return other.name != field.name && other.group == field.group;
  });
  if (mate == fields.end())
    return place.error_at("group", "no other field is in group '" + field.group + "'");
  if (mate->rule != field.rule)
    return place.error_at("group",
                          "'" + mate->name + "' is in the same group and has another rule");
  return success();
}

Result<void> check_collection(const Schema& schema, const CollectionSchema& collection,
                              const SchemaPlace& collections) {
  DAYBOOK_TRY(check_own_fields(collection, place_of(collections, collection.name)));
  for (const auto& field : collection.fields) {
    const auto place = place_of(collections, collection.name, "fields", field.name);
    if (!field.references.empty() && schema.find(field.references) == nullptr) {
      return place.error_at("references", "no collection '" + field.references + "'");
    }
    if (!field.rule.event.empty() && collection.find_event(field.rule.event) == nullptr) {
      return place.error_at("rule", "no event '" + field.rule.event + "' in " + collection.name);
    }
    DAYBOOK_TRY(check_group(collection, field, place));
    for (const auto& other : field.hold.fields) {
      if (collection.find(other) == nullptr || other == field.name)
        return place.error_at("hold", "no other field '" + other + "' in " + collection.name);
    }
  }
  for (const auto& event : collection.events) {
    DAYBOOK_TRY(check_event(schema, collection, event,
                            place_of(collections, collection.name, "events", event.name)));
  }
  return success();
}

// Scopes flow from a record to what it follows, and from a parent to its children. Finds circles,
// and ways of more steps than allowed.
class ScopePaths {
 public:
  ScopePaths(const Schema& schema, const SchemaPlace& collections)
      : schema_(schema), collections_(collections), walks_(schema.collections.size()) {}

  Result<void> check() {
    for (std::size_t i = 0; i < walks_.size(); ++i) {
      DAYBOOK_TRY(walk(i));
      if (walks_[i].steps > kScopePathMax) {
        return error_at(i, "a scope path has more than " + std::to_string(kScopePathMax) +
                               " steps: " + longest_way(i));
      }
    }
    return success();
  }

 private:
  enum class State : std::uint8_t { kNew, kOnTheWay, kDone };
  struct Walk {
    State state = State::kNew;
    int steps = 0;         // of the longest way from here
    std::size_t next = 0;  // its first step
  };

  Result<void> walk(std::size_t from) {
    if (walks_[from].state == State::kDone) return success();
    if (walks_[from].state == State::kOnTheWay)
      return error_at(from, "scopes go in a circle: " + circle_to(from));
    walks_[from].state = State::kOnTheWay;
    way_.push_back(from);
    for (std::size_t to = 0; to < walks_.size(); ++to) {
      if (!flows(schema_.collections[from], schema_.collections[to])) continue;
      DAYBOOK_TRY(walk(to));
      if (walks_[to].steps >= walks_[from].steps) {
        walks_[from].steps = walks_[to].steps + 1;
        walks_[from].next = to;
      }
    }
    way_.pop_back();
    walks_[from].state = State::kDone;
    return success();
  }

  static bool flows(const CollectionSchema& from, const CollectionSchema& to) {
    for (const auto& field : from.fields) {
      if (field.follow && field.references == to.name) return true;
    }
    const auto* parent = to.parent.empty() ? nullptr : to.find(to.parent);
    return parent != nullptr && parent->references == from.name;
  }

  Error error_at(std::size_t at, std::string what) const {
    return place_of(collections_, schema_.collections[at].name).error(std::move(what));
  }
  std::string circle_to(std::size_t back) const {
    std::string text;
    for (auto at = std::find(way_.begin(), way_.end(), back); at != way_.end(); ++at)
      text += schema_.collections[*at].name + " -> ";
    return text + schema_.collections[back].name;
  }
  std::string longest_way(std::size_t from) const {
    std::string text = schema_.collections[from].name;
    for (; walks_[from].steps > 0; from = walks_[from].next)
      text += " -> " + schema_.collections[walks_[from].next].name;
    return text;
  }

  const Schema& schema_;
  const SchemaPlace& collections_;
  std::vector<Walk> walks_;
  std::vector<std::size_t> way_;
};

Result<void> check_people(const Schema& schema, const SchemaPlace& place) {
  const auto* people = schema.find(schema.organisations.people);
  if (people == nullptr)
    return place.error_at("people", "no collection '" + schema.organisations.people + "'");
  if (people->scope_field.empty() || people->organisation_field.empty()) {
    return place.error_at("people", people->name +
                                        " needs 'scope_field', the login of the person, and "
                                        "'organisation_field', where the person works");
  }
  return success();
}

Result<void> check_tree(const Schema& schema, const SchemaPlace& place) {
  const auto* tree = schema.find(schema.organisations.tree);
  if (tree == nullptr || tree->is_fact)
    return place.error_at("tree", "no document '" + schema.organisations.tree + "'");
  if (tree->organisation_field.empty()) {
    return place.error_at("tree",
                          tree->name + " needs 'organisation_field', the organisation above each");
  }
  return success();
}

// A record belongs to the organisation that the field names.
Result<void> check_field(const Schema& schema, const CollectionSchema& collection,
                         const SchemaPlace& place) {
  if (collection.organisation_field.empty()) return success();
  if (schema.organisations.tree.empty()) {
    return place.error_at("organisation_field",
                          "the schema has no 'organisations' that it could name");
  }
  const auto* field = collection.find(collection.organisation_field);
  if (field == nullptr || field->type != FieldType::kReference ||
      field->references != schema.organisations.tree) {
    return place.error_at("organisation_field", "'" + collection.organisation_field +
                                                    "' is no reference from " + collection.name +
                                                    " to " + schema.organisations.tree);
  }
  return success();
}

}  // namespace

Result<void> check_graph(const Schema& schema, const SchemaPlace& collections) {
  for (const auto& collection : schema.collections)
    DAYBOOK_TRY(check_collection(schema, collection, collections));
  return ScopePaths(schema, collections).check();
}

Result<void> load_organisations(const SchemaPlace& place, Schema& schema) {
  if (const auto* found = place.node().find("organisations"); found != nullptr) {
    const SchemaPlace inside = place.member("organisations", *found);
    DAYBOOK_TRY(inside.expect_only({"tree", "people"}));
    DAYBOOK_TRY(inside.take_text("tree", schema.organisations.tree));
    DAYBOOK_TRY(inside.take_text("people", schema.organisations.people));
    DAYBOOK_TRY(check_tree(schema, inside));
    DAYBOOK_TRY(check_people(schema, inside));
  }
  const auto* collections = place.node().find("collections");
  ensure(collections != nullptr);
  for (const auto& collection : schema.collections) {
    const auto* node = collections->find(collection.name);
    ensure(node != nullptr);
    DAYBOOK_TRY(
        check_field(schema, collection,
                    SchemaPlace(place.file(), {}, *collections).member(collection.name, *node)));
  }
  return success();
}

}  // namespace daybook
