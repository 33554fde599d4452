// SPDX-License-Identifier: Apache-2.0
#include "core/schema/compare.hpp"

#include <algorithm>

#include "core/schema/act_text.hpp"
#include "core/schema/own_collection.hpp"

namespace daybook {
namespace {

using Kind = SchemaChange::Kind;

std::string kind_text(const CollectionSchema& collection) {
  return std::string(collection.is_fact ? "fact" : "document") +
         (collection.only_by_act ? ", only by act" : "");
}

std::string scope_text(const CollectionSchema& collection) {
  std::string text;
  const auto say = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (!collection.scope_field.empty()) say("scope_field " + collection.scope_field);
  if (!collection.parent.empty()) say("parent " + collection.parent);
  if (collection.shared) say("shared");
  return text;
}

std::string event_text(const EventSchema& event) {
  const std::string where = event.field + " = " + to_string(event.equals);
  return event.fact.empty() ? where : event.fact + "." + event.about + ": " + where;
}

std::string reference_text(const FieldSchema& field) {
  return field.references + (field.follow ? ", follow" : "");
}

// The rule with all that it decides by.
std::string rule_text(const FieldSchema& field) {
  std::string text = to_string(field.rule);
  if (field.rule.safe_default != SafeDefault::kOffice)
    text += ", safe_default " + std::string(name_of(field.rule.safe_default));
  std::string steps;
  for (const auto& step : field.rule.transitions)
    steps += (steps.empty() ? ", " : " | ") + step.from + ">" + step.to;
  text += steps;
  if (!field.group.empty()) text += ", group " + field.group;
  for (const auto& other : field.hold.fields)
    text += ", " + to_string(field.hold.as) + " on a case about " + other;
  return text;
}

std::string limits_text(const FieldSchema& field) {
  std::string text;
  const auto say = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (field.required) say("required");
  if (field.only_by_act) say("only by act");
  if (field.size_max > 0) say("size_max " + std::to_string(field.size_max));
  if (field.min) say("min " + std::to_string(*field.min));
  if (field.max) say("max " + std::to_string(*field.max));
  if (field.indexed) say("indexed");
  if (!field.values.empty()) {
    std::string values;
    for (const auto& value : field.values) values += (values.empty() ? "" : " | ") + value;
    say("values " + values);
  }
  return text;
}

std::string unique_text(const CollectionSchema& collection) {
  std::string text;
  for (const auto& key : collection.unique) text += (text.empty() ? "" : ", ") + to_string(key);
  return text;
}

std::string case_terms_text(const FieldSchema& field) {
  std::string text = field.four_eyes ? "four_eyes" : "";
  if (field.severity)
    text += (text.empty() ? "" : ", ") + ("severity " + std::string(name_of(*field.severity)));
  return text;
}

std::string deadlines_text(const Schema& schema) {
  std::string text;
  for (const auto severity : kSeverities) {
    const auto hours = schema.deadline_hours[static_cast<std::size_t>(severity)];
    if (hours == 0) continue;
    text += (text.empty() ? "" : ", ") + std::string(name_of(severity)) + " " +
            std::to_string(hours) + " h";
  }
  return text;
}

std::string organisations_text(const OrganisationSchema& organisations) {
  if (organisations.tree.empty()) return {};
  return "tree " + organisations.tree + ", people " + organisations.people;
}

// Collects the findings about one collection.
class Findings {
 public:
  Findings(std::vector<SchemaChange>& into, const std::string& collection)
      : into_(into), collection_(collection) {}

  void add(Kind kind, const std::string& name, std::string before, std::string after) {
    into_.push_back({kind, collection_, name, std::move(before), std::move(after)});
  }
  void add_if_other(Kind kind, const std::string& name, std::string before, std::string after) {
    if (before != after) add(kind, name, std::move(before), std::move(after));
  }

 private:
  std::vector<SchemaChange>& into_;
  const std::string& collection_;
};

void compare_fields(const CollectionSchema& before, const CollectionSchema& after,
                    Findings& findings) {
  for (const FieldSchema& now : after.fields) {
    const FieldSchema* const was = before.find(now.name);
    if (was == nullptr) {
      findings.add(Kind::kFieldAdded, now.name, "",
                   std::string(name_of(now.type)) + (after.is_fact ? "" : ", " + rule_text(now)));
      continue;
    }
    findings.add_if_other(Kind::kFieldType, now.name, std::string(name_of(was->type)),
                          std::string(name_of(now.type)));
    findings.add_if_other(Kind::kFieldReference, now.name, reference_text(*was),
                          reference_text(now));
    if (!after.is_fact && !before.is_fact)
      findings.add_if_other(Kind::kFieldRule, now.name, rule_text(*was), rule_text(now));
    findings.add_if_other(Kind::kFieldLimits, now.name, limits_text(*was), limits_text(now));
    findings.add_if_other(Kind::kFieldLabel, now.name, was->label_zh + " / " + was->label_en,
                          now.label_zh + " / " + now.label_en);
    findings.add_if_other(Kind::kFieldCaseTerms, now.name, case_terms_text(*was),
                          case_terms_text(now));
  }
  for (const FieldSchema& was : before.fields) {
    if (after.find(was.name) == nullptr)
      findings.add(Kind::kFieldRemoved, was.name, std::string(name_of(was.type)), "");
  }
}

void compare_events(const CollectionSchema& before, const CollectionSchema& after,
                    Findings& findings) {
  for (const EventSchema& now : after.events) {
    const EventSchema* const was = before.find_event(now.name);
    if (was == nullptr) {
      findings.add(Kind::kEventAdded, now.name, "", event_text(now));
    } else {
      findings.add_if_other(Kind::kEventChanged, now.name, event_text(*was), event_text(now));
    }
  }
  for (const EventSchema& was : before.events) {
    if (after.find_event(was.name) == nullptr)
      findings.add(Kind::kEventRemoved, was.name, event_text(was), "");
  }
}

void compare_ledgers(const Schema& before, const Schema& after,
                     std::vector<SchemaChange>& changes) {
  // The guards know a ledger by its text; its hours may change and it stays the same one.
  const auto text_of = [](const LedgerSchema& ledger) {
    std::string text = to_string(ledger);
    if (ledger.within_hours > 0) text += "; within " + std::to_string(ledger.within_hours) + " h";
    for (const auto& entry : ledger.entries) {
      if (!entry.within.empty()) text += "; within " + entry.collection + "." + entry.within;
    }
    return text;
  };
  const auto text_in = [&](const Schema& schema, const std::string& name) {
    const auto found =
        std::find_if(schema.ledgers.begin(), schema.ledgers.end(),
                     [&](const LedgerSchema& ledger) { return ledger.name == name; });
    return found == schema.ledgers.end() ? std::string() : text_of(*found);
  };
  const std::string ledgers = "ledgers";
  Findings findings(changes, ledgers);
  for (const auto& now : after.ledgers)
    findings.add_if_other(Kind::kLedger, now.name, text_in(before, now.name), text_of(now));
  for (const auto& was : before.ledgers) {
    if (text_in(after, was.name).empty()) findings.add(Kind::kLedger, was.name, text_of(was), "");
  }
}

void compare_views(const Schema& before, const Schema& after, std::vector<SchemaChange>& changes) {
  const std::string views = "views";
  Findings findings(changes, views);
  for (const ViewSchema& now : after.views) {
    const ViewSchema* const was = before.find_view(now.name);
    findings.add_if_other(Kind::kView, now.name, was ? to_string(*was) : "", to_string(now));
  }
  for (const ViewSchema& was : before.views) {
    if (after.find_view(was.name) == nullptr)
      findings.add(Kind::kView, was.name, to_string(was), "");
  }
}

void compare_acts(const Schema& before, const Schema& after, std::vector<SchemaChange>& changes) {
  const std::string acts = "acts";
  Findings findings(changes, acts);
  const auto add_parts = [&](const std::string& name, const ActSchema* was, const ActSchema* now) {
    const auto parts_before = was ? parts_of(*was) : parts_of({});
    const auto parts_after = now ? parts_of(*now) : parts_of({});
    for (std::size_t i = 0; i < parts_after.size(); ++i) {
      findings.add_if_other(Kind::kAct, name + "." + parts_after[i].first,
                            was ? parts_before[i].second : "", now ? parts_after[i].second : "");
    }
  };
  for (const ActSchema& now : after.acts) add_parts(now.name, before.find_act(now.name), &now);
  for (const ActSchema& was : before.acts) {
    if (after.find_act(was.name) == nullptr) add_parts(was.name, &was, nullptr);
  }
}

// "rule of", "规则"
std::pair<std::string, std::string> words_for(Kind kind) {
  switch (kind) {
    case Kind::kCollectionAdded: return {"new collection", "新增表"};
    case Kind::kCollectionRemoved: return {"collection is gone", "删除表"};
    case Kind::kCollectionKind: return {"kind", "类别"};
    case Kind::kScope: return {"who sees it", "可见范围"};
    case Kind::kOrganisation: return {"organisation it belongs to", "所属机构"};
    case Kind::kEventAdded: return {"new event", "新增事件"};
    case Kind::kEventRemoved: return {"event is gone", "删除事件"};
    case Kind::kEventChanged: return {"event", "事件"};
    case Kind::kFieldAdded: return {"new field", "新增字段"};
    case Kind::kFieldRemoved: return {"field is gone", "删除字段"};
    case Kind::kFieldType: return {"type", "类型"};
    case Kind::kFieldReference: return {"reference", "引用"};
    case Kind::kFieldRule: return {"rule", "规则"};
    case Kind::kFieldLimits: return {"limits", "限制"};
    case Kind::kFieldLabel: return {"label", "名称"};
    case Kind::kUnique: return {"business keys", "业务键"};
    case Kind::kLedger: return {"ledger", "台账"};
    case Kind::kView: return {"view", "视图"};
    case Kind::kAct: return {"act", "动作"};
    case Kind::kFieldCaseTerms: return {"cases about it", "案件处理"};
    case Kind::kDeadlines: return {"deadlines of cases", "案件期限"};
  }
  return {"", ""};
}

}  // namespace

std::vector<SchemaChange> compare(const Schema& before, const Schema& after) {
  std::vector<SchemaChange> changes;
  Findings(changes, "")
      .add_if_other(Kind::kDeadlines, "", deadlines_text(before), deadlines_text(after));
  Findings(changes, "")
      .add_if_other(Kind::kOrganisation, "", organisations_text(before.organisations),
                    organisations_text(after.organisations));
  for (const CollectionSchema& now : after.collections) {
    if (now.name == kRuleSetCollection) continue;  // headquarters' own, in no file
    const CollectionSchema* const was = before.find(now.name);
    Findings findings(changes, now.name);
    if (was == nullptr) {
      findings.add(Kind::kCollectionAdded, "", "", kind_text(now));
      continue;
    }
    findings.add_if_other(Kind::kCollectionKind, "", kind_text(*was), kind_text(now));
    findings.add_if_other(Kind::kScope, "", scope_text(*was), scope_text(now));
    findings.add_if_other(Kind::kOrganisation, "", was->organisation_field, now.organisation_field);
    findings.add_if_other(Kind::kUnique, "", unique_text(*was), unique_text(now));
    compare_events(*was, now, findings);
    compare_fields(*was, now, findings);
  }
  for (const CollectionSchema& was : before.collections) {
    if (after.find(was.name) == nullptr && was.name != kRuleSetCollection)
      changes.push_back({Kind::kCollectionRemoved, was.name, "", kind_text(was), ""});
  }
  compare_ledgers(before, after, changes);
  compare_views(before, after, changes);
  compare_acts(before, after, changes);
  return changes;
}

bool misreads_records(const SchemaChange& change) {
  switch (change.kind) {
    case Kind::kCollectionRemoved:
    case Kind::kCollectionKind:
    case Kind::kScope:
    case Kind::kFieldType:
    case Kind::kFieldReference: return true;
    default: return false;
  }
}

std::string sentence_of(const SchemaChange& change, bool chinese) {
  const auto [english_words, chinese_words] = words_for(change.kind);
  std::string text = change.collection + (change.name.empty() ? "" : "." + change.name);
  if (!text.empty()) text += chinese ? "：" : ": ";
  text += chinese ? chinese_words : english_words;
  const std::string nothing = chinese ? "无" : "none";
  const auto shown = [&](const std::string& value) { return value.empty() ? nothing : value; };
  const bool came = change.before.empty() &&
                    (change.kind == Kind::kCollectionAdded || change.kind == Kind::kEventAdded ||
                     change.kind == Kind::kFieldAdded);
  const bool went = change.kind == Kind::kCollectionRemoved || change.kind == Kind::kEventRemoved ||
                    change.kind == Kind::kFieldRemoved;
  const std::string open = chinese ? "（" : " (";
  const std::string close = chinese ? "）" : ")";
  if (came) return text + open + change.after + close;
  if (went) return text + open + change.before + close;
  return text + (chinese ? " 由 " : " ") + shown(change.before) + (chinese ? " 改为 " : " -> ") +
         shown(change.after);
}

}  // namespace daybook
