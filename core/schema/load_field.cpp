// SPDX-License-Identifier: Apache-2.0
// One field of the schema file: its type, its limits, and a rule that can work with that type.
#include <algorithm>
#include <array>
#include <limits>

#include "core/model/limits.hpp"
#include "core/schema/load_steps.hpp"
#include "core/schema/rule_text.hpp"

namespace daybook {
namespace {

constexpr std::array kTypes{FieldType::kBool,   FieldType::kInt,      FieldType::kText,
                            FieldType::kBytes,  FieldType::kDigest,   FieldType::kReference,
                            FieldType::kTime,   FieldType::kMoney,    FieldType::kQuantity,
                            FieldType::kGeo,    FieldType::kTextList, FieldType::kReferenceList,
                            FieldType::kStrokes};
constexpr std::array kSafeDefaults{SafeDefault::kOffice, SafeDefault::kTechnician,
                                   SafeDefault::kSmaller, SafeDefault::kLarger,
                                   SafeDefault::kFirst};

bool is_integer(FieldType type) {
  return type == FieldType::kInt || type == FieldType::kTime || type == FieldType::kMoney ||
         type == FieldType::kQuantity || type == FieldType::kGeo;
}
bool is_list(FieldType type) {
  return type == FieldType::kTextList || type == FieldType::kReferenceList;
}
bool is_reference(FieldType type) {
  return type == FieldType::kReference || type == FieldType::kReferenceList;
}
bool has_size(FieldType type) {
  return type == FieldType::kText || type == FieldType::kBytes || is_list(type);
}

Result<void> load_type(const SchemaPlace& place, FieldSchema& field) {
  std::string word;
  DAYBOOK_TRY(place.take_text("type", word));
  if (word.empty()) return place.error("no type");
  for (const auto type : kTypes) {
    if (name_of(type) == word) {
      field.type = type;
      return success();
    }
  }
  return place.error_at("type", "unknown type '" + word + "'");
}

// A rule that cannot work with the type would only be found out by the first technician who meets
// it.
Result<void> check_rule_fits(const SchemaPlace& place, const FieldSchema& field) {
  const auto& rule = field.rule;
  const bool keeps_text =
      rule.kind == RuleKind::kKeepBoth ||
      (rule.kind == RuleKind::kThreeWay && rule.fallback == RuleKind::kKeepBoth);
  const std::string name = to_string(rule);
  if (keeps_text && field.type != FieldType::kText)
    return place.error_at("rule", name + " needs type text");
  if (rule.kind == RuleKind::kGrows && !is_integer(field.type))
    return place.error_at("rule", name + " needs a number");
  if (rule.kind == RuleKind::kStateFromEvents && field.type != FieldType::kText)
    return place.error_at("rule", name + " needs type text");
  const bool needs_list = rule.kind == RuleKind::kAddWins || rule.kind == RuleKind::kAppend;
  if (needs_list && !is_list(field.type))
    return place.error_at("rule", name + " needs text_list or reference_list");
  return success();
}

// Which of two values is the smaller must be known, by number or by the order of `values`.
Result<void> load_safe_default(const SchemaPlace& place, FieldSchema& field) {
  std::string word;
  DAYBOOK_TRY(place.take_text("safe_default", word));
  if (word.empty()) return success();
  const bool may_ask =
      field.rule.kind == RuleKind::kAskHuman ||
      (field.rule.kind == RuleKind::kThreeWay && field.rule.fallback == RuleKind::kAskHuman);
  if (!may_ask) return place.error_at("safe_default", "only ask_human has a safe default");
  const auto named = std::find_if(kSafeDefaults.begin(), kSafeDefaults.end(),
                                  [&](SafeDefault one) { return name_of(one) == word; });
  if (named == kSafeDefaults.end()) {
    return place.error_at("safe_default",
                          "'safe_default' is office, technician, smaller, larger or first");
  }
  field.rule.safe_default = *named;
  const bool by_size = *named == SafeDefault::kSmaller || *named == SafeDefault::kLarger;
  const bool has_order =
      is_integer(field.type) || (field.type == FieldType::kText && !field.values.empty());
  if (by_size && !has_order)
    return place.error_at("safe_default", word + " needs a number, or a text with 'values'");
  return success();
}

// [["offered", "accepted"], ["accepted", "done"]]
Result<void> load_transitions(const SchemaPlace& place, FieldSchema& field) {
  const auto* list = place.node().find("transitions");
  const bool wanted = field.rule.kind == RuleKind::kStateFromEvents;
  if (list == nullptr && !wanted) return success();
  if (!wanted) return place.error_at("transitions", "only state_from_events has 'transitions'");
  const auto bad = [&] {
    return place.error_at("transitions",
                          "needs 'transitions', a list of pairs of texts: [[from, to], ...]");
  };
  if (list == nullptr || list->kind != JsonNode::Kind::kArray || list->items.empty()) return bad();
  const auto is_state = [](const JsonNode& node) {
    return node.kind == JsonNode::Kind::kText && !node.text.empty();
  };
  for (const auto& pair : list->items) {
    if (pair.kind != JsonNode::Kind::kArray || pair.items.size() != 2) return bad();
    for (const auto& state : pair.items) {
      if (!is_state(state)) return bad();
      const bool known = field.values.empty() || std::find(field.values.begin(), field.values.end(),
                                                           state.text) != field.values.end();
      if (!known)
        return place.error_at("transitions", "'" + state.text + "' is not one of the values");
    }
    field.rule.transitions.push_back({pair.items[0].text, pair.items[1].text});
  }
  return success();
}

// {"on": ["category"], "as": "held"}
Result<void> load_hold(const SchemaPlace& place, FieldSchema& field) {
  const auto* found = place.node().find("hold");
  if (found == nullptr) return success();
  const SchemaPlace hold = place.member("hold", *found);
  DAYBOOK_TRY(hold.expect_only({"on", "as"}));
  const auto* on = found->find("on");
  const bool is_list = on != nullptr && on->kind == JsonNode::Kind::kArray && !on->items.empty() &&
                       std::all_of(on->items.begin(), on->items.end(), [](const JsonNode& item) {
                         return item.kind == JsonNode::Kind::kText;
                       });
  if (!is_list) return hold.error("needs 'on', a list of names of fields");
  for (const auto& item : on->items) field.hold.fields.push_back(item.text);
  std::string as;
  DAYBOOK_TRY(hold.take_text("as", as));
  if (field.type != FieldType::kText || as.empty())
    return hold.error("needs 'as', a text, and a field of type text");
  field.hold.as = Value::text(std::move(as));
  return success();
}

// A fact is created once, so each of its fields has one rule without saying so.
Result<void> load_fact_rule(const SchemaPlace& place, FieldSchema& field) {
  std::string text;
  DAYBOOK_TRY(place.take_text("rule", text));
  if (!text.empty() && text != "immutable")
    return place.error_at("rule", "a fact is never merged: its fields take no rule");
  for (const auto* key : {"safe_default", "transitions", "group", "hold"}) {
    if (place.node().find(key) != nullptr)
      return place.error_at(key, std::string("a fact is never merged: its fields take no ") + key);
  }
  field.rule.kind = RuleKind::kImmutable;
  return success();
}

// One side's values stand as a whole, so the rule has to be one that picks a side.
Result<void> load_group(const SchemaPlace& place, FieldSchema& field) {
  DAYBOOK_TRY(place.take_text("group", field.group));
  if (field.group.empty()) return success();
  if (!is_schema_name(field.group))
    return place.error_at("group", "not a name: lower case letters, digits and underscores");
  if (is_list(field.type)) return place.error_at("group", "a list is merged by its elements");
  const auto& rule = field.rule;
  const bool by_size =
      rule.safe_default == SafeDefault::kSmaller || rule.safe_default == SafeDefault::kLarger;
  switch (rule.kind) {
    case RuleKind::kOffice:
    case RuleKind::kTechnician:
    case RuleKind::kOfficeUntil:
    case RuleKind::kTechnicianUntil: return success();
    case RuleKind::kThreeWay:
    case RuleKind::kAskHuman:
      if (rule.fallback != RuleKind::kKeepBoth && !by_size) return success();
      break;
    default: break;
  }
  return place.error_at(
      "group", to_string(rule) + (by_size ? " by size" : "") + " does not pick one side's values");
}

Result<void> load_rule(const SchemaPlace& place, const CollectionSchema& collection,
                       FieldSchema& field) {
  if (collection.is_fact) return load_fact_rule(place, field);
  std::string text;
  DAYBOOK_TRY(place.take_text("rule", text));
  if (text.empty()) return place.error("no rule");
  auto rule = parse_rule(text);
  if (!rule.ok()) return place.error_at("rule", rule.error().detail);
  field.rule = *std::move(rule);
  DAYBOOK_TRY(load_safe_default(place, field));
  DAYBOOK_TRY(load_transitions(place, field));
  DAYBOOK_TRY(load_group(place, field));
  DAYBOOK_TRY(load_hold(place, field));
  return check_rule_fits(place, field);
}

Result<void> load_limits(const SchemaPlace& place, FieldSchema& field) {
  std::optional<std::int64_t> size;
  DAYBOOK_TRY(place.take_integer("size_max", 1, size));
  if (size) {
    if (!has_size(field.type))
      return place.error_at("size_max", std::string(name_of(field.type)) + " has no size");
    const auto limit =
        static_cast<std::int64_t>(is_list(field.type) ? kListItemsMax : kValueSizeMax);
    if (*size > limit) return place.error_at("size_max", "at most " + std::to_string(limit));
    field.size_max = static_cast<std::uint32_t>(*size);
  }
  DAYBOOK_TRY(place.take_integer("min", INT64_MIN, field.min));
  DAYBOOK_TRY(place.take_integer("max", INT64_MIN, field.max));
  if ((field.min || field.max) && !is_integer(field.type))
    return place.error("only numbers have 'min' and 'max'");
  if (field.min && field.max && *field.min > *field.max)
    return place.error_at("min", "'min' is larger than 'max'");
  return success();
}

Result<void> load_values(const SchemaPlace& place, FieldSchema& field) {
  const auto* values = place.node().find("values");
  if (values == nullptr) return success();
  if (field.type != FieldType::kText && field.type != FieldType::kTextList) {
    return place.error_at("values", "only text and text_list have 'values'");
  }
  if (values->kind != JsonNode::Kind::kArray || values->items.empty())
    return place.error_at("values", "'values' is a list of texts");
  for (const auto& item : values->items) {
    if (item.kind != JsonNode::Kind::kText)
      return place.error_at("values", "'values' is a list of texts");
    field.values.push_back(item.text);
  }
  return success();
}

// What a case about this field takes.
Result<void> load_case_terms(const SchemaPlace& place, FieldSchema& field) {
  DAYBOOK_TRY(place.take_flag("four_eyes", field.four_eyes));
  std::string word;
  DAYBOOK_TRY(place.take_text("severity", word));
  if (word.empty()) return success();
  field.severity = severity_from(word);
  if (!field.severity) return place.error_at("severity", "'severity' is low, normal or high");
  return success();
}

}  // namespace

Result<FieldSchema> load_field(const SchemaPlace& place, std::string_view name,
                               const CollectionSchema& collection) {
  DAYBOOK_TRY(place.expect_only({"type", "rule", "safe_default", "transitions", "group", "hold",
                                 "label", "references", "follow", "required", "indexed", "size_max",
                                 "min", "max", "values", "four_eyes", "severity", "only_by_act"}));
  if (!is_schema_name(name))
    return place.error("not a name: lower case letters, digits and underscores");
  if (name == "id") return place.error("'id' is every record's own name");
  FieldSchema field;
  field.name = std::string(name);
  DAYBOOK_TRY(load_type(place, field));
  DAYBOOK_TRY(place.take_text("references", field.references));
  if (is_reference(field.type) == field.references.empty()) {
    return place.error_at("references", field.references.empty()
                                            ? "needs 'references', the collection it names"
                                            : "only references have 'references'");
  }
  DAYBOOK_TRY(place.take_flag("follow", field.follow));
  if (field.follow && !is_reference(field.type))
    return place.error_at("follow", "only references can be followed");
  DAYBOOK_TRY(place.take_flag("required", field.required));
  DAYBOOK_TRY(place.take_flag("only_by_act", field.only_by_act));
  DAYBOOK_TRY(place.take_flag("indexed", field.indexed));
  DAYBOOK_TRY(load_limits(place, field));
  DAYBOOK_TRY(load_values(place, field));
  DAYBOOK_TRY(load_rule(place, collection, field));
  DAYBOOK_TRY(load_case_terms(place, field));
  DAYBOOK_TRY(place.take_label(field.label_zh, field.label_en));
  return field;
}

}  // namespace daybook
