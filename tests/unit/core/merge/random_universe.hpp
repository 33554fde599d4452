// SPDX-License-Identifier: Apache-2.0
// The large universe: long histories of an office and six devices under a seed, all the laws at
// every step. unit_core_merge_random runs a little of it each time, sim_core_merge_random much
// more.
#pragma once

#include <cstdio>

#include "tests/unit/core/merge/laws.hpp"

namespace daybook::test {

// A small generator of its own, so that a seed means the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
  std::uint64_t roll(std::uint64_t sides) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (state_ >> 11) % sides;
  }
  bool once_in(std::uint64_t times) { return roll(times) == 0; }

 private:
  std::uint64_t state_;
};

class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed)
      : dice_(seed), rule_(any_rule()), world_(rule_, any_start()) {}

  // Steps taken; fails the test at the first breach.
  std::uint64_t play(std::uint64_t seed) {
    const std::uint64_t steps = 4 + dice_.roll(40);
    for (std::uint64_t i = 0; i < steps; ++i) {
      const Act act = any_act();
      const MergeInput input = world_.input_for(act);
      const MergePlan plan = plan_merge(input);
      const RecordState after = apply_plan(input, plan);
      const RecordState before = world_.state();
      const Step step{before, input, plan, after};
      Breach breach = first_breach(step);
      if (breach.empty()) breach = plan_is_a_function(step);
      if (!breach.empty())
        FAIL("seed " << seed << ", step " << i << ": " << breach << " — " << story_of(step));
      world_.take(act, plan, after);
      last_asked_[act.who] = act;
    }
    // What a long history leaves behind can be stored and read back: elements added several times,
    // events made to happen twice, who has seen what.
    const EncodedRecord stored = encode(world_.state());
    const auto read = decode_record_state(world_.state().record, stored.row, stored.provenance);
    if (!read.ok() || !(*read == world_.state()))
      FAIL("seed " << seed << ": the record does not read back");
    return steps;
  }

 private:
  FieldRule any_rule() {
    static const std::vector<std::string> kRules{"immutable",
                                                 "append",
                                                 "office",
                                                 "technician",
                                                 "office_until(departed)",
                                                 "three_way(office)",
                                                 "three_way(technician)",
                                                 "three_way(keep_both)",
                                                 "three_way(ask_human)",
                                                 "grows",
                                                 "add_wins",
                                                 "keep_both",
                                                 "sealed(signed)",
                                                 "ask_human",
                                                 "technician_until(departed)",
                                                 "first_wins",
                                                 "first_wins(ask_human)",
                                                 "server",
                                                 "state_from_events"};
    static const std::vector<SafeDefault> kDefaults{SafeDefault::kOffice, SafeDefault::kTechnician,
                                                    SafeDefault::kSmaller, SafeDefault::kLarger,
                                                    SafeDefault::kFirst};
    FieldRule rule = parse_rule(kRules[dice_.roll(kRules.size())]).value();
    rule.safe_default = kDefaults[dice_.roll(kDefaults.size())];
    if (rule.kind == RuleKind::kStateFromEvents)
      rule.transitions = {{"a", "b"}, {"b", "c"}, {"c", "d"}, {"b", "a"}, {"d", "e"}};
    return rule;
  }

  std::optional<Value> any_start() {
    if (dice_.once_in(6)) return std::nullopt;
    return any_value(Value::null());
  }

  // Mostly what somebody would really do with what he sees; sometimes null.
  Value any_value(const Value& seen) {
    if (dice_.once_in(25)) return Value::null();
    const bool by_size =
        rule_.safe_default == SafeDefault::kSmaller || rule_.safe_default == SafeDefault::kLarger;
    if (rule_.kind == RuleKind::kGrows || (rule_.kind == RuleKind::kAskHuman && by_size))
      return Value::integer(static_cast<std::int64_t>(dice_.roll(50)));
    if (rule_.kind == RuleKind::kAddWins || rule_.kind == RuleKind::kAppend) return any_list(seen);
    std::string text = seen.kind() == Value::Kind::kText ? seen.as_text() : "";
    switch (rule_.kind == RuleKind::kStateFromEvents ? 0 : dice_.roll(4)) {
      case 0: return words(std::string(1, static_cast<char>('a' + dice_.roll(5))));
      case 1:
        return words(text + (text.empty() ? "" : "\n") + "w" + std::to_string(dice_.roll(30)));
      case 2: return words(text.substr(0, text.find('\n')));
      default:
        return words("w" + std::to_string(dice_.roll(30)) + (text.empty() ? "" : "\n") + text);
    }
  }

  Value any_list(const Value& seen) {
    ValueList items = seen.kind() == Value::Kind::kList ? seen.as_list() : ValueList{};
    const bool grows_only = rule_.kind == RuleKind::kAppend && !dice_.once_in(8);
    for (std::uint64_t i = 0; i <= dice_.roll(3); ++i) {
      if (!grows_only && !items.empty() && dice_.once_in(2)) {
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(dice_.roll(items.size())));
      } else {
        items.push_back(words("e" + std::to_string(dice_.roll(9))));
      }
    }
    return Value::list(std::move(items));
  }

  Act any_act() {
    Act act;
    act.who = static_cast<Lineage>(dice_.roll(7));
    act.base = 1 + dice_.roll(world_.head());
    const auto before = last_asked_.find(act.who);
    const bool covered = act.who != kHq && before != last_asked_.end() && dice_.once_in(2);
    if (covered) {  // an unsettled own set lies over the field: its base is inherited, its value is
                    // what is seen
      act.base = before->second.base;
      act.was = before->second.now;
    }
    const auto seen = act.was ? act.was : world_.at(act.base);
    act.now = any_value(seen.value_or(Value::null()));
    act.is_claim = !rule_.event.empty() && dice_.once_in(4);
    if (!rule_.event.empty() && dice_.once_in(3)) act.events.push_back(rule_.event);
    act.late = act.who != kHq && dice_.once_in(12);
    act.settles = act.who == kHq && dice_.once_in(6);
    return act;
  }

  Dice dice_;
  FieldRule rule_;
  World world_;
  std::map<Lineage, Act> last_asked_;
};

inline void play_histories(std::uint64_t first_seed, std::uint64_t count) {
  std::uint64_t steps = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + count; ++seed)
    steps += RandomHistory(seed).play(seed);
  std::printf("%llu histories, %llu steps, seeds from %llu\n",
              static_cast<unsigned long long>(count), static_cast<unsigned long long>(steps),
              static_cast<unsigned long long>(first_seed));
  CHECK(steps >= count);
}

}  // namespace daybook::test
