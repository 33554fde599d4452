// SPDX-License-Identifier: Apache-2.0
// The small universe, all of it: the office and two devices, up to three changes, every rule, every
// base, every interleaving. And: what independent devices do may arrive in any order.
#include <cstdio>
#include <functional>
#include <set>

#include "tests/unit/core/merge/laws.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct RuleCase {
  std::string rule;
  std::optional<Value> start;
  std::vector<Value> asks;
  std::string event;
  SafeDefault safe_default = SafeDefault::kOffice;
};

std::vector<RuleCase> rule_cases() {
  const std::vector<Value> texts{words("A"), words("B"), words("C")};
  const std::vector<Value> two{words("A"), words("B")};
  const std::vector<Value> numbers{Value::integer(3), Value::integer(7), Value::integer(9)};
  return {
      {"immutable", words("A"), texts, ""},
      {"immutable", std::nullopt, texts, ""},
      {"office", words("A"), texts, ""},
      {"technician", words("A"), texts, ""},
      {"office_until(departed)", words("A"), two, "departed"},
      {"sealed(signed)", words("A"), two, "signed"},
      {"three_way(office)", words("A"), texts, ""},
      {"three_way(technician)", words("A"), texts, ""},
      {"three_way(keep_both)", words("A"), {words("A"), words("A\nB"), words("C")}, ""},
      {"three_way(ask_human)", words("A"), texts, ""},
      {"ask_human", words("A"), texts, "", SafeDefault::kTechnician},
      {"grows", Value::integer(5), {Value::integer(3), Value::integer(7), Value::integer(9)}, ""},
      {"add_wins", list({"a"}), {list({}), list({"a", "b"}), list({"b", "c"}), list({"a"})}, ""},
      {"append",
       list({"a"}),
       {list({"a", "b"}), list({"a", "c"}), list({"a", "b", "c"}), list({})},
       ""},
      {"technician_until(departed)", words("A"), two, "departed"},
      {"first_wins", std::nullopt, {words("A"), words("B"), Value::null()}, ""},
      {"first_wins(ask_human)", words("A"), {words("A"), words("B"), Value::null()}, ""},
      {"server", words("A"), texts, ""},
      {"state_from_events", words("A"), {words("A"), words("B"), words("C"), Value::null()}, ""},
      {"ask_human", Value::integer(5), numbers, "", SafeDefault::kSmaller},
      {"three_way(ask_human)", Value::integer(5), numbers, "", SafeDefault::kLarger},
      {"ask_human", words("A"), texts, "", SafeDefault::kFirst},
      {"keep_both", words("a"), {words("a b"), words("a\nc"), words(""), words("a")}, ""},
  };
}

// Everything that somebody could do next.
std::vector<Act> acts_at(const World& world, const RuleCase& rule) {
  std::vector<Act> acts;
  for (const Lineage who : {kHq, Lineage{1}, Lineage{2}}) {
    for (Version base = 1; base <= world.head(); ++base) {
      for (const auto& ask : rule.asks) {
        acts.push_back({who, base, ask});
        if (rule.event.empty()) continue;
        acts.push_back({who, base, ask, {rule.event}});
        acts.push_back({who, base, ask, {rule.event}, std::nullopt, true});
      }
    }
  }
  return acts;
}

class Universe {
 public:
  explicit Universe(const RuleCase& rule) : rule_(rule) {}

  std::uint64_t explore() {
    FieldRule rule = parse_rule(rule_.rule).value();
    rule.safe_default = rule_.safe_default;
    if (rule.kind == RuleKind::kStateFromEvents) rule.transitions = {{"A", "B"}, {"B", "C"}};
    walk(World(rule, rule_.start), 3);
    return cases_;
  }

 private:
  void walk(const World& world, int left) {
    for (const auto& act : acts_at(world, rule_)) {
      const MergeInput input = world.input_for(act);
      const MergePlan plan = plan_merge(input);
      const RecordState after = apply_plan(input, plan);
      const Step step{world.state(), input, plan, after};
      const Breach breach = first_breach(step);
      ++cases_;
      if (!breach.empty()) FAIL(breach << " — " << story_of(step));
      if (left == 1) continue;
      World next = world;
      next.take(act, plan, after);
      walk(next, left - 1);
    }
  }

  const RuleCase& rule_;
  std::uint64_t cases_ = 0;
};

}  // namespace

TEST_CASE("merge laws: they hold for every rule in the whole small universe") {
  std::uint64_t total = 0;
  for (const auto& rule : rule_cases()) {
    const std::uint64_t cases = Universe(rule).explore();
    std::printf("%-24s %8llu cases\n", rule.rule.c_str(), static_cast<unsigned long long>(cases));
    total += cases;
  }
  std::printf("%-24s %8llu cases\n", "all rules", static_cast<unsigned long long>(total));
  CHECK(total >= 100'000);
}

TEST_CASE("merge laws: facts never conflict") {
  for (const auto& rule : rule_cases()) {
    CollectionSchema fact = visit_with(parse_rule(rule.rule).value(), FieldType::kText);
    fact.is_fact = true;
    for (const auto& ask : rule.asks) {
      for (const bool late : {false, true}) {
        const Fields fields{{"f", ask}};
        MergeInput input;
        input.collection = &fact;
        input.created = &fields;
        input.late = late;
        input.commit = 9;
        const auto plan = plan_merge(input);
        CHECK(plan.fields[0].outcome == FieldOutcome::kTaken);
        CHECK_FALSE(plan.fields[0].opens_case);
      }
    }
  }
}

namespace {

// What one device does, offline, one after the other; each next act starts from what its own view
// shows.
using Chain = std::vector<Value>;

// Under append a phone's own list only grows; anything else is refused and of no interest here.
bool goes_on(const RuleCase& rule, const Chain& chain, const Value& next) {
  if (rule.rule != "append" || chain.empty()) return true;
  const auto& before = chain.back().as_list();
  const auto& after = next.as_list();
  return before.size() <= after.size() && std::equal(before.begin(), before.end(), after.begin());
}

std::vector<Chain> chains_of(const RuleCase& rule, std::size_t length) {
  if (length == 0) return {{}};
  std::vector<Chain> result;
  for (const auto& shorter : chains_of(rule, length - 1)) {
    for (const auto& ask : rule.asks) {
      if (!goes_on(rule, shorter, ask)) continue;
      result.push_back(shorter);
      result.back().push_back(ask);
    }
  }
  return result;
}

class AnyOrder {
 public:
  AnyOrder(const RuleCase& rule, std::vector<Chain> chains)
      : rule_(rule), chains_(std::move(chains)) {}

  // How many different records all interleavings of the chains lead to.
  std::size_t outcomes(const std::function<std::string(const Value&)>& shape) {
    shape_ = &shape;
    FieldRule rule = parse_rule(rule_.rule).value();
    rule.safe_default = rule_.safe_default;
    walk(World(rule, rule_.start), std::vector<std::size_t>(chains_.size(), 0));
    return seen_.size();
  }
  std::uint64_t orders() const { return orders_; }

 private:
  void walk(const World& world, const std::vector<std::size_t>& at) {
    bool done = true;
    for (std::size_t device = 0; device < chains_.size(); ++device) {
      if (at[device] == chains_[device].size()) continue;
      done = false;
      Act act{static_cast<Lineage>(device + 1), 1, chains_[device][at[device]]};
      if (at[device] > 0) act.was = chains_[device][at[device] - 1];
      World next = world;
      next.act(act);
      auto then = at;
      ++then[device];
      walk(next, then);
    }
    if (!done) return;
    ++orders_;
    seen_.insert((*shape_)(world.in_force().value_or(Value::null())));
  }

  const RuleCase& rule_;
  std::vector<Chain> chains_;
  const std::function<std::string(const Value&)>* shape_ = nullptr;
  std::set<std::string> seen_;
  std::uint64_t orders_ = 0;
};

void check_any_order(const RuleCase& rule, const std::function<std::string(const Value&)>& shape,
                     const std::vector<std::vector<std::size_t>>& all_lengths = {
                         {1, 1, 1}, {2, 1, 1}, {2, 2}, {3, 1}}) {
  std::uint64_t orders = 0;
  for (const auto& lengths : all_lengths) {
    std::vector<std::vector<Chain>> choices;
    for (const auto length : lengths) choices.push_back(chains_of(rule, length));
    std::vector<std::size_t> pick(lengths.size(), 0);
    for (;;) {
      std::vector<Chain> chains;
      for (std::size_t i = 0; i < pick.size(); ++i) chains.push_back(choices[i][pick[i]]);
      AnyOrder any(rule, chains);
      if (any.outcomes(shape) != 1) {
        std::string story = rule.rule + ": the order matters for";
        for (const auto& chain : chains) story += " " + to_string(Value::list(chain));
        FAIL(story);
      }
      orders += any.orders();
      std::size_t i = 0;
      while (i < pick.size() && ++pick[i] == choices[i].size()) pick[i++] = 0;
      if (i == pick.size()) break;
    }
  }
  std::printf("%-24s %8llu orders\n", rule.rule.c_str(), static_cast<unsigned long long>(orders));
}

}  // namespace

TEST_CASE(
    "merge laws: independent devices may arrive in any order, to the last byte under add_wins") {
  check_any_order(
      {"add_wins", list({"a"}), {list({}), list({"a", "b"}), list({"b"}), list({"a"})}, ""},
      [](const Value& value) { return to_string(value); });
}

TEST_CASE("merge laws: independent devices may arrive in any order under grows") {
  check_any_order(
      {"grows", Value::integer(5), {Value::integer(3), Value::integer(7), Value::integer(9)}, ""},
      [](const Value& value) { return to_string(value); });
}

TEST_CASE(
    "merge laws: independent devices may arrive in any order under append, but for the order of "
    "elements") {
  const auto as_bag = [](const Value& value) {
    std::multiset<std::string> bag;
    for (const auto& item : value.as_list()) bag.insert(to_string(item));
    std::string text;
    for (const auto& item : bag) text += item + " ";
    return text;
  };
  check_any_order(
      {"append", list({"a"}), {list({"a", "b"}), list({"a", "b", "b"}), list({"a", "c"})}, ""},
      as_bag);
}

TEST_CASE(
    "merge laws: independent devices may arrive in any order where the smaller or larger value is "
    "the safe default") {
  const std::vector<Value> asks{Value::integer(3), Value::integer(7), Value::integer(9)};
  for (const auto safe : {SafeDefault::kSmaller, SafeDefault::kLarger}) {
    // A device that changes its mind saw its own value: only what devices ask once is independent.
    check_any_order({"ask_human", Value::integer(5), asks, "", safe},
                    [](const Value& value) { return to_string(value); }, {{1, 1, 1}});
  }
}
