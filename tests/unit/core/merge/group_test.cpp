// SPDX-License-Identifier: Apache-2.0
// Fields that only move together: every example of the page, and, for the whole small universe, no
// record in which two authors' values stand side by side.
#include <array>
#include <fstream>
#include <map>
#include <set>

#include "core/merge/merge.hpp"
#include "core/schema/rule_text.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/merge/line_reader.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

constexpr std::array kMembers{"street", "town"};

struct Act {
  Lineage who = kOfficeLineage;
  Version base = 1;
  std::map<std::string, Value> asks;
  std::map<std::string, Value> claims;
};

// A customer whose street and town move together, an office and two devices.
class AddressWorld {
 public:
  AddressWorld(const FieldRule& rule, const Fields& start) {
    collection_.name = "customer";
    for (const auto* name : kMembers) {
      FieldSchema field;
      field.name = name;
      field.rule = rule;
      field.group = "address";
      collection_.fields.push_back(field);
    }
    MergeInput input;
    input.collection = &collection_;
    input.side = Side::kOffice;
    input.commit = 1;
    input.created = &start;
    state_ = apply_plan(input, plan_merge(input));
    history_ = {{}, state_.values()};
  }

  MergePlan act(const Act& act) {
    MergeInput input;
    input.collection = &collection_;
    input.current = &state_;
    input.side = act.who == kOfficeLineage ? Side::kOffice : Side::kTechnician;
    input.sight = {act.who, act.who == kOfficeLineage ? 0 : ++seq_[act.who], {}};
    input.commit = history_.size();
    input.event_base = act.base;
    const auto add = [&](const std::string& field, const Value& now, bool is_claim) {
      const Value* was = history_.at(act.base).find(field);
      input.edits.push_back(
          {field, was == nullptr ? std::nullopt : std::optional(*was), act.base, now, is_claim});
    };
    for (const auto& [field, now] : act.asks) add(field, now, false);
    for (const auto& [field, now] : act.claims) add(field, now, true);
    MergePlan plan = plan_merge(input);
    state_ = apply_plan(input, plan);
    history_.push_back(state_.values());
    return plan;
  }

  std::string in_force(const std::string& field) const {
    return to_string(*history_.back().find(field));
  }
  const Fields& at(Version version) const { return history_.at(version); }
  Version head() const { return history_.size() - 1; }

 private:
  CollectionSchema collection_;
  RecordState state_;
  std::vector<Fields> history_;  // by version
  std::array<std::uint64_t, 4> seq_{};
};

std::map<std::string, Value> members_in(LineReader& line) {
  std::map<std::string, Value> values;
  for (bool more = true; more;) {
    more = false;
    for (const auto* name : kMembers) {
      if (!line.take(std::string(name) + " ")) continue;
      values[name] = line.value();
      more = true;
    }
  }
  return values;
}

void run_example(const std::vector<std::string>& lines) {
  FieldRule rule;
  std::optional<AddressWorld> world;
  for (const auto& text : lines) {
    INFO(text);
    LineReader line(text);
    if (line.take("rule ")) {
      rule = parse_rule(line.word()).value();
    } else if (line.take("safe_default technician")) {
      rule.safe_default = SafeDefault::kTechnician;
    } else if (line.take("start ")) {
      Fields start;
      for (const auto& [field, value] : members_in(line)) start.set(field, value);
      world.emplace(rule, start);
    } else {
      Act act;
      const std::string who = line.word();
      act.who = who == "HQ" ? kOfficeLineage : static_cast<Lineage>(who.at(1) - '0');
      REQUIRE(line.take("base"));
      act.base = std::stoull(line.word());
      if (line.take("asks")) act.asks = members_in(line);
      if (line.take("claims")) act.claims = members_in(line);
      REQUIRE(line.take("=>"));
      const MergePlan plan = world->act(act);
      const std::string outcome = line.word();
      for (const auto& [field, value] : members_in(line))
        CHECK(world->in_force(field) == to_string(value));
      const bool case_opens = line.take("+case");
      CHECK(plan.groups.size() == (case_opens ? 1 : 0));
      for (const auto& field : plan.fields) {
        if (act.asks.count(field.field) == 0) continue;
        CHECK(name_of(field.outcome) == outcome);
        CHECK(field.opens_case == case_opens);
      }
      CHECK(line.done());
    }
  }
}

// All that an office and two phones can do to one address in three acts.
class Mixtures {
 public:
  explicit Mixtures(const FieldRule& rule) : rule_(rule) {}

  std::uint64_t explore() {
    const AddressWorld world(rule_,
                             Fields{{"street", Value::text("s0")}, {"town", Value::text("t0")}});
    walk(world, {{address_of(world.at(1))}, {}}, 3);
    return acts_;
  }

 private:
  // What a phone shows after an own set that is not settled: its own values, on their old base.
  struct Screen {
    Version base = 0, commit = 0;
    Fields shown;
  };
  struct Seen {
    std::set<std::string> whole;  // every address that anybody had before him as one
    std::map<Lineage, Screen> screens;
  };

  static std::string address_of(const Fields& row) {
    return to_string(*row.find("street")) + to_string(*row.find("town"));
  }

  void walk(const AddressWorld& world, const Seen& seen, int left) {
    if (left == 0) return;
    for (const Lineage who : {kOfficeLineage, Lineage{1}, Lineage{2}}) {
      for (Version base = 1; base <= world.head(); ++base) {
        for (const int fields : {1, 2, 3}) take(world, seen, left, {who, base, {}, {}}, fields);
      }
    }
  }

  void take(const AddressWorld& world, Seen seen, int left, Act act, int fields) {
    Fields meant = world.at(act.base);
    const auto screen = seen.screens.find(act.who);
    if (screen != seen.screens.end() && screen->second.commit > act.base) {
      act.base = screen->second.base;
      meant = screen->second.shown;
    }
    const std::string mark = std::to_string(act.who) + std::to_string(left);
    for (int i = 0; i < 2; ++i) {
      const std::string field = kMembers[static_cast<std::size_t>(i)];
      const bool asked = (fields & (1 << i)) != 0;
      if (asked) {
        act.asks[field] = Value::text(field.substr(0, 1) + mark);
        meant.set(field, act.asks[field]);
      } else if (act.who != kOfficeLineage) {
        act.claims[field] = *meant.find(field);
      }
    }
    seen.whole.insert(address_of(meant));
    if (act.who != kOfficeLineage) seen.screens[act.who] = {act.base, world.head() + 1, meant};
    AddressWorld next = world;
    const MergePlan plan = next.act(act);
    ++acts_;
    INFO(to_string(rule_));
    const std::string stands = address_of(next.at(next.head()));
    if (seen.whole.count(stands) == 0) FAIL("nobody ever meant " << stands);
    for (const auto& field : plan.fields) {
      const bool kept = field.next ? field.next->value == field.own : field.lost == field.own;
      if (act.asks.count(field.field) != 0 && !kept) FAIL("what was asked for is gone");
    }
    walk(next, seen, left - 1);
  }

  FieldRule rule_;
  std::uint64_t acts_ = 0;
};

}  // namespace

TEST_CASE("merge groups: every example of RULES.md comes out as written") {
  std::ifstream page("core/merge/RULES.md");
  REQUIRE(page.good());
  std::vector<std::string> example;
  bool inside = false;
  int examples = 0;
  for (std::string line; std::getline(page, line);) {
    if (line == "```merge group") {
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
  CHECK(examples == 4);
}

TEST_CASE("merge groups: in the whole small universe no two authors' values stand side by side") {
  for (const auto* text : {"office", "technician", "three_way(office)", "three_way(technician)",
                           "three_way(ask_human)", "ask_human"}) {
    for (const auto safe : {SafeDefault::kOffice, SafeDefault::kTechnician, SafeDefault::kFirst}) {
      FieldRule rule = parse_rule(text).value();
      rule.safe_default = safe;
      CHECK(Mixtures(rule).explore() > 900);
    }
  }
}

TEST_CASE("merge groups: a case holds what each side had in all of the group's fields") {
  FieldRule rule = parse_rule("ask_human").value();
  AddressWorld world(rule, Fields{{"street", Value::text("s0")}, {"town", Value::text("t0")}});
  world.act({kOfficeLineage, 1, {{"town", Value::text("t1")}}, {}});
  const auto plan =
      world.act({1, 1, {{"street", Value::text("s2")}}, {{"town", Value::text("t0")}}});
  REQUIRE(plan.groups.size() == 1);
  const auto& whole = plan.groups.front();
  CHECK(whole.field == "address");
  CHECK(to_string(*whole.base) == R"(["s0", "t0"])");
  CHECK(to_string(*whole.own) == R"(["s2", "t0"])");
  CHECK(to_string(*whole.in_force) == R"(["s0", "t1"])");
  CHECK(whole.lost == whole.own);
  REQUIRE(plan.fields.size() == 1);
  CHECK(plan.fields.front().group == "address");
}

TEST_CASE(
    "merge groups: of a field left alone the author saw no more than of the one he saw least") {
  CollectionSchema collection;
  collection.name = "customer";
  for (const auto* name : {"street", "town", "door"}) {
    FieldSchema field;
    field.name = name;
    field.rule = parse_rule("ask_human").value();
    field.group = "address";
    collection.fields.push_back(field);
  }
  RecordState state;
  for (const auto* name : {"street", "town"}) state.fields[name] = {Value::text("a"), {1}, {}, {}};
  state.fields["door"] = {Value::text("b"), {2}, {}, {}};
  MergeInput input;
  input.collection = &collection;
  input.current = &state;
  input.sight = {1, 1, {}};
  input.commit = 3;
  input.edits = {{"street", Value::text("a"), 1, Value::text("c")},
                 {"town", Value::text("a"), 2, Value::text("c")}};
  const MergePlan plan = plan_merge(input);
  REQUIRE(plan.fields.size() == 2);
  for (const auto& field : plan.fields) {
    CHECK(field.outcome == FieldOutcome::kConflict);
    CHECK_FALSE(field.next);
  }
}
