// SPDX-License-Identifier: Apache-2.0
// One field of the schema file: its type, its limits, and a rule that can work with that type.
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
  const bool needs_list = rule.kind == RuleKind::kAddWins || rule.kind == RuleKind::kAppend;
  if (needs_list && !is_list(field.type))
    return place.error_at("rule", name + " needs text_list or reference_list");
  return success();
}

Result<void> load_rule(const SchemaPlace& place, const CollectionSchema& collection,
                       FieldSchema& field) {
  std::string text;
  std::string side;
  DAYBOOK_TRY(place.take_text("rule", text));
  DAYBOOK_TRY(place.take_text("safe_default", side));
  if (collection.is_fact) {
    // A fact is created once, so each of its fields has this one rule without saying so.
    if (!text.empty() && text != "immutable")
      return place.error_at("rule", "a fact is never merged: its fields take no rule");
    if (!side.empty())
      return place.error_at("safe_default",
                            "a fact is never merged: its fields take no safe default");
    field.rule.kind = RuleKind::kImmutable;
    return success();
  }
  if (text.empty()) return place.error("no rule");
  auto rule = parse_rule(text);
  if (!rule.ok()) return place.error_at("rule", rule.error().detail);
  field.rule = *rule;
  const bool asks =
      field.rule.kind == RuleKind::kAskHuman || field.rule.fallback == RuleKind::kAskHuman;
  const bool may_ask =
      field.rule.kind == RuleKind::kAskHuman || (field.rule.kind == RuleKind::kThreeWay && asks);
  if (!side.empty()) {
    if (!may_ask) return place.error_at("safe_default", "only ask_human has a safe default");
    if (side != "office" && side != "technician")
      return place.error_at("safe_default", "'safe_default' is office or technician");
    field.rule.safe_default = side == "office" ? Side::kOffice : Side::kTechnician;
  }
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
  DAYBOOK_TRY(place.expect_only({"type", "rule", "safe_default", "label", "references", "follow",
                                 "required", "indexed", "size_max", "min", "max", "values",
                                 "four_eyes", "severity"}));
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
  DAYBOOK_TRY(place.take_flag("indexed", field.indexed));
  DAYBOOK_TRY(load_limits(place, field));
  DAYBOOK_TRY(load_values(place, field));
  DAYBOOK_TRY(load_rule(place, collection, field));
  DAYBOOK_TRY(load_case_terms(place, field));
  DAYBOOK_TRY(place.take_label(field.label_zh, field.label_en));
  return field;
}

}  // namespace daybook
