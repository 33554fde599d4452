// SPDX-License-Identifier: Apache-2.0
// Every example of core/merge/RULES.md, run as written there.
#include <fstream>
#include <sstream>

#include "tests/unit/core/merge/line_reader.hpp"
#include "tests/unit/core/merge/merge_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Expected {
  std::string outcome;
  Value in_force;
  std::optional<Value> lost;
  bool opens_case = false;
  CaseKind kind = CaseKind::kField;
};

Act read_act(LineReader& line) {
  Act act;
  const std::string who = line.word();
  act.who = who == "HQ" ? kHq : static_cast<Lineage>(who.at(1) - '0');
  while (!line.take("=>")) {
    if (line.take("base"))
      act.base = static_cast<Version>(std::stoull(line.word()));
    else if (line.take("was"))
      act.was = line.value();
    else if (line.take("makes"))
      act.events.push_back(line.word());
    else if (line.take("late"))
      act.late = true;
    else if (line.take("settles"))
      act.settles = true;
    else if (line.take("asks"))
      act.now = line.value();
    else if (line.take("claims")) {
      act.is_claim = true;
      act.now = line.value();
    } else {
      FAIL("what is " + line.word());
    }
  }
  return act;
}

Expected read_expected(LineReader& line) {
  Expected expected;
  expected.outcome = line.word();
  expected.in_force = line.value();
  while (!line.done()) {
    if (line.take("lost"))
      expected.lost = line.value();
    else if (line.take("+case"))
      expected.opens_case = true;
    else if (line.take("+amendment")) {
      expected.opens_case = true;
      expected.kind = CaseKind::kAmendment;
    } else {
      FAIL("what is " + line.word());
    }
  }
  return expected;
}

SafeDefault safe_default_named(const std::string& word) {
  for (const auto one : {SafeDefault::kTechnician, SafeDefault::kSmaller, SafeDefault::kLarger,
                         SafeDefault::kFirst}) {
    if (word == name_of(one)) return one;
  }
  return SafeDefault::kOffice;
}

void run_example(const std::vector<std::string>& lines) {
  FieldRule rule;
  std::vector<std::string> values;
  std::optional<Value> start;
  std::optional<World> world;
  for (const auto& text : lines) {
    INFO(text);
    LineReader line(text);
    if (line.take("rule ")) {
      rule = parse_rule(line.word()).value();
      continue;
    }
    if (line.take("safe_default ")) {
      rule.safe_default = safe_default_named(line.word());
      continue;
    }
    if (line.take("values ")) {
      while (!line.done()) values.push_back(line.value().as_text());
      continue;
    }
    if (line.take("step ")) {
      const std::string from = line.value().as_text();
      rule.transitions.push_back({from, line.value().as_text()});
      continue;
    }
    if (line.take("start ")) {
      start = line.value();
      continue;
    }
    if (!world) world.emplace(rule, start, values);
    const Act act = read_act(line);
    const Expected expected = read_expected(line);
    const FieldPlan plan = world->act(act);
    CHECK(name_of(plan.outcome) == expected.outcome);
    CHECK(world->in_force() == expected.in_force);
    CHECK(plan.in_force == expected.in_force);
    CHECK(plan.lost == expected.lost);
    CHECK(plan.opens_case == expected.opens_case);
    if (expected.opens_case) CHECK(plan.case_kind == expected.kind);
    CHECK(plan.own == act.now);
    CHECK(plan.rule == to_string(rule));
  }
}

}  // namespace

TEST_CASE("merge: every example of RULES.md comes out as written") {
  std::ifstream page("core/merge/RULES.md");
  REQUIRE(page.good());
  std::string line;
  std::vector<std::string> example;
  bool inside = false;
  int examples = 0;
  while (std::getline(page, line)) {
    if (line == "```merge") {
      inside = true;
    } else if (inside && line == "```") {
      run_example(example);
      example.clear();
      inside = false;
      ++examples;
    } else if (inside) {
      example.push_back(line);
    }
  }
  CHECK(examples >= 34);
}
