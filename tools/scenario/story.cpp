// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/story.hpp"

namespace daybook::scenario {

const FieldSchema* field_of(const CollectionSchema& collection, const std::string& text) {
  for (const auto& field : collection.fields) {
    if (text == field.name || text == field.label_zh || text == field.label_en) return &field;
  }
  return nullptr;
}

const FieldSchema* field_of(const Schema& schema, const RecordRef& record,
                            const std::string& text) {
  const auto* collection = schema.find(record.collection);
  return collection == nullptr ? nullptr : field_of(*collection, text);
}

std::string Story::retold(const std::vector<Token>& tokens, std::size_t from) const {
  std::string text;
  for (std::size_t i = from; i < tokens.size(); ++i) {
    text += i == from ? "" : " ";
    text += tokens[i].key.empty() ? tokens[i].raw : std::string(spelled(tokens[i].key, language_));
  }
  return text;
}

void Story::begin(const Scenario& scenario, const Schema& schema) {
  out_ << "\n" << scenario.name << "  " << both(scenario.title_en, scenario.title_zh) << "\n";
  out_ << both("       rules: ", "       规则表：") << schema.name << " " << schema.version << "\n";
}

void Story::act(std::int64_t now_ms, const Step& step) {
  out_ << (now_ms < kFirstMidnightMs + kDayMs ? " " : "") << shown_time(now_ms) << "  "
       << retold(step.tokens, 0) << "\n";
}

void Story::could_not(const std::string& error) {
  out_ << both("         not done: ", "         未成：") << error << "\n";
}

void Story::decided(const ToldCommit& commit, const Schema& schema, const Names& names) {
  out_ << "         #" << commit.version << " " << commit.actor << both(": ", "：")
       << spelled(name_of(commit.verdict), language_);
  if (!commit.reason.empty()) out_ << " (" << commit.reason << " " << commit.detail << ")";
  out_ << "\n";
  for (const auto& told : commit.fields) field(told, schema, names);
}

void Story::field(const ToldField& told, const Schema& schema, const Names& names) {
  const auto* known = field_of(schema, told.record, told.plan.field);
  const FieldPlan& plan = told.plan;
  const bool labelled =
      language_ == Language::kChinese && known != nullptr && !known->label_zh.empty();
  out_ << "            " << names.name_of(told.record) << "."
       << (labelled ? known->label_zh : plan.field) << " "
       << spelled(name_of(plan.outcome), language_) << both(": ", "：")
       << sentence_for(plan.why, language_);
  out_ << both("; in force ", "；生效 ") << shown(plan.in_force, known, names);
  if (plan.own && plan.own != plan.in_force)
    out_ << both("; asked for ", "；所请 ") << shown(plan.own, known, names);
  if (plan.lost && plan.lost != plan.own)
    out_ << both("; gave way ", "；让位 ") << shown(plan.lost, known, names);
  out_ << both(" (rule ", "（规则 ") << plan.rule;
  if (told.case_number != 0) out_ << both("; case ", "；案件 ") << told.case_number;
  out_ << both(")\n", "）\n");
}

void Story::heard(const std::string& phone, const Receipt& receipt, const Names& names) {
  out_ << "         " << phone << both(" is told: #", " 获知：#") << receipt.commit << " "
       << spelled(name_of(receipt.verdict), language_);
  if (receipt.verdict == Verdict::kFurther)
    out_ << " (" << receipt.reason << ": " << receipt.detail << ")";
  for (const auto& told : receipt.fields) {
    out_ << "; " << names.name_of(told.record) << "." << told.field << " "
         << spelled(name_of(told.outcome), language_);
    if (told.case_number != 0) out_ << both(", case ", "，案件 ") << told.case_number;
  }
  out_ << "\n";
}

void Story::holds(const Step& step) { out_ << "     ✓  " << retold(step.tokens, 1) << "\n"; }

}  // namespace daybook::scenario
