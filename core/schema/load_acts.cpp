// SPDX-License-Identifier: Apache-2.0
// Views and acts: what the trade asks for beyond merge rules. Read here and held against the
// collections and fields that they name; whether the SQL is right is found out by whoever has
// tables (core/acts).
#include <algorithm>
#include <map>

#include "core/schema/load_steps.hpp"
#include "core/schema/sql_text.hpp"

namespace daybook {
namespace {

constexpr std::size_t kViewsMax = 256;
constexpr std::size_t kViewSizeMax = 32 << 10;
constexpr std::size_t kActsMax = 256;
constexpr std::size_t kExpressionSizeMax = 8 << 10;
constexpr std::size_t kConditionsMax = 64;
constexpr std::size_t kCreationsMax = 32;
constexpr std::size_t kArgumentsMax = 64;

// What every expression may ask for; `new_…` is one for each record that the act creates.
constexpr std::string_view kGiven[] = {"about", "me", "now", "today", "new", "rules", "revision", "cases"};

bool is_given(std::string_view name) {
  return std::find(std::begin(kGiven), std::end(kGiven), name) != std::end(kGiven) ||
         name.substr(0, 4) == "new_";
}

Result<std::string> sql_of(const SchemaPlace& place, const JsonNode& node, std::size_t size_max) {
  std::string sql;
  if (node.kind == JsonNode::Kind::kText) {
    sql = node.text;
  } else if (node.kind == JsonNode::Kind::kArray) {
    for (const auto& line : node.items) {
      if (line.kind != JsonNode::Kind::kText) return place.error("a text, or a list of its lines");
      sql += (sql.empty() ? "" : "\n") + line.text;
    }
  } else {
    return place.error("a text, or a list of its lines");
  }
  if (sql.size() > size_max) return place.error("at most " + std::to_string(size_max) + " bytes");
  return sql;
}

Result<void> take_where(const SchemaPlace& place, std::string_view key, std::string_view phone,
                        Where& into) {
  std::string word;
  DAYBOOK_TRY(place.take_text(key, word));
  if (word.empty()) return success();
  if (word == phone) {
    into = Where::kPhone;
  } else if (word == "office") {
    into = Where::kOffice;
  } else if (word == "both") {
    into = Where::kBoth;
  } else {
    return place.error_at(
        key, "'" + std::string(key) + "' is " + std::string(phone) + ", office or both");
  }
  return success();
}

using Weights = std::map<std::string, std::size_t>;

Result<void> check_weight(const SchemaPlace& at, const SqlText& text, const Weights& views) {
  if (weight_of(text, views) <= kSqlWeightMax) return success();
  return at.error("unfolds into more than " + std::to_string(kSqlWeightMax) + " views");
}

Result<ViewSchema> load_view(const SchemaPlace& place, const std::string& name, Weights& views) {
  DAYBOOK_TRY(place.expect_only({"label", "at", "sql"}));
  if (!is_schema_name(name))
    return place.error("not a name: lower case letters, digits and underscores");
  for (const std::string_view ours : {"daybook_", "exact_", "sqlite_", "pragma_", "json_"}) {
    if (name.rfind(ours, 0) == 0)
      return place.error("names that begin with '" + std::string(ours) + "' are taken");
  }
  ViewSchema view;
  view.name = name;
  DAYBOOK_TRY(take_where(place, "at", "phone", view.at));
  DAYBOOK_TRY(place.take_label(view.label_zh, view.label_en));
  const auto* sql = place.node().find("sql");
  if (sql == nullptr) return place.error("needs 'sql', one SELECT");
  const SchemaPlace at = place.member("sql", *sql);
  DAYBOOK_ASSIGN(view.sql, sql_of(at, *sql, kViewSizeMax));
  const auto text = read_sql_text(view.sql);
  if (!text.ok()) return at.error(text.error().detail);
  const auto& first = text->first_word;
  if (first != "select" && first != "with" && first != "values")
    return at.error("begins with select, with or values");
  if (!text->parameters.empty())
    return at.error("a view takes no parameter, not ':" + *text->parameters.begin() + "'");
  DAYBOOK_TRY(check_weight(at, *text, views));
  views[name] = weight_of(*text, views);
  return view;
}

// Reads one act; what it may ask for in its expressions is known once its arguments and the records
// that it creates are.
class ActReader {
 public:
  ActReader(const Schema& schema, const Weights& views, const SchemaPlace& place,
            const std::string& name)
      : schema_(schema), views_(views), place_(place) {
    act_.name = name;
  }

  Result<ActSchema> read() {
    DAYBOOK_TRY(
        place_.expect_only({"label", "by", "about", "takes", "requires", "creates", "sets"}));
    if (!is_schema_name(act_.name))
      return place_.error("not a name: lower case letters, digits and underscores");
    DAYBOOK_TRY(place_.take_label(act_.label_zh, act_.label_en));
    DAYBOOK_TRY(take_where(place_, "by", "technician", act_.by));
    DAYBOOK_TRY(place_.take_text("about", act_.about));
    if (!act_.about.empty() && schema_.find(act_.about) == nullptr)
      return place_.error_at("about", "no collection '" + act_.about + "'");
    DAYBOOK_TRY(read_arguments());
    DAYBOOK_TRY(read_creations());
    DAYBOOK_TRY(read_conditions());
    DAYBOOK_TRY(read_sets());
    if (act_.creates.empty() && act_.sets.empty())
      return place_.error("creates nothing and sets nothing");
    return std::move(act_);
  }

 private:
  Result<const JsonNode*> find(std::string_view key, JsonNode::Kind kind, std::size_t size_max) {
    const auto* found = place_.node().find(key);
    if (found == nullptr) return found;
    const bool list = kind == JsonNode::Kind::kArray;
    if (found->kind != kind)
      return place_.error_at(key,
                             "'" + std::string(key) + "' is " + (list ? "a list" : "an object"));
    if ((list ? found->items.size() : found->members.size()) > size_max)
      return place_.error_at(key, "at most " + std::to_string(size_max));
    return found;
  }

  Result<void> read_arguments() {
    DAYBOOK_ASSIGN(const auto* takes, find("takes", JsonNode::Kind::kObject, kArgumentsMax));
    if (takes == nullptr) return success();
    // An argument is a field that is given once, as those of facts are: it has no rule.
    CollectionSchema once;
    once.is_fact = true;
    for (const auto& [name, node] : takes->members) {
      const SchemaPlace at = place_.member("takes", *takes).member(name, node);
      DAYBOOK_TRY(at.expect_only(
          {"type", "required", "values", "label", "references", "size_max", "min", "max"}));
      if (is_given(name)) return at.error("':" + name + "' has a meaning already");
      DAYBOOK_ASSIGN(auto argument, load_field(at, name, once));
      if (!argument.references.empty() && schema_.find(argument.references) == nullptr)
        return at.error_at("references", "no collection '" + argument.references + "'");
      act_.takes.push_back(std::move(argument));
    }
    return success();
  }

  Result<std::string> expression(const SchemaPlace& at, const JsonNode& node) {
    DAYBOOK_ASSIGN(auto sql, sql_of(at, node, kExpressionSizeMax));
    const auto text = read_sql_text(sql);
    if (!text.ok()) return at.error(text.error().detail);
    for (const auto& name : text->parameters) {
      if (!may_ask(name)) return at.error("nothing is called ':" + name + "' here");
    }
    DAYBOOK_TRY(check_weight(at, *text, views_));
    return sql;
  }

  bool may_ask(const std::string& name) const {
    if (name == "about") return !act_.about.empty();
    if (name == "new") return !act_.creates.empty();
    if (name.rfind("new_", 0) == 0) {
      return std::any_of(act_.creates.begin(), act_.creates.end(),
                         [&](const ActCreation& creation) { return "new_" + creation.as == name; });
    }
    return is_given(name) || act_.find_argument(name) != nullptr;
  }

  // Null stands for "it becomes empty".
  Result<FieldExpressions> fields(const SchemaPlace& at, const JsonNode& node,
                                  const CollectionSchema& collection) {
    if (node.kind != JsonNode::Kind::kObject || node.members.empty())
      return at.error("an object of fields and the SQL of their values");
    FieldExpressions expressions;
    for (const auto& [name, value] : node.members) {
      const SchemaPlace field = at.member(name, value);
      if (collection.find(name) == nullptr)
        return field.error("no field '" + name + "' in " + collection.name);
      std::string sql;
      if (value.kind != JsonNode::Kind::kNull) {
        DAYBOOK_ASSIGN(sql, expression(field, value));
      }
      expressions.emplace_back(name, std::move(sql));
    }
    return expressions;
  }

  // Their names first: each may ask for the id of every other.
  Result<void> read_creations() {
    DAYBOOK_ASSIGN(const auto* list, find("creates", JsonNode::Kind::kArray, kCreationsMax));
    if (list == nullptr) return success();
    const SchemaPlace inside = place_.member("creates", *list);
    for (const auto& node : list->items) {
      const SchemaPlace at = place_.member("creates", node);
      DAYBOOK_TRY(at.expect_only({"collection", "as", "when", "set"}));
      ActCreation creation;
      DAYBOOK_TRY(at.take_text("collection", creation.collection));
      if (schema_.find(creation.collection) == nullptr)
        return at.error_at("collection", "no collection '" + creation.collection + "'");
      creation.as = creation.collection;
      DAYBOOK_TRY(at.take_text("as", creation.as));
      if (!is_schema_name(creation.as))
        return at.error_at("as", "not a name: lower case letters, digits and underscores");
      for (const auto& other : act_.creates) {
        if (other.as == creation.as)
          return at.error_at("as", "two records are called '" + creation.as + "'");
      }
      act_.creates.push_back(std::move(creation));
    }
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      const auto& node = list->items[i];
      const SchemaPlace at = inside.member(act_.creates[i].as, node);
      if (const auto* when = node.find("when")) {
        DAYBOOK_ASSIGN(act_.creates[i].when, expression(at.member("when", *when), *when));
      }
      const auto* set = node.find("set");
      if (set == nullptr) return at.error("needs 'set', the fields of the new record");
      DAYBOOK_ASSIGN(act_.creates[i].set, fields(at.member("set", *set), *set,
                                                 *schema_.find(act_.creates[i].collection)));
    }
    return success();
  }

  Result<void> read_conditions() {
    DAYBOOK_ASSIGN(const auto* list, find("requires", JsonNode::Kind::kArray, kConditionsMax));
    if (list == nullptr) return success();
    for (const auto& node : list->items) {
      const SchemaPlace at = place_.member("requires", node);
      DAYBOOK_TRY(at.expect_only({"holds", "say", "warn"}));
      ActCondition condition;
      const auto* holds = node.find("holds");
      if (holds == nullptr) return at.error("needs 'holds', an SQL expression");
      DAYBOOK_ASSIGN(condition.holds, expression(at.member("holds", *holds), *holds));
      const auto* say = node.find("say");
      if (say == nullptr)
        return at.error("needs 'say', what a person is told when it does not hold");
      const SchemaPlace saying = at.member("say", *say);
      DAYBOOK_TRY(saying.expect_only({"zh", "en"}));
      DAYBOOK_TRY(saying.take_text("zh", condition.say_zh));
      DAYBOOK_TRY(saying.take_text("en", condition.say_en));
      if (condition.say_zh.empty() || condition.say_en.empty())
        return saying.error("says it in 'zh' and in 'en'");
      DAYBOOK_TRY(at.take_flag("warn", condition.warn));
      act_.conditions.push_back(std::move(condition));
    }
    return success();
  }

  Result<void> read_sets() {
    const auto* sets = place_.node().find("sets");
    if (sets == nullptr) return success();
    const SchemaPlace at = place_.member("sets", *sets);
    const auto* collection = schema_.find(act_.about);
    if (collection == nullptr) return at.error("needs 'about', the collection of these fields");
    if (collection->is_fact) return at.error(collection->name + " is a fact, never edited");
    DAYBOOK_ASSIGN(act_.sets, fields(at, *sets, *collection));
    return success();
  }

  const Schema& schema_;
  const Weights& views_;
  const SchemaPlace& place_;
  ActSchema act_;
};

Result<void> load_views(const SchemaPlace& place, Schema& schema, Weights& weights) {
  const auto* views = place.node().find("views");
  if (views == nullptr) return success();
  if (views->kind != JsonNode::Kind::kObject)
    return place.error_at("views", "'views' is an object");
  if (views->members.size() > kViewsMax)
    return place.error_at("views", "at most " + std::to_string(kViewsMax));
  const SchemaPlace inside = place.member("views", *views);
  for (const auto& [name, node] : views->members) {
    const SchemaPlace at = inside.member(name, node);
    if (schema.find(name) != nullptr) return at.error("a collection has this name");
    DAYBOOK_ASSIGN(auto view, load_view(at, name, weights));
    schema.views.push_back(std::move(view));
  }
  return success();
}

Result<void> load_acts(const SchemaPlace& place, Schema& schema, const Weights& weights) {
  const auto* acts = place.node().find("acts");
  if (acts == nullptr) return success();
  if (acts->kind != JsonNode::Kind::kObject) return place.error_at("acts", "'acts' is an object");
  if (acts->members.size() > kActsMax)
    return place.error_at("acts", "at most " + std::to_string(kActsMax));
  const SchemaPlace inside = place.member("acts", *acts);
  for (const auto& [name, node] : acts->members) {
    const SchemaPlace at = inside.member(name, node);
    DAYBOOK_ASSIGN(auto act, ActReader(schema, weights, at, name).read());
    schema.acts.push_back(std::move(act));
  }
  return success();
}

}  // namespace

Result<void> load_views_and_acts(const SchemaPlace& place, Schema& schema) {
  Weights weights;
  DAYBOOK_TRY(load_views(place, schema, weights));
  return load_acts(place, schema, weights);
}

}  // namespace daybook
