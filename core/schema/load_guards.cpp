// SPDX-License-Identifier: Apache-2.0
// What must hold between records: business keys of a collection, and ledgers. Read here, and held
// against the fields that they name once all collections are known.
#include <algorithm>

#include "core/schema/load_steps.hpp"

namespace daybook {
namespace {

bool is_number(FieldType type) {
  return type == FieldType::kInt || type == FieldType::kMoney || type == FieldType::kQuantity;
}
bool is_list(FieldType type) {
  return type == FieldType::kTextList || type == FieldType::kReferenceList;
}

// ["phones", "address"]; never empty.
Result<std::vector<std::string>> take_names(const SchemaPlace& place, std::string_view key) {
  std::vector<std::string> names;
  const auto* list = place.node().find(key);
  const auto bad = [&] {
    return place.error_at(key, "'" + std::string(key) + "' is a list of names");
  };
  if (list == nullptr || list->kind != JsonNode::Kind::kArray || list->items.empty()) return bad();
  for (const auto& item : list->items) {
    if (item.kind != JsonNode::Kind::kText) return bad();
    names.push_back(item.text);
  }
  return names;
}

std::string_view key_of(const LedgerEntry& entry) {
  return entry.states ? "states" : entry.takes ? "takes" : "gives";
}

Result<LedgerEntry> load_entry(const SchemaPlace& place) {
  DAYBOOK_TRY(
      place.expect_only({"of", "account", "gives", "takes", "states", "at", "within", "where"}));
  LedgerEntry entry;
  DAYBOOK_TRY(place.take_text("of", entry.collection));
  DAYBOOK_ASSIGN(entry.account, take_names(place, "account"));
  const auto* gives = place.node().find("gives");
  const auto* takes = place.node().find("takes");
  const auto* states = place.node().find("states");
  if (int{gives != nullptr} + int{takes != nullptr} + int{states != nullptr} != 1)
    return place.error("needs 'gives', 'takes' or 'states', a field that holds a number, or 1");
  entry.takes = takes != nullptr;
  entry.states = states != nullptr;
  const auto& amount = entry.states ? *states : entry.takes ? *takes : *gives;
  if (amount.kind == JsonNode::Kind::kText) {
    entry.amount = amount.text;
  } else if (entry.states || amount.kind != JsonNode::Kind::kInt || amount.integer != 1) {
    return place.error_at(key_of(entry), entry.states ? "a field that holds a number"
                                                      : "a field that holds a number, or 1");
  }
  DAYBOOK_TRY(place.take_text("at", entry.at));
  DAYBOOK_TRY(place.take_text("within", entry.within));
  if (!entry.within.empty() && gives == nullptr)
    return place.error_at("within", "only what is given can be awaited");
  const auto* where = place.node().find("where");
  if (where == nullptr) return entry;
  if (where->kind != JsonNode::Kind::kObject)
    return place.error_at("where", "'where' is an object of fields and their values");
  for (const auto& [name, value] : where->members) {
    switch (value.kind) {
      case JsonNode::Kind::kText: entry.where.emplace_back(name, Value::text(value.text)); break;
      case JsonNode::Kind::kInt:
        entry.where.emplace_back(name, Value::integer(value.integer));
        break;
      case JsonNode::Kind::kBool:
        entry.where.emplace_back(name, Value::boolean(value.boolean));
        break;
      case JsonNode::Kind::kNull: entry.where.emplace_back(name, Value::null()); break;
      default: return place.error_at("where", "a text, a whole number, true, false or null");
    }
  }
  return entry;
}

Result<LedgerSchema> load_ledger(const SchemaPlace& place, const std::string& name) {
  DAYBOOK_TRY(
      place.expect_only({"label", "entries", "at_least", "two_sided", "within_hours", "outside"}));
  if (!is_schema_name(name))
    return place.error("not a name: lower case letters, digits and underscores");
  LedgerSchema ledger;
  ledger.name = name;
  DAYBOOK_TRY(place.take_label(ledger.label_zh, ledger.label_en));
  DAYBOOK_TRY(place.take_flag("two_sided", ledger.two_sided));
  std::optional<std::int64_t> at_least;
  DAYBOOK_TRY(place.take_integer("at_least", INT64_MIN, at_least));
  if (at_least && ledger.two_sided)
    return place.error_at("at_least", "a two-sided ledger has no other bound");
  ledger.at_least = at_least.value_or(0);
  std::optional<std::int64_t> within;
  DAYBOOK_TRY(place.take_integer("within_hours", 1, within));
  if (within && (!ledger.two_sided || *within > kWithinHoursMax)) {
    return place.error_at("within_hours",
                          "of a two-sided ledger, at most " + std::to_string(kWithinHoursMax));
  }
  ledger.within_hours = static_cast<std::uint32_t>(within.value_or(0));
  if (place.node().find("outside") != nullptr) {
    DAYBOOK_ASSIGN(ledger.outside, take_names(place, "outside"));
  }
  const auto* entries = place.node().find("entries");
  if (entries == nullptr || entries->kind != JsonNode::Kind::kArray || entries->items.empty())
    return place.error_at("entries", "needs 'entries', a list of what gives and what takes");
  for (const auto& node : entries->items) {
    DAYBOOK_ASSIGN(auto entry, load_entry(place.member("entries", node)));
    ledger.entries.push_back(std::move(entry));
  }
  const auto takes = [](const LedgerEntry& entry) { return entry.takes; };
  if (std::none_of(ledger.entries.begin(), ledger.entries.end(), takes))
    return place.error_at("entries", "nothing takes from this ledger: there is nothing to watch");
  if (ledger.is_awaited() && (at_least || ledger.two_sided || ledger.is_counted()))
    return place.error_at("entries", "'within' is for a ledger without another bound");
  if (ledger.is_counted() && (at_least || ledger.two_sided))
    return place.error_at("entries", "a ledger where an entry states has no other bound");
  return ledger;
}

// `parts` and `is_counted` are those of the ledger.
Result<void> check_entry(const Schema& schema, const LedgerEntry& entry, std::size_t parts,
                         bool is_counted, const SchemaPlace& place) {
  const auto* collection = schema.find(entry.collection);
  if (collection == nullptr)
    return place.error_at("of", "no collection '" + entry.collection + "'");
  const auto missing = [&](std::string_view key, const std::string& field) {
    return place.error_at(key, "no field '" + field + "' in " + collection->name);
  };
  if (entry.account.size() != parts)
    return place.error_at("account", "all entries name their accounts by as many fields");
  for (const auto& field : entry.account) {
    if (field == "id") continue;
    const auto* known = collection->find(field);
    if (known == nullptr) return missing("account", field);
    if (is_list(known->type)) return place.error_at("account", "'" + field + "' is a list");
  }
  for (const auto& [field, value] : entry.where) {
    if (collection->find(field) == nullptr) return missing("where", field);
  }
  if (entry.at.empty() == is_counted)
    return place.error_at("at",
                          "'at' is needed where an entry of the ledger states, and only there");
  if (is_counted) {
    const auto* at = collection->find(entry.at);
    if (at == nullptr) return missing("at", entry.at);
    if (at->type != FieldType::kTime) return place.error_at("at", "'" + entry.at + "' is no time");
    if (!collection->is_fact) return place.error_at("of", "only facts stay as they were counted");
  }
  if (!entry.within.empty()) {
    const auto* hours = collection->find(entry.within);
    if (hours == nullptr) return missing("within", entry.within);
    if (hours->type != FieldType::kInt)
      return place.error_at("within", "'" + entry.within + "' is no whole number, of hours");
  }
  if (entry.amount.empty()) return success();
  const std::string_view key = key_of(entry);
  const auto* amount = collection->find(entry.amount);
  if (amount == nullptr) return missing(key, entry.amount);
  if (!is_number(amount->type)) return place.error_at(key, "'" + entry.amount + "' is no number");
  return success();
}

}  // namespace

Result<void> load_unique(const SchemaPlace& place, CollectionSchema& collection) {
  const auto* list = place.node().find("unique");
  if (list == nullptr) return success();
  if (list->kind != JsonNode::Kind::kArray || list->items.empty())
    return place.error_at("unique", R"('unique' is a list of keys: [["serial"], ...])");
  for (const auto& node : list->items) {
    const SchemaPlace at = place.member("unique", node);
    UniqueKey key;
    if (node.kind == JsonNode::Kind::kObject) {
      DAYBOOK_TRY(at.expect_only({"fields", "unless"}));
      DAYBOOK_ASSIGN(key.fields, take_names(at, "fields"));
      DAYBOOK_TRY(at.take_text("unless", key.unless));
    } else {
      for (const auto& item : node.items) key.fields.push_back(item.text);
    }
    std::size_t lists = 0;
    for (const auto& field : key.fields) {
      const auto* known = collection.find(field);
      if (known == nullptr) return at.error("no field '" + field + "' in " + collection.name);
      lists += is_list(known->type) ? 1 : 0;
    }
    if (key.fields.empty()) return at.error("a key has at least one field");
    if (lists > 1) return at.error("at most one field of a key is a list");
    if (!key.unless.empty() && collection.find(key.unless) == nullptr)
      return at.error_at("unless", "no field '" + key.unless + "' in " + collection.name);
    collection.unique.push_back(std::move(key));
  }
  return success();
}

Result<void> load_ledgers(const SchemaPlace& place, Schema& schema) {
  const auto* ledgers = place.node().find("ledgers");
  if (ledgers == nullptr) return success();
  if (ledgers->kind != JsonNode::Kind::kObject)
    return place.error_at("ledgers", "'ledgers' is an object");
  const SchemaPlace inside = place.member("ledgers", *ledgers);
  for (const auto& [name, node] : ledgers->members) {
    const SchemaPlace at = inside.member(name, node);
    DAYBOOK_ASSIGN(auto ledger, load_ledger(at, name));
    for (std::size_t i = 0; i < ledger.entries.size(); ++i) {
      DAYBOOK_TRY(check_entry(schema, ledger.entries[i], ledger.entries[0].account.size(),
                              ledger.is_counted(),
                              at.member("entries", node.find("entries")->items[i])));
    }
    schema.ledgers.push_back(std::move(ledger));
  }
  return success();
}

}  // namespace daybook
