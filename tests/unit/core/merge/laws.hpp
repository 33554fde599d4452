// SPDX-License-Identifier: Apache-2.0
// The laws of the merge, checked on one step: what stood there, what somebody asked for, what came
// out. Used by the exhaustive test of the small universe and by the random ones of the large.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/core/merge/merge_world.hpp"

namespace daybook::test {

// A law that does not hold, in words; empty when all do.
using Breach = std::string;

inline std::vector<std::string> lines_of(const Value& value) {
  std::vector<std::string> lines;
  if (value.kind() != Value::Kind::kText) return lines;
  std::istringstream text(value.as_text());
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

inline bool has_line_twice(const Value& text) {
  auto lines = lines_of(text);
  std::sort(lines.begin(), lines.end());
  return std::adjacent_find(lines.begin(), lines.end()) != lines.end();
}

inline bool same_elements(const Value& a, const Value& b) {
  const auto items = [](const Value& value) {
    std::vector<std::string> texts;
    if (value.kind() == Value::Kind::kList) {
      for (const auto& item : value.as_list()) texts.push_back(to_string(item));
    }
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
  };
  return items(a) == items(b);
}

struct Step {
  const RecordState& before;
  const MergeInput& input;
  const MergePlan& plan;
  const RecordState& after;

  const FieldRule& rule() const { return input.collection->fields[0].rule; }
  const ResolvedEdit& edit() const { return input.edits[0]; }
  const FieldPlan& field() const { return plan.fields[0]; }
  const FieldState* held() const {
    const auto found = before.fields.find("f");
    return found == before.fields.end() ? nullptr : &found->second;
  }
  const FieldState* stands() const {
    const auto found = after.fields.find("f");
    return found == after.fields.end() ? nullptr : &found->second;
  }
  bool moved() const {
    return stands() != nullptr && (held() == nullptr || held()->value != stands()->value);
  }
  bool seen() const { return held() == nullptr || input.sight.sees(*held(), edit().base); }
  bool in_force() const {
    if (stands() == nullptr) return edit().is_claim && edit().now.is_null();
    if (rule().kind == RuleKind::kAddWins) return same_elements(stands()->value, edit().now);
    return stands()->value == edit().now;
  }
  bool is_set_rule() const {
    return rule().kind == RuleKind::kAddWins || rule().kind == RuleKind::kAppend;
  }
  bool keeps_text() const {
    return rule().kind == RuleKind::kKeepBoth ||
           (rule().kind == RuleKind::kThreeWay && rule().fallback == RuleKind::kKeepBoth);
  }
};

// The outcome says what happened to the value.
inline Breach outcome_is_true(const Step& step) {
  const auto& field = step.field();
  switch (field.outcome) {
    case FieldOutcome::kTaken:
    case FieldOutcome::kTakenOver: return step.in_force() ? "" : "taken, but not in force";
    case FieldOutcome::kSame: return !step.moved() ? "" : "same, but moved";
    case FieldOutcome::kProposed:
    case FieldOutcome::kRefused:
      return !field.next && !step.moved() ? "" : "proposed or refused, but written";
    case FieldOutcome::kConflict: return field.opens_case ? "" : "conflict without a case";
    case FieldOutcome::kMerged: return "";
    case FieldOutcome::kOverruled: return "no rule overrules: people do";
  }
  return "no such outcome";
}

inline Breach provenance_is_true(const Step& step) {
  if (!step.moved()) return "";
  const auto& write = step.stands()->write;
  const bool own = write.commit == step.input.commit && write.lineage == step.input.sight.lineage &&
                   write.seq == step.input.sight.seq;
  if (!own) return "moved, but the write is not the author's";
  if (write.exact && !step.in_force()) return "exact, but not what was asked for";
  if (!write.exact && step.in_force()) return "exactly as asked, but not exact";
  return step.stands()->seen_by.empty() || step.is_set_rule()
             ? ""
             : "a new value that somebody is said to have seen";
}

// A value that the author had not seen goes only with a trace, and his own never without one.
inline Breach nothing_is_lost(const Step& step) {
  const auto& field = step.field();
  if (step.keeps_text() && field.outcome == FieldOutcome::kMerged) {
    const auto was = lines_of(step.edit().was.value_or(Value::null()));
    const auto after = lines_of(step.stands()->value);
    for (const auto& line : lines_of(step.edit().now)) {
      const bool is_new = std::find(was.begin(), was.end(), line) == was.end();
      if (is_new && std::find(after.begin(), after.end(), line) == after.end())
        return "an own paragraph is gone";
    }
  }
  if (field.own != step.edit().now) return "own value not kept";
  if (!step.in_force() && field.outcome != FieldOutcome::kMerged && field.lost != step.edit().now) {
    return "own value neither in force nor lost";
  }
  if (!step.moved() || step.seen() || step.held() == nullptr) return "";
  const Value& before = step.held()->value;
  const Value& after = step.stands()->value;
  if (step.keeps_text()) {
    const auto was = lines_of(step.edit().was.value_or(Value::null()));
    const auto now = lines_of(after);
    for (const auto& line : lines_of(before)) {
      const bool seen_line = std::find(was.begin(), was.end(), line) != was.end();
      if (!seen_line && std::find(now.begin(), now.end(), line) == now.end())
        return "an unseen paragraph is gone";
    }
    return "";
  }
  if (step.is_set_rule()) {
    if (before.kind() != Value::Kind::kList || field.lost == before) return "";
    for (const auto& element : step.held()->elements) {
      const ValueList list = after.is_null() ? ValueList{} : after.as_list();
      if (step.input.sight.sees(element.write, step.edit().base) &&
          step.rule().kind == RuleKind::kAddWins)
        continue;
      if (std::find(list.begin(), list.end(), element.value) == list.end())
        return "an unseen element is gone";
    }
    return "";
  }
  return field.lost == before ? "" : "an unseen value is gone without a trace";
}

inline bool closed_by_own_later_set(const Step& step) {
  const auto event = step.before.events.find(step.rule().event);
  return event != step.before.events.end() && event->second.lineage == step.input.sight.lineage &&
         event->second.seq >= step.input.sight.seq;
}

// Until a person decided, a value that costs more does not come to stand unseen over one that costs
// less.
inline Breach smaller_or_larger_holds(const Step& step) {
  const auto safe = step.rule().safe_default;
  const bool by_size = safe == SafeDefault::kSmaller || safe == SafeDefault::kLarger;
  if (!by_size || step.seen() || step.held() == nullptr) return "";
  const Value& held = step.held()->value;
  const Value& stands = step.stands()->value;
  if (held.kind() != Value::Kind::kInt || stands.kind() != Value::Kind::kInt)
    return "a value without a size stands by its size";
  const bool smaller = stands.as_int() < held.as_int();
  return smaller == (safe == SafeDefault::kSmaller) ? "" : "the unsafe value stands";
}

inline Breach owners_hold(const Step& step) {
  if (!step.moved() || step.input.settles || step.edit().is_claim) return "";
  const bool by_office = step.input.side == Side::kOffice;
  const auto happened = [&](const std::string& event) {
    return step.before.events.count(event) != 0;
  };
  const auto own_event = [&](const std::string& event) {
    const auto& events = step.input.events;
    return std::find(events.begin(), events.end(), event) != events.end();
  };
  switch (step.rule().kind) {
    case RuleKind::kOffice: return by_office ? "" : "a technician wrote the office's field";
    case RuleKind::kTechnician: return by_office ? "the office wrote the technician's field" : "";
    case RuleKind::kOfficeUntil:
      if (by_office) return happened(step.rule().event) ? "the office wrote after the event" : "";
      return happened(step.rule().event) || own_event(step.rule().event)
                 ? ""
                 : "a technician wrote before the event";
    case RuleKind::kSealed:
      if (by_office) return "the office wrote a finding";
      return happened(step.rule().event) && !own_event(step.rule().event) ? "a sealed value moved"
                                                                          : "";
    case RuleKind::kTechnicianUntil:
      if (by_office)
        return happened(step.rule().event) || own_event(step.rule().event)
                   ? ""
                   : "the office wrote before the event";
      return happened(step.rule().event) && !closed_by_own_later_set(step)
                 ? "a technician wrote after the event"
                 : "";
    case RuleKind::kFirstWins: {
      const bool free = step.held() == nullptr || step.held()->value.is_null();
      const bool own = !free && step.input.sight.sees(step.held()->write, 0);
      return free || own || (by_office && step.seen()) ? "" : "who came second has it";
    }
    case RuleKind::kServer: return by_office ? "" : "a forecast is in force";
    case RuleKind::kStateFromEvents: {
      if (step.held() == nullptr || step.held()->value.is_null()) return "";
      const auto& steps = step.rule().transitions;
      const bool allowed = std::any_of(steps.begin(), steps.end(), [&](const Transition& one) {
        return step.held()->value == Value::text(one.from) &&
               step.stands()->value == Value::text(one.to);
      });
      return allowed ? "" : "a step that is not allowed was taken";
    }
    case RuleKind::kAskHuman: return smaller_or_larger_holds(step);
    case RuleKind::kImmutable: return step.held() == nullptr ? "" : "an immutable value moved";
    case RuleKind::kGrows: {
      const bool numbers = step.held() != nullptr && step.held()->value.kind() == Value::Kind::kInt;
      const bool number = step.stands()->value.kind() == Value::Kind::kInt;
      if (!numbers || !number) return numbers ? "a number was taken away" : "";
      return step.stands()->value.as_int() > step.held()->value.as_int() ? "" : "a number shrank";
    }
    default: return "";
  }
}

inline Breach late_work_waits(const Step& step) {
  if (!step.input.late || step.edit().is_claim) return "";
  return step.field().next ? "late work was written" : "";
}

inline bool shows_more_than_held(const Step& step) {
  const Value was = step.edit().was.value_or(Value::null());
  if (was.kind() != Value::Kind::kList || step.held() == nullptr || step.held()->value.is_null())
    return true;
  const auto& held = step.held()->value.as_list();
  const auto& shown = was.as_list();
  return std::any_of(shown.begin(), shown.end(), [&](const Value& item) {
    return std::count(shown.begin(), shown.end(), item) >
           std::count(held.begin(), held.end(), item);
  });
}

// The same set once more, a moment later, by the same lineage: nothing moves.
inline Breach again_changes_nothing(const Step& step) {
  // A text with the same line twice does not say which of them an edit was about, so once more may
  // move the other one. Ingest never lets the same set in twice; words are not lost either way.
  if (step.keeps_text()) {
    for (const auto* state : {step.held(), step.stands()}) {
      if (state != nullptr && has_line_twice(state->value)) return "";
    }
  }
  // Nor does a list that its author shows more of than is in force, because a set of his was
  // refused.
  if (step.rule().kind == RuleKind::kAppend && shows_more_than_held(step)) return "";
  MergeInput again = step.input;
  again.current = &step.after;
  again.commit = step.input.commit + 1;
  if (again.sight.lineage != kHq) again.sight.seq += 1;
  const MergePlan plan = plan_merge(again);
  if (plan.changes_row) return "the same set again moves the value";
  const bool plainly_in =
      step.moved() && step.in_force() && again.sight.lineage != kHq && !again.edits[0].is_claim;
  if (plainly_in && plan.changes_record) return "the same set again writes";
  return "";
}

// Pure: the same input gives the same plan.
inline Breach plan_is_a_function(const Step& step) {
  MergeInput input = step.input;
  const RecordState before = step.before;
  input.current = &before;
  const MergePlan plan = plan_merge(input);
  const bool same =
      plan.fields.size() == step.plan.fields.size() && plan.fields[0].next == step.field().next &&
      plan.fields[0].outcome == step.field().outcome && plan.events == step.plan.events;
  return same ? "" : "the same input gives another plan";
}

inline Breach first_breach(const Step& step) {
  for (const auto law : {outcome_is_true, provenance_is_true, nothing_is_lost, owners_hold,
                         late_work_waits, again_changes_nothing}) {
    Breach breach = law(step);
    if (!breach.empty()) return breach;
  }
  return "";
}

inline std::string story_of(const Step& step) {
  const auto value = [](const std::optional<Value>& v) {
    return v ? to_string(*v) : std::string("-");
  };
  std::ostringstream story;
  story << to_string(step.rule()) << ": lineage " << step.input.sight.lineage << " base "
        << step.edit().base << " was " << value(step.edit().was)
        << (step.edit().is_claim ? " claims " : " asks ") << to_string(step.edit().now) << " over "
        << (step.held() ? to_string(step.held()->value) : "-") << " -> "
        << name_of(step.field().outcome) << " "
        << (step.stands() ? to_string(step.stands()->value) : "-") << " (" << step.field().why
        << ")";
  return story.str();
}

}  // namespace daybook::test
