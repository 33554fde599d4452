// SPDX-License-Identifier: Apache-2.0
// Fields that only move together: street and town of one author, never of two. They share one
// decision. If somebody wrote any of them unseen by the author of this set, one side's values stand
// as a whole, also in the fields that this set does not touch. What its author saw there, his set
// claims.
#include <algorithm>

#include "core/base/ensure.hpp"
#include "core/merge/question.hpp"

namespace daybook {
namespace {

struct Member {
  const FieldSchema* schema = nullptr;
  const ResolvedEdit* asked = nullptr;  // the edit or claim of this set, if it has one
  const FieldState* current = nullptr;

  bool is_edited() const { return asked != nullptr && !asked->is_claim; }
  Value in_force() const { return current == nullptr ? Value::null() : current->value; }
};

class GroupMerge {
 public:
  GroupMerge(const MergeInput& input, const std::string& group,
             const std::vector<const ResolvedEdit*>& asked)
      : input_(input), group_(group) {
    for (const auto& field : input.collection->fields) {
      if (field.group != group) continue;
      Member member{&field, nullptr, nullptr};
      for (const auto* edit : asked) {
        if (edit->field == field.name) member.asked = edit;
      }
      const auto found = input.current->fields.find(field.name);
      if (found != input.current->fields.end()) member.current = &found->second;
      members_.push_back(member);
    }
    find_rival();
  }

  void plan(MergePlan& into) {
    if (rival_ == nullptr) {
      for (const auto& member : members_) plan_alone(member, into);
      return;
    }
    std::vector<FieldPlan> plans;
    for (const auto& member : members_) {
      if (member.is_edited()) plans.push_back(decide_edit(against_rival(member)));
    }
    ensure(!plans.empty());
    if (plans.front().next) plans = own_side(std::move(plans));
    if (plans.front().opens_case) into.groups.push_back(as_one(plans.front()));
    for (auto& plan : plans) {
      if (plan.opens_case) plan.group = group_;
      into.fields.push_back(std::move(plan));
    }
  }

 private:
  // The author saw no more of the fields he left alone than of the one he saw least of.
  Version base() const {
    Version least = UINT64_MAX;
    for (const auto& member : members_) {
      if (member.is_edited()) least = std::min(least, member.asked->base);
    }
    return least;
  }

  // An unseen write that says something else. One of a technician counts before the office's:
  // between two who stood there only a person can choose.
  void find_rival() {
    bool all_same = true;
    for (const auto& member : members_) {
      if (member.is_edited()) all_same = all_same && question_about(input_, *member.asked).same;
    }
    if (all_same) return;
    for (const auto& member : members_) {
      if (!is_unseen(member)) continue;
      const Write& write = member.current->write;
      if (rival_ == nullptr || write.lineage != kOfficeLineage) rival_ = &write;
    }
  }

  bool is_unseen(const Member& member) const {
    if (member.current == nullptr) return false;
    if (member.asked == nullptr) return !input_.sight.sees(*member.current, base());
    const Question q = question_about(input_, *member.asked);
    return !q.seen && !q.same;
  }

  Question against_rival(const Member& member) const {
    Question q = question_about(input_, *member.asked);
    q.seen = false;
    q.same = false;
    q.rival = rival_;
    return q;
  }

  void plan_alone(const Member& member, MergePlan& into) const {
    if (member.asked == nullptr) return;
    const Question q = question_about(input_, *member.asked);
    if (member.is_edited()) into.fields.push_back(decide_edit(q));
    const bool pivots =
        std::find(input_.events.begin(), input_.events.end(), q.rule.event) != input_.events.end();
    if (!member.is_edited() && (q.same || pivots)) into.fields.push_back(decide_claim(q));
  }

  // His values stand, all of them, if the set says what they all were; an older app does not.
  std::vector<FieldPlan> own_side(std::vector<FieldPlan> plans) const {
    const FieldPlan first = plans.front();
    for (const auto& member : members_) {
      if (member.is_edited() || !is_unseen(member)) continue;
      if (member.asked == nullptr) return nobody_knows_the_rest();
      const Question q = against_rival(member);
      plans.push_back(first.opens_case ? answer_conflict(q, first.why, true)
                                       : answer_taken_over(q, first.why));
    }
    return plans;
  }

  std::vector<FieldPlan> nobody_knows_the_rest() const {
    std::vector<FieldPlan> plans;
    for (const auto& member : members_) {
      if (member.is_edited())
        plans.push_back(answer_conflict(against_rival(member), "group_incomplete"));
    }
    return plans;
  }

  FieldPlan as_one(const FieldPlan& first) const {
    ValueList base;
    ValueList own;
    ValueList held;
    for (const auto& member : members_) {
      held.push_back(member.in_force());
      own.push_back(member.asked == nullptr ? held.back() : member.asked->now);
      if (member.asked == nullptr) {
        base.push_back(is_unseen(member) ? Value::null() : held.back());
      } else {
        base.push_back(member.asked->is_claim ? member.asked->now
                                              : member.asked->was.value_or(Value::null()));
      }
    }
    FieldPlan whole = first;
    whole.field = group_;
    whole.next.reset();
    whole.base = Value::list(std::move(base));
    whole.own = Value::list(std::move(own));
    const bool own_stands = first.next.has_value();
    whole.in_force = own_stands ? *whole.own : Value::list(held);
    whole.lost = own_stands ? Value::list(std::move(held)) : *whole.own;
    return whole;
  }

  const MergeInput& input_;
  const std::string& group_;
  std::vector<Member> members_;
  const Write* rival_ = nullptr;
};

}  // namespace

void plan_group(const MergeInput& input, const std::string& group,
                const std::vector<const ResolvedEdit*>& asked, MergePlan& plan) {
  GroupMerge(input, group, asked).plan(plan);
}

std::optional<Value> claimed_value(const CollectionSchema& collection, const Claim& claim,
                                   const Change* change) {
  if (claim.seen || change == nullptr) return claim.seen;
  const auto group_of = [&](const std::string& field) {
    const auto* schema = collection.find(field);
    return schema == nullptr ? std::string() : schema->group;
  };
  const std::string group = group_of(claim.field);
  const bool moves = !group.empty() && std::any_of(change->edits.begin(), change->edits.end(),
                                                   [&](const FieldEdit& edit) {
                                                     return group_of(edit.field) == group;
                                                   });
  return moves ? std::optional(Value::null()) : std::nullopt;
}

}  // namespace daybook
