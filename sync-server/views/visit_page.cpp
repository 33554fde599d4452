// SPDX-License-Identifier: Apache-2.0
// One visit whole: what people must not miss first, then its fields, its facts by kind, its
// signatures as drawn, its attachments.
#include <algorithm>
#include <map>

#include "core/base/hex.hpp"
#include "core/base/utf8_cut.hpp"
#include "sync-server/views/attachment_table.hpp"
#include "sync-server/views/pages.hpp"
#include "sync-server/views/signature_svg.hpp"
#include "sync-server/views/trouble.hpp"
#include "sync-server/views/value_text.hpp"

namespace daybook {
namespace {

constexpr std::size_t kLongText = 120;    // bytes from which a field takes the whole width
constexpr std::size_t kNoticeText = 160;  // bytes of a value shown in a notice

// Cut at a whole character.
struct OutcomeWords {
  std::string_view zh, en;
};
OutcomeWords words_for(FieldOutcome outcome) {
  switch (outcome) {
    case FieldOutcome::kTaken: return {"生效", "in force"};
    case FieldOutcome::kSame: return {"本已如此", "was so already"};
    case FieldOutcome::kMerged: return {"已合并", "merged with what was there"};
    case FieldOutcome::kProposed: return {"仅为建议，未生效", "kept as a proposal, not in force"};
    case FieldOutcome::kConflict: return {"有冲突，待处理", "a person must decide"};
    case FieldOutcome::kRefused: return {"未接受", "refused"};
    case FieldOutcome::kTakenOver:
      return {"生效，取代了总部的值", "in force, took over a value of headquarters"};
    case FieldOutcome::kOverruled: return {"已由人另行决定", "a person decided otherwise"};
  }
  return {};
}

class VisitSheet {
 public:
  VisitSheet(ServerStore& store, const Schema& schema, const PageSetting& setting)
      : store_(store),
        schema_(schema),
        setting_(setting),
        values_(store, schema, setting.utc_offset_min, setting.sees) {}

  Result<std::string> page(const RecordRef& visit);

 private:
  Result<HtmlWriter> fields(const RecordState& record) const;
  Result<HtmlWriter> facts(const std::vector<RecordState>& children) const;
  Result<HtmlWriter> fact_table(const CollectionSchema& collection,
                                const std::vector<const RecordState*>& facts) const;
  HtmlWriter signatures(const std::vector<RecordState>& children) const;
  Result<HtmlWriter> cases(const std::set<RecordRef>& records) const;
  Result<HtmlWriter> notices(const StoryOf& story) const;
  HtmlWriter label(const CollectionSchema* collection, const std::string& field) const;
  Result<std::string> text_of(const CollectionSchema* collection, const std::string& field,
                              const Value& value) const {
    return values_.of(collection == nullptr ? nullptr : collection->find(field), value);
  }

  ServerStore& store_;
  const Schema& schema_;
  const PageSetting& setting_;
  ValueText values_;
};

HtmlWriter VisitSheet::label(const CollectionSchema* collection, const std::string& field) const {
  const auto* known = collection == nullptr ? nullptr : collection->find(field);
  HtmlWriter out;
  if (known == nullptr || (known->label_zh.empty() && known->label_en.empty()))
    return std::move(out.text(field));
  return std::move(out.words(known->label_zh, known->label_en));
}

// In the schema's order, then what the schema does not know.
std::vector<std::string> field_order(const CollectionSchema* collection,
                                     const RecordState& record) {
  std::vector<std::string> names;
  if (collection != nullptr) {
    for (const auto& field : collection->fields) {
      if (record.fields.contains(field.name)) names.push_back(field.name);
    }
  }
  for (const auto& [name, held] : record.fields) {
    if (collection == nullptr || collection->find(name) == nullptr) names.push_back(name);
  }
  return names;
}

Result<HtmlWriter> VisitSheet::fields(const RecordState& record) const {
  const auto* collection = schema_.find(record.record.collection);
  HtmlWriter out;
  out.markup("<dl class=\"fields\">\n");
  for (const auto& name : field_order(collection, record)) {
    const Value& value = record.fields.at(name).value;
    if (value.is_null()) continue;
    DAYBOOK_ASSIGN(const auto text, text_of(collection, name, value));
    if (text.size() > kLongText) {
      out.markup("<div class=\"long\">");
    } else {
      out.markup("<div>");
    }
    out.markup("<dt>")
        .part(label(collection, name))
        .markup("</dt><dd>")
        .text(text)
        .markup("</dd></div>\n");
  }
  out.markup("</dl>\n");
  return out;
}

Result<HtmlWriter> VisitSheet::fact_table(const CollectionSchema& collection,
                                          const std::vector<const RecordState*>& facts) const {
  // Only columns in which anything stands; the visit itself and the drawing have their own place.
  std::vector<const FieldSchema*> columns;
  for (const auto& field : collection.fields) {
    if (field.name == collection.parent || field.name == "strokes") continue;
    const auto holds = [&](const RecordState* fact) { return fact->fields.contains(field.name); };
    if (std::any_of(facts.begin(), facts.end(), holds)) columns.push_back(&field);
  }
  HtmlWriter out;
  out.markup("<h2>").words(collection.label_zh,
                           collection.label_en.empty() ? collection.name : collection.label_en);
  out.markup("</h2>\n<div class=\"scroll\"><table><thead><tr>");
  for (const auto* column : columns)
    out.markup("<th scope=\"col\">").part(label(&collection, column->name)).markup("</th>");
  out.markup("</tr></thead>\n<tbody>\n");
  for (const auto* fact : facts) {
    out.markup("<tr>");
    for (const auto* column : columns) {
      const bool is_number = column->type == FieldType::kInt || column->type == FieldType::kMoney ||
                             column->type == FieldType::kQuantity;
      if (is_number) {
        out.markup("<td class=\"number\">");
      } else {
        out.markup("<td>");
      }
      const auto held = fact->fields.find(column->name);
      if (held != fact->fields.end()) {
        DAYBOOK_ASSIGN(const auto text, values_.of(column, held->second.value));
        out.text(text);
      }
      out.markup("</td>");
    }
    out.markup("</tr>\n");
  }
  out.markup("</tbody></table></div>\n");
  return out;
}

Result<HtmlWriter> VisitSheet::facts(const std::vector<RecordState>& children) const {
  std::map<std::string, std::vector<const RecordState*>> by_collection;
  for (const auto& child : children) by_collection[child.record.collection].push_back(&child);
  HtmlWriter out;
  for (const auto& collection : schema_.collections) {
    const auto found = by_collection.find(collection.name);
    if (found == by_collection.end()) continue;
    // As they reached the book; nothing is ordered by a phone's clock. What came in one set stands
    // as its phone made it.
    const auto earlier = [](const RecordState* a, const RecordState* b) {
      return a->created != b->created ? a->created < b->created : a->record.id < b->record.id;
    };
    std::sort(found->second.begin(), found->second.end(), earlier);
    DAYBOOK_ASSIGN(const auto table, fact_table(collection, found->second));
    out.part(table);
  }
  return out;
}

HtmlWriter VisitSheet::signatures(const std::vector<RecordState>& children) const {
  HtmlWriter out;
  for (const auto& child : children) {
    const auto strokes = child.fields.find("strokes");
    if (strokes == child.fields.end() || strokes->second.value.kind() != Value::Kind::kBytes)
      continue;
    const auto text_in = [&](const char* name) {
      const auto held = child.fields.find(name);
      return held != child.fields.end() && held->second.value.kind() == Value::Kind::kText
                 ? held->second.value.as_text()
                 : std::string{};
    };
    const auto number_in = [&](const char* name) {
      const auto held = child.fields.find(name);
      return held != child.fields.end() && held->second.value.kind() == Value::Kind::kInt
                 ? held->second.value.as_int()
                 : std::int64_t{0};
    };
    out.markup("<figure>");
    const auto drawn = decode_strokes(strokes->second.value.as_bytes());
    if (drawn.ok()) {
      out.part(draw_signature(*drawn, number_in("width"), number_in("height"),
                              "签名 Signature: " + text_in("signer")));
    } else {
      out.markup("<p>").words("笔迹无法显示", "The strokes cannot be drawn").markup("</p>");
    }
    out.markup("<figcaption>").text(text_in("signer"));
    if (const auto at = number_in("signed_at"); at != 0)
      out.markup(" · <time>").text(values_.time(at)).markup("</time>");
    out.markup("</figcaption></figure>\n");
  }
  return out;
}

Result<HtmlWriter> VisitSheet::cases(const std::set<RecordRef>& records) const {
  HtmlWriter out;
  DAYBOOK_ASSIGN(const auto by_record, open_cases_by_record(store_, setting_.sees));
  HtmlWriter lines;
  for (const auto& [record, open] : by_record) {
    if (!records.contains(record)) continue;
    const auto* collection = schema_.find(record.collection);
    for (const auto& one : open) {
      lines.markup("<tr><th scope=\"row\">")
          .number(static_cast<std::int64_t>(one.number))
          .markup("</th><td>");
      lines.part(label(collection, one.field)).markup("</td>");
      for (const auto* value : {&one.base_value, &one.office_value, &one.device_value}) {
        lines.markup("<td>");
        if (*value) {
          DAYBOOK_ASSIGN(const auto text, text_of(collection, one.field, **value));
          lines.text(beginning_of(text, 2000));
        }
        lines.markup("</td>");
      }
      lines.markup("<td>")
          .text(one.device_actor)
          .markup("</td><td>")
          .text(one.rule)
          .markup("</td></tr>\n");
    }
  }
  if (lines.empty()) return out;
  out.markup("<section class=\"notice\" aria-labelledby=\"cases\"><h2 id=\"cases\">")
      .words("待处理", "Open cases");
  out.markup("</h2>\n<div class=\"scroll\"><table><thead><tr><th scope=\"col\">")
      .words("编号", "No.")
      .markup("</th><th scope=\"col\">");
  out.words("字段", "Field")
      .markup("</th><th scope=\"col\">")
      .words("原值", "Before")
      .markup("</th><th scope=\"col\">");
  out.words("总部", "Headquarters")
      .markup("</th><th scope=\"col\">")
      .words("手机", "Phone")
      .markup("</th><th scope=\"col\">");
  out.words("人员", "Person")
      .markup("</th><th scope=\"col\">")
      .words("规则", "Rule")
      .markup("</th></tr></thead>\n<tbody>\n");
  out.part(lines).markup("</tbody></table></div></section>\n");
  return out;
}

Result<HtmlWriter> VisitSheet::notices(const StoryOf& story) const {
  HtmlWriter out;
  if (story.notices.empty()) return out;
  out.markup("<section class=\"notice\" aria-labelledby=\"notices\"><h2 id=\"notices\">");
  out.words("合并结果", "What the rules did").markup("</h2>\n<ul>\n");
  for (const auto& notice : story.notices) {
    const auto* collection = schema_.find(notice.field.record.collection);
    const auto outcome = words_for(notice.field.outcome);
    out.markup("<li>").part(label(collection, notice.field.field)).markup(": ");
    if (notice.field.own) {
      DAYBOOK_ASSIGN(const auto own, text_of(collection, notice.field.field, *notice.field.own));
      out.markup("<q>").text(beginning_of(own, kNoticeText)).markup("</q> ");
    }
    out.markup("<strong>")
        .words(outcome.zh, outcome.en)
        .markup("</strong> (")
        .text(notice.actor)
        .markup(", <time>");
    out.text(values_.time(notice.received_ms)).markup("</time>, ").text(notice.field.rule);
    if (notice.field.case_number != 0) {
      out.markup(", ")
          .words("案件", "case")
          .markup(" ")
          .number(static_cast<std::int64_t>(notice.field.case_number));
    }
    out.markup(")</li>\n");
  }
  out.markup("</ul></section>\n");
  return out;
}

Result<std::string> VisitSheet::page(const RecordRef& visit) {
  DAYBOOK_ASSIGN(const auto state, store_.find_record(visit));
  DAYBOOK_ASSIGN(const bool seen,
                 setting_.sees == nullptr ? Result<bool>(true) : setting_.sees->holds(visit));
  if (!state || !seen) return failure(Errc::kNotFound, "visit", to_string(visit.id));
  DAYBOOK_ASSIGN(const auto refs, store_.children_of(visit.id));
  std::set<RecordRef> all{visit};
  std::vector<RecordState> children;
  for (const auto& ref : refs) {
    DAYBOOK_ASSIGN(auto child, store_.find_record(ref));
    if (!child) continue;
    all.insert(ref);
    children.push_back(std::move(*child));
  }
  DAYBOOK_ASSIGN(const auto story, load_story(store_, all));
  DAYBOOK_ASSIGN(const auto name, values_.name_of(visit));
  DAYBOOK_ASSIGN(const auto case_part, cases(all));
  DAYBOOK_ASSIGN(const auto notice_part, notices(story));
  DAYBOOK_ASSIGN(const auto field_part, fields(*state));
  DAYBOOK_ASSIGN(const auto fact_part, facts(children));
  DAYBOOK_ASSIGN(const auto attachment_part, attachment_table(store_, all));
  const auto* collection = schema_.find(visit.collection);
  HtmlWriter out;
  out.markup("<h1>")
      .words(collection->label_zh, collection->label_en)
      .markup(" ")
      .text(name)
      .markup("</h1>\n<p><a href=\"/visits/")
      .text(to_string(visit.id))
      .markup("/form.pdf\">")
      .words("打印（PDF）", "Print (PDF)")
      .markup("</a></p>\n");
  out.part(case_part)
      .part(notice_part)
      .part(field_part)
      .part(fact_part)
      .part(signatures(children))
      .part(attachment_part);
  out.markup("<p class=\"calm\">")
      .text(to_string(visit.id))
      .markup(" · ")
      .words("版本", "version")
      .markup(" ");
  out.number(static_cast<std::int64_t>(state->version)).markup("</p>\n");
  return framed(name, out, setting_);
}

}  // namespace

Result<std::string> visit_page(ServerStore& store, const Schema& schema, const PageSetting& setting,
                               const Uuid& id) {
  if (schema.find("visit") == nullptr)
    return failure(Errc::kUnknownCollection, "visit", "this schema has no visits");
  return VisitSheet(store, schema, setting).page({"visit", id});
}

}  // namespace daybook
