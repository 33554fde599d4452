// SPDX-License-Identifier: Apache-2.0
#include "core/schema/covers.hpp"

#include <algorithm>

#include "core/schema/load_steps.hpp"

namespace daybook {
namespace {

constexpr std::size_t kRequirementsMax = 100;
constexpr std::size_t kConditionSizeMax = 4000;

using Kind = JsonNode::Kind;

Result<std::vector<std::string>> take_texts(const SchemaPlace& place, std::string_view key,
                                            const JsonNode& list) {
  std::vector<std::string> texts;
  if (list.kind != Kind::kArray) return place.error_at(key, "a list of names");
  for (const auto& item : list.items) {
    if (item.kind != Kind::kText) return place.error_at(key, "a list of names");
    texts.push_back(item.text);
  }
  return texts;
}

Result<SchemaPlace> object_in(const SchemaPlace& place, const std::string& key) {
  const auto* node = place.node().find(key);
  if (node == nullptr || node->kind != Kind::kObject)
    return place.error_at(key, "needs '" + key + "', an object");
  return place.member(key, *node);
}

Result<void> load_content(const SchemaPlace& place, const Schema& schema, PaperRules& rules) {
  DAYBOOK_ASSIGN(const SchemaPlace content, object_in(place, "content"));
  for (const auto& [name, node] : content.node().members) {
    const auto* collection = schema.find(name);
    if (collection == nullptr) return content.error_at(name, "no collection '" + name + "'");
    CoveredCollection covered{name, {}};
    DAYBOOK_ASSIGN(covered.fields, take_texts(content, name, node));
    for (const auto& field : covered.fields) {
      if (collection->find(field) == nullptr)
        return content.error_at(name, "no field '" + field + "' in " + name);
    }
    rules.content.push_back(std::move(covered));
  }
  if (rules.find(rules.subject) == nullptr)
    return place.error_at("content", "names nothing of " + rules.subject);
  return success();
}

Result<void> load_evidence(const SchemaPlace& place, const Schema& schema, PaperRules& rules) {
  if (place.node().find("evidence") == nullptr) return success();
  DAYBOOK_ASSIGN(const SchemaPlace evidence, object_in(place, "evidence"));
  for (const auto& [name, node] : evidence.node().members) {
    DAYBOOK_ASSIGN(const auto fields, take_texts(evidence, name, node));
    const auto* collection = schema.find(name);
    const auto* digest =
        collection != nullptr && fields.size() == 2 ? collection->find(fields[0]) : nullptr;
    if (digest == nullptr || digest->type != FieldType::kDigest ||
        collection->find(fields[1]) == nullptr) {
      return evidence.error_at(name, "the names of its digest field and of its size field");
    }
    rules.evidence.push_back({name, fields[0], fields[1]});
  }
  return success();
}

Result<void> load_leaves_out(const SchemaPlace& place, const Schema& schema, PaperRules& rules) {
  if (place.node().find("leaves_out") == nullptr) return success();
  DAYBOOK_ASSIGN(const SchemaPlace left_out, object_in(place, "leaves_out"));
  for (const auto& [name, node] : left_out.node().members) {
    const std::string by = node.kind == Kind::kText ? node.text : std::string();
    const auto dot = by.find('.');
    const auto* fact = dot != std::string::npos ? schema.find(by.substr(0, dot)) : nullptr;
    const auto* field = fact != nullptr ? fact->find(by.substr(dot + 1)) : nullptr;
    const bool is_sound = field != nullptr && fact->is_fact &&
                          field->type == FieldType::kReference && field->references == name &&
                          rules.is_row(schema, name);
    if (!is_sound)
      return left_out.error_at(name, "\"fact.field\": a fact and its reference to rows of " + name);
    rules.leaves_out.push_back({name, fact->name, field->name});
  }
  return success();
}

Result<void> load_says(const SchemaPlace& place, const Schema& schema,
                       const CollectionSchema& paper, PaperRules& rules) {
  if (place.node().find("says") == nullptr) return success();
  DAYBOOK_ASSIGN(const SchemaPlace says, object_in(place, "says"));
  for (const auto& [name, node] : says.node().members) {
    const std::string of = node.kind == Kind::kText ? node.text : std::string();
    const auto dot = of.find('.');
    const auto* reference = dot != std::string::npos ? paper.find(of.substr(0, dot)) : nullptr;
    const bool refers = reference != nullptr && reference->type == FieldType::kReference;
    const auto* target = refers ? schema.find(reference->references) : nullptr;
    const auto* original = target != nullptr ? target->find(of.substr(dot + 1)) : nullptr;
    const auto* own = paper.find(name);
    if (own == nullptr || original == nullptr || own->type != original->type)
      return says.error_at(name,
                           "\"reference.field\": a reference of the paper, and a field there "
                           "that is of the same type");
    rules.says.push_back({name, reference->name, original->name});
  }
  return success();
}

Result<void> load_requirements(const SchemaPlace& place, PaperRules& rules) {
  const auto* list = place.node().find("requires");
  if (list == nullptr) return success();
  if (list->kind != Kind::kArray || list->items.size() > kRequirementsMax)
    return place.error_at("requires", "a list of at most 100 conditions");
  for (const auto& node : list->items) {
    const SchemaPlace at = place.member("requires", node);
    if (node.kind != Kind::kObject) return at.error("a condition is {\"holds\": …, \"say\": …}");
    DAYBOOK_TRY(at.expect_only({"holds", "say"}));
    PaperRequirement one;
    DAYBOOK_TRY(at.take_text("holds", one.holds));
    if (one.holds.empty() || one.holds.size() > kConditionSizeMax)
      return at.error_at("holds", "needs 'holds', SQL of at most 4000 bytes");
    if (one.holds.find(';') != std::string::npos)
      return at.error_at("holds", "one expression, without ';'");
    const auto* say = node.find("say");
    const auto text = [&](std::string_view language) {
      const auto* found = say != nullptr ? say->find(language) : nullptr;
      return found != nullptr && found->kind == Kind::kText ? found->text : std::string();
    };
    one.zh = text("zh");
    one.en = text("en");
    if (one.zh.empty() || one.en.empty())
      return at.error_at("say", R"(needs 'say', what is missing: {"zh": "…", "en": "…"})");
    rules.requirements.push_back(std::move(one));
  }
  return success();
}

Result<void> load_sign_again(const SchemaPlace& place, const Schema& schema, PaperRules& rules) {
  const auto* list = place.node().find("sign_again");
  if (list == nullptr) return success();
  DAYBOOK_ASSIGN(rules.sign_again, take_texts(place, "sign_again", *list));
  for (const auto& name : rules.sign_again) {
    const auto dot = name.find('.');
    const auto* collection = schema.find(name.substr(0, dot));
    if (collection == nullptr ||
        (dot != std::string::npos && collection->find(name.substr(dot + 1)) == nullptr))
      return place.error_at("sign_again", "'" + name + "' is no collection and no field of one");
  }
  return success();
}

Result<PaperRules> load_paper(const SchemaPlace& place, const Schema& schema,
                              const CollectionSchema& paper) {
  if (place.node().kind != Kind::kObject) return place.error("'covers' is an object");
  DAYBOOK_TRY(place.expect_only({"about", "rows", "version", "content", "evidence", "leaves_out",
                                 "says", "sign_again", "requires"}));
  PaperRules rules;
  rules.paper = paper.name;
  DAYBOOK_TRY(place.take_text("about", rules.about));
  DAYBOOK_TRY(place.take_text("rows", rules.rows));
  DAYBOOK_TRY(place.take_text("version", rules.version));
  const auto is = [&](const std::string& name, FieldType type) {
    const auto* field = paper.find(name);
    return field != nullptr && field->type == type;
  };
  if (!paper.is_fact) return place.error("only facts are papers");
  if (!is(rules.about, FieldType::kReference))
    return place.error_at("about", "names the reference to what the paper is about");
  if (!is(rules.rows, FieldType::kTextList))
    return place.error_at("rows", "names a text list, for the ids of the rows it covers");
  if (!is(rules.version, FieldType::kInt)) return place.error_at("version", "names a whole number");
  rules.subject = paper.find(rules.about)->references;
  DAYBOOK_TRY(load_content(place, schema, rules));
  DAYBOOK_TRY(load_evidence(place, schema, rules));
  DAYBOOK_TRY(load_leaves_out(place, schema, rules));
  DAYBOOK_TRY(load_says(place, schema, paper, rules));
  DAYBOOK_TRY(load_sign_again(place, schema, rules));
  DAYBOOK_TRY(load_requirements(place, rules));
  return rules;
}

}  // namespace

const CoveredCollection* PaperRules::find(std::string_view collection) const {
  const auto found = std::find_if(content.begin(), content.end(),
                                  [&](const auto& one) { return one.collection == collection; });
  return found == content.end() ? nullptr : &*found;
}

bool PaperRules::covers(std::string_view collection, std::string_view field) const {
  const auto* covered = find(collection);
  return covered != nullptr &&
         (covered->fields.empty() || std::find(covered->fields.begin(), covered->fields.end(),
                                               field) != covered->fields.end());
}

bool PaperRules::is_row(const Schema& schema, std::string_view collection) const {
  if (find(collection) == nullptr || collection == subject) return false;
  const auto* known = schema.find(collection);
  const auto* reference = known != nullptr ? known->find(about) : nullptr;
  return reference != nullptr && reference->references == subject && known->is_fact;
}

const TakenBack* PaperRules::find_taken_back(std::string_view collection) const {
  const auto found = std::find_if(leaves_out.begin(), leaves_out.end(),
                                  [&](const auto& one) { return one.collection == collection; });
  return found == leaves_out.end() ? nullptr : &*found;
}

bool PaperRules::needs_signature(std::string_view collection, std::string_view field) const {
  const std::string one = std::string(collection) + "." + std::string(field);
  return std::any_of(sign_again.begin(), sign_again.end(),
                     [&](const auto& name) { return name == collection || name == one; });
}

std::string to_string(const PaperRules& rules) {
  std::string text = rules.paper + " about " + rules.about + " rows " + rules.rows + " covers";
  for (const auto& covered : rules.content) {
    text += " " + covered.collection + "(";
    for (const auto& field : covered.fields) text += field + " ";
    text += ")";
  }
  for (const auto& one : rules.leaves_out)
    text += " leaves out " + one.collection + " by " + one.fact + "." + one.names;
  for (const auto& one : rules.says)
    text += " says " + one.field + " of " + one.reference + "." + one.names;
  return text;
}

Result<std::vector<PaperRules>> read_papers(const JsonNode& collections, const Schema& schema,
                                            const SchemaPlace& place) {
  std::vector<PaperRules> papers;
  for (const auto& collection : schema.collections) {
    const auto* node = collections.find(collection.name);
    const auto* covers = node != nullptr ? node->find("covers") : nullptr;
    if (covers == nullptr) continue;
    const SchemaPlace at = place.member(collection.name, *node).member("covers", *covers);
    DAYBOOK_ASSIGN(auto paper, load_paper(at, schema, collection));
    papers.push_back(std::move(paper));
  }
  return papers;
}

Result<std::vector<PaperRules>> load_papers(const Schema& schema) {
  if (schema.source.find("\"covers\"") == std::string::npos) return std::vector<PaperRules>{};
  DAYBOOK_ASSIGN(const auto root, read_json_lines(schema.source, schema.name));
  const auto* collections = root.find("collections");
  if (collections == nullptr) return std::vector<PaperRules>{};
  const SchemaPlace place(schema.name, {}, root);
  return read_papers(*collections, schema, place.member("collections", *collections));
}

}  // namespace daybook
