// SPDX-License-Identifier: Apache-2.0
#include "core/schema/act_text.hpp"

namespace daybook {
namespace {

std::string drawn_together(const std::string& sql) {
  std::string text;
  bool blank = false;
  for (const char c : sql) {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (is_blank) {
      blank = !text.empty();
      continue;
    }
    if (blank) text += ' ';
    blank = false;
    text += c;
  }
  return text;
}

void add(std::string& text, std::string_view between, const std::string& more) {
  text += (text.empty() ? "" : std::string(between)) + more;
}

std::string argument_text(const FieldSchema& argument) {
  std::string text = argument.name + " " + std::string(name_of(argument.type));
  if (!argument.references.empty()) text += " " + argument.references;
  if (argument.required) text += " required";
  if (argument.size_max > 0) text += " size_max " + std::to_string(argument.size_max);
  if (argument.min) text += " min " + std::to_string(*argument.min);
  if (argument.max) text += " max " + std::to_string(*argument.max);
  for (std::size_t i = 0; i < argument.values.size(); ++i)
    text += (i == 0 ? " " : " | ") + argument.values[i];
  return text;
}

std::string fields_text(const FieldExpressions& fields) {
  std::string text;
  for (const auto& [name, sql] : fields)
    add(text, ", ", name + " = " + (sql.empty() ? "null" : drawn_together(sql)));
  return text;
}

std::string creation_text(const ActCreation& creation) {
  std::string text = creation.collection;
  if (creation.as != creation.collection) text += " as " + creation.as;
  if (!creation.when.empty()) text += " when " + drawn_together(creation.when);
  return text + " (" + fields_text(creation.set) + ")";
}

}  // namespace

std::string to_string(const ViewSchema& view) {
  return std::string(name_of_place(view.at)) + ": " + drawn_together(view.sql);
}

std::vector<std::pair<std::string, std::string>> parts_of(const ActSchema& act) {
  std::string by(name_of_side(act.by));
  if (!act.about.empty()) by += ", about " + act.about;
  std::string takes;
  for (const auto& argument : act.takes) add(takes, ", ", argument_text(argument));
  std::string conditions;
  for (const auto& condition : act.conditions) {
    add(conditions, "; ",
        drawn_together(condition.holds) + (condition.warn ? " (warns " : " (says ") +
            condition.say_zh + " / " + condition.say_en + ")");
  }
  std::string creates;
  for (const auto& creation : act.creates) add(creates, "; ", creation_text(creation));
  return {{"by", by},
          {"takes", takes},
          {"requires", conditions},
          {"creates", creates},
          {"sets", fields_text(act.sets)}};
}

}  // namespace daybook
