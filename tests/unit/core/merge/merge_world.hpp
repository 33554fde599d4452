// SPDX-License-Identifier: Apache-2.0
// One record with one field "f" under one rule, an office and two devices: the world in which the
// merge is tested. Applies every plan as ingest would, and remembers what stood there at each
// commit.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/merge/merge.hpp"
#include "core/schema/rule_text.hpp"
#include "tests/support/catch.hpp"

namespace daybook::test {

inline constexpr Lineage kHq = kOfficeLineage;

inline Value words(const std::string& text) { return Value::text(text); }
inline Value list(const std::vector<std::string>& texts) {
  ValueList items;
  for (const auto& text : texts) items.push_back(Value::text(text));
  return Value::list(std::move(items));
}

// What somebody does. `was` is what he saw; empty means: what stood there at his base.
struct Act {
  Lineage who = kHq;
  Version base = 1;
  Value now{};
  std::vector<std::string> events{};
  std::optional<Value> was{};
  bool is_claim = false;
  bool late = false;
  bool settles = false;
};

inline CollectionSchema visit_with(const FieldRule& rule, FieldType type,
                                   const std::vector<std::string>& values = {}) {
  CollectionSchema visit;
  visit.name = "visit";
  FieldSchema field;
  field.name = "f";
  field.type = type;
  field.rule = rule;
  field.values = values;
  visit.fields.push_back(field);
  for (const auto* name : {"departed", "signed"}) {
    visit.events.push_back({name, "visit_event", "visit", "kind", Value::text(name)});
  }
  return visit;
}

inline FieldType type_for(const FieldRule& rule) {
  if (rule.kind == RuleKind::kGrows) return FieldType::kInt;
  return rule.kind == RuleKind::kAddWins || rule.kind == RuleKind::kAppend ? FieldType::kTextList
                                                                           : FieldType::kText;
}

class World {
 public:
  World(const FieldRule& rule, std::optional<Value> start,
        const std::vector<std::string>& values = {})
      : collection_(
            std::make_shared<const CollectionSchema>(visit_with(rule, type_for(rule), values))) {
    Fields fields;
    if (start) fields.set("f", *start);
    MergeInput input;
    input.collection = collection_.get();
    input.side = Side::kOffice;
    input.commit = 1;
    input.created = &fields;
    state_ = apply_plan(input, plan_merge(input));
    remember();
  }
  World(const std::string& rule, std::optional<Value> start)
      : World(parse_rule(rule).value(), std::move(start)) {}

  FieldPlan act(const Act& act) {
    const MergeInput input = input_for(act);
    MergePlan plan = plan_merge(input);
    ensure(plan.fields.size() == 1);
    FieldPlan field = plan.fields.front();
    RecordState after = apply_plan(input, plan);
    take(act, std::move(plan), std::move(after));
    return field;
  }
  // The world after an act that was planned outside.
  void take(const Act& act, MergePlan plan, RecordState after) {
    state_ = std::move(after);
    last_ = std::move(plan);
    ++head_;
    if (act.who != kHq) ++seq_[act.who];
    remember();
  }

  MergeInput input_for(const Act& act) const {
    MergeInput input;
    input.collection = collection_.get();
    input.current = &state_;
    input.side = act.who == kHq ? Side::kOffice : Side::kTechnician;
    input.sight = {act.who, act.who == kHq ? 0 : seq_.at(act.who) + 1, {}};
    input.commit = head_ + 1;
    const auto was = act.was ? act.was : at(act.base);
    input.edits.push_back({"f", was, act.base, act.now, act.is_claim});
    input.events = act.events;
    input.event_base = act.base;
    input.late = act.late;
    input.settles = act.settles;
    return input;
  }

  std::optional<Value> in_force() const { return at(head_); }
  std::optional<Value> at(Version version) const {
    return version < history_.size() ? history_[version] : std::nullopt;
  }
  Version head() const { return head_; }
  const RecordState& state() const { return state_; }
  const MergePlan& last() const { return last_; }
  const CollectionSchema& collection() const { return *collection_; }

 private:
  void remember() {
    const auto found = state_.fields.find("f");
    history_.resize(head_ + 1);
    if (found != state_.fields.end()) history_[head_] = found->second.value;
  }

  std::shared_ptr<const CollectionSchema> collection_;
  RecordState state_;
  MergePlan last_;
  Version head_ = 1;
  std::array<std::uint64_t, 8> seq_{};         // of lineages 1 to 7
  std::vector<std::optional<Value>> history_;  // by version
};

}  // namespace daybook::test
