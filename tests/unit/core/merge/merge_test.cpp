// SPDX-License-Identifier: Apache-2.0
// What RULES.md has no room for: creates, unknown fields, events, odd values, and the corners of
// rules.
#include "core/merge/describe.hpp"
#include "tests/unit/core/merge/merge_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

CollectionSchema a_visit() {
  CollectionSchema visit =
      visit_with(parse_rule("office_until(departed)").value(), FieldType::kText);
  FieldSchema notes;
  notes.name = "notes";
  notes.rule = parse_rule("keep_both").value();
  visit.fields.push_back(notes);
  FieldSchema phones;
  phones.name = "phones";
  phones.type = FieldType::kTextList;
  phones.rule = parse_rule("add_wins").value();
  visit.fields.push_back(phones);
  return visit;
}

MergeInput create_input(const CollectionSchema& collection, const Fields& fields) {
  MergeInput input;
  input.collection = &collection;
  input.created = &fields;
  input.sight = {4, 2, {}};
  input.commit = 17;
  return input;
}

}  // namespace

TEST_CASE("merge: a create is taken whole, unknown fields included") {
  const auto visit = a_visit();
  const Fields fields{
      {"f", words("A")}, {"colour", words("red")}, {"phones", list({"2", "1", "2"})}};
  auto input = create_input(visit, fields);
  input.events = {"departed"};
  const auto plan = plan_merge(input);
  CHECK_FALSE(plan.already_exists);
  CHECK(plan.changes_record);
  CHECK(plan.changes_row);
  const auto state = apply_plan(input, plan);
  CHECK(state.record.collection == "visit");
  CHECK(state.created == 17);
  CHECK(state.version == 17);
  CHECK(state.created_by == 4);
  CHECK(state.fields.at("f").value == words("A"));
  CHECK(state.fields.at("colour").write == Write{17, 4, 2, true});
  CHECK(state.fields.at("phones").value == list({"1", "2"}));
  CHECK(state.fields.at("phones").elements.size() == 2);
  CHECK(state.events.at("departed") == Write{17, 4, 2, true});
}

TEST_CASE("merge: a create of a record that is there decides nothing") {
  const auto visit = a_visit();
  const Fields fields{{"f", words("A")}};
  auto input = create_input(visit, fields);
  const auto state = apply_plan(input, plan_merge(input));
  input.current = &state;
  const auto plan = plan_merge(input);
  CHECK(plan.already_exists);
  CHECK(plan.fields.empty());
  CHECK_FALSE(plan.changes_record);
}

TEST_CASE(
    "merge: fields come in canonical order and an edit says more than a claim of the same field") {
  const auto visit = a_visit();
  const Fields fields{{"f", words("A")}, {"notes", words("n")}};
  auto input = create_input(visit, fields);
  const auto state = apply_plan(input, plan_merge(input));
  MergeInput edit;
  edit.collection = &visit;
  edit.current = &state;
  edit.sight = {5, 1, {}};
  edit.commit = 18;
  edit.events = {"departed"};
  edit.edits = {{"notes", words("n"), 17, words("n2"), false},
                {"f", words("A"), 17, words("A"), true},
                {"f", words("A"), 17, words("B"), false}};
  edit.event_base = 17;
  const auto plan = plan_merge(edit);
  REQUIRE(plan.fields.size() == 2);
  CHECK(plan.fields[0].field == "f");
  CHECK(plan.fields[0].outcome == FieldOutcome::kTaken);
  CHECK(plan.fields[0].in_force == words("B"));
  CHECK(plan.fields[1].field == "notes");
  REQUIRE(plan.events.size() == 1);
  CHECK(plan.events[0].first == "departed");
}

TEST_CASE("merge: a field that the schema does not know is kept and merges three-way") {
  CollectionSchema visit;
  visit.name = "visit";
  const Fields fields{{"colour", words("red")}};
  auto input = create_input(visit, fields);
  const auto state = apply_plan(input, plan_merge(input));
  MergeInput edit;
  edit.collection = &visit;
  edit.current = &state;
  edit.sight = {5, 1, {}};
  edit.commit = 18;
  edit.edits = {{"colour", words("red"), 17, words("blue"), false}};
  auto plan = plan_merge(edit);
  CHECK(plan.fields[0].outcome == FieldOutcome::kTaken);
  CHECK(plan.fields[0].rule == "three_way(ask_human)");
  edit.edits[0].base = 3;
  plan = plan_merge(edit);
  CHECK(plan.fields[0].outcome == FieldOutcome::kConflict);
  CHECK(plan.fields[0].in_force == words("red"));
  CHECK(plan.fields[0].opens_case);
}

TEST_CASE("merge: absent is not null") {
  World world("technician", std::nullopt);
  CHECK_FALSE(world.in_force().has_value());
  const auto plan = world.act({1, 1, Value::null()});
  CHECK(plan.outcome == FieldOutcome::kTaken);
  CHECK(world.in_force() == Value::null());
  CHECK_FALSE(plan.base.has_value());
  CHECK(world.last().changes_row);
}

TEST_CASE("merge: equal values leave the row alone, and are remembered as seen") {
  World world("three_way(ask_human)", words("A"));
  world.act({kHq, 1, words("X")});
  const auto version = world.state().version;
  auto plan = world.act({1, 1, words("X")});
  CHECK(plan.outcome == FieldOutcome::kSame);
  CHECK(world.last().changes_record);
  CHECK_FALSE(world.last().changes_row);
  CHECK(world.state().version == version);
  CHECK(world.state().fields.at("f").write.commit == 2);
  CHECK(world.state().fields.at("f").seen_by == std::vector<SeenBy>{{1, 1}});
  plan = world.act({1, 1, words("Y")});
  CHECK(plan.outcome == FieldOutcome::kTaken);
  CHECK(world.state().fields.at("f").seen_by.empty());
  plan = world.act({2, 1, words("Z")});
  CHECK(plan.outcome == FieldOutcome::kConflict);
}

TEST_CASE("merge: there and back again is a change") {
  World world("three_way(ask_human)", words("A"));
  world.act({kHq, 1, words("X")});
  world.act({kHq, 2, words("A")});
  const auto plan = world.act({1, 1, words("B")});
  CHECK(plan.outcome == FieldOutcome::kConflict);
  CHECK(world.in_force() == words("A"));
}

TEST_CASE("merge: a second technician who left without knowing knows it afterwards") {
  World world("office_until(departed)", words("09:00"));
  world.act({1, 1, words("09:00"), {"departed"}});
  auto plan = world.act({2, 1, words("10:00")});
  CHECK(plan.outcome == FieldOutcome::kProposed);
  plan = world.act({2, 1, words("09:00"), {"departed"}});
  CHECK(plan.outcome == FieldOutcome::kSame);
  CHECK(world.state().events.count("departed#2") == 1);
  CHECK(world.state().events.at("departed").lineage == 1);
  plan = world.act({2, 1, words("10:00")});
  CHECK(plan.outcome == FieldOutcome::kTaken);
  world.act({2, 1, words("10:00"), {"departed"}});
  CHECK(world.state().events.size() == 2);
}

TEST_CASE("merge: an event of the document's own field happens only if the field took the value") {
  CollectionSchema visit = visit_with(parse_rule("office").value(), FieldType::kText);
  visit.events = {{"closed", "", "", "f", words("closed")}};
  const Fields fields{{"f", words("open")}};
  auto create = create_input(visit, fields);
  const auto state = apply_plan(create, plan_merge(create));
  MergeInput edit;
  edit.collection = &visit;
  edit.current = &state;
  edit.commit = 18;
  edit.events = {"closed"};
  edit.edits = {{"f", words("open"), 17, words("closed"), false}};
  edit.sight = {5, 1, {}};
  CHECK(plan_merge(edit).events.empty());
  edit.side = Side::kOffice;
  edit.sight = {kHq, 0, {}};
  CHECK(plan_merge(edit).events.size() == 1);
}

TEST_CASE("merge: an edit of a fact is refused, its equal is not an edit") {
  CollectionSchema swap;
  swap.name = "swap";
  swap.is_fact = true;
  const Fields fields{{"qty", Value::integer(1)}};
  auto create = create_input(swap, fields);
  const auto state = apply_plan(create, plan_merge(create));
  MergeInput edit;
  edit.collection = &swap;
  edit.current = &state;
  edit.sight = {5, 1, {}};
  edit.commit = 18;
  edit.edits = {{"qty", Value::integer(1), 17, Value::integer(2), false}};
  CHECK(plan_merge(edit).fields[0].outcome == FieldOutcome::kRefused);
  CHECK(plan_merge(edit).fields[0].lost == Value::integer(2));
  edit.edits[0].now = Value::integer(1);
  CHECK(plan_merge(edit).fields[0].outcome == FieldOutcome::kSame);
}

TEST_CASE(
    "merge: what was parked and is older than its own author's seal belongs to what was signed") {
  World world("sealed(signed)", words("?"));
  world.act({1, 1, words("?"), {}});          // seq 1
  world.act({1, 1, words("?"), {"signed"}});  // seq 2 seals
  auto released = world.input_for({1, 1, words("cable")});
  released.sight.seq = 1;  // the set that had been parked comes again with its own number
  CHECK(plan_merge(released).fields[0].outcome == FieldOutcome::kTaken);
  released.sight.seq = 3;
  CHECK(plan_merge(released).fields[0].outcome == FieldOutcome::kProposed);
  released.sight = {2, 1, {}};
  CHECK(plan_merge(released).fields[0].case_kind == CaseKind::kAmendment);
}

TEST_CASE("merge: late work passes as facts and claims, and waits as proposals") {
  World world("office_until(departed)", words("09:00"));
  world.act({kHq, 1, words("14:00")});
  Act claim{1, 1, words("09:00"), {"departed"}};
  claim.is_claim = true;
  claim.late = true;
  auto plan = world.act(claim);
  CHECK(plan.outcome == FieldOutcome::kTakenOver);
  CHECK(world.in_force() == words("09:00"));
  CHECK(world.state().events.count("departed") == 1);
  Act edit{1, 1, words("10:00")};
  edit.late = true;
  plan = world.act(edit);
  CHECK(plan.outcome == FieldOutcome::kProposed);
  CHECK(plan.case_kind == CaseKind::kLate);
  CHECK_FALSE(plan.opens_case);
  CHECK(plan.own == words("10:00"));
}

TEST_CASE("merge: a claim that is confirmed is remembered, once") {
  World world("office_until(departed)", words("09:00"));
  Act claim{1, 1, words("09:00"), {"departed"}};
  claim.is_claim = true;
  CHECK(world.act(claim).outcome == FieldOutcome::kSame);
  CHECK(world.state().fields.at("f").seen_by == std::vector<SeenBy>{{1, 1}});
  world.act(claim);
  CHECK(world.state().fields.at("f").seen_by.size() == 1);
}

TEST_CASE("merge: a claim of one's own unconfirmed wish stays a wish") {
  World world("office_until(departed)", words("09:00"));
  CHECK(world.act({1, 1, words("11:00")}).outcome == FieldOutcome::kProposed);
  Act claim{1, 1, words("11:00"), {"departed"}};
  claim.is_claim = true;
  CHECK(world.act(claim).outcome == FieldOutcome::kProposed);
  CHECK(world.in_force() == words("09:00"));
}

TEST_CASE("merge: two texts longer than the field may be are left for a person") {
  CollectionSchema visit = visit_with(parse_rule("keep_both").value(), FieldType::kText);
  visit.fields[0].size_max = 8;
  const Fields fields{{"f", words("12345")}};
  auto create = create_input(visit, fields);
  const auto state = apply_plan(create, plan_merge(create));
  MergeInput edit;
  edit.collection = &visit;
  edit.current = &state;
  edit.sight = {5, 1, {}};
  edit.commit = 18;
  edit.edits = {{"f", std::nullopt, 0, words("67"), false}};
  CHECK(plan_merge(edit).fields[0].in_force == words("12345\n67"));
  edit.edits[0].now = words("6789");
  const auto plan = plan_merge(edit).fields[0];
  CHECK(plan.outcome == FieldOutcome::kConflict);
  CHECK(plan.why == "text_too_long");
  CHECK(plan.in_force == words("12345"));
  CHECK(plan.lost == words("6789"));
}

TEST_CASE("merge: every rule answers every kind of value") {
  const std::vector<Value> values{Value::null(),    Value::boolean(true),     Value::integer(5),
                                  words("x"),       Value::bytes({1}),        list({}),
                                  list({"a", "b"}), Value::integer(INT64_MIN)};
  int answers = 0;
  for (const auto* rule :
       {"immutable", "append", "office", "technician", "office_until(departed)",
        "three_way(office)", "three_way(technician)", "three_way(keep_both)",
        "three_way(ask_human)", "grows", "add_wins", "keep_both", "sealed(signed)", "ask_human"}) {
    for (const auto& start : values) {
      for (const auto& was : values) {
        for (const auto& now : values) {
          for (const Lineage who : {kHq, Lineage{1}}) {
            for (const Version base : {Version{0}, Version{1}}) {
              World world(rule, start);
              Act act{who, base, now, {"signed"}, was};
              for (const bool claim : {false, true}) {
                act.is_claim = claim;
                const auto plan = world.act(act);
                if (plan.why.empty()) FAIL("no reason given");
                // A reason without a sentence would be shown as its code.
                const std::string line = describe(world.last(), Language::kEnglish);
                if (line.find("f: " + plan.why) == 0) FAIL("no sentence for " + plan.why);
                ++answers;
              }
            }
          }
        }
      }
    }
  }
  CHECK(answers == 14 * 8 * 8 * 8 * 2 * 2 * 2);
}
