// SPDX-License-Identifier: Apache-2.0
// Sets and growing lists, element by element.
#include "core/base/planted_bug.hpp"
#include "core/merge/tie.hpp"
#include "tests/unit/core/merge/merge_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// A UUIDv7 made at `ms`, whose random low bits are `low`.
Uuid id_at(std::uint64_t ms, std::uint8_t low) {
  Uuid id;
  for (int i = 0; i < 6; ++i)
    id.raw[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  id.raw[6] = 0x70;
  id.raw[8] = 0x80;
  id.raw[15] = low;
  return id;
}
Value reference(const Uuid& id) { return Value::bytes(copy_of(id.view())); }

ValueList order_after_adding(const Uuid& first, const Uuid& second) {
  CollectionSchema visit = visit_with(parse_rule("add_wins").value(), FieldType::kReferenceList);
  const Fields fields{{"f", Value::list({reference(first), reference(second)})}};
  MergeInput input;
  input.collection = &visit;
  input.created = &fields;
  input.commit = 1;
  return apply_plan(input, plan_merge(input)).fields.at("f").value.as_list();
}

}  // namespace

TEST_CASE("merge: a set knows every add of an element and a removal takes only those it saw") {
  World world("add_wins", list({}));
  world.act({kHq, 1, list({"a"})});
  world.act({1, 1, list({"a"})});
  REQUIRE(world.state().fields.at("f").elements.size() == 1);
  CHECK(world.state().fields.at("f").elements[0].also.size() == 1);
  // Device 1 takes back its own add; the office's, which it never saw, stays.
  auto plan = world.act({1, 1, list({}), {}, list({"a"})});
  CHECK(plan.outcome == FieldOutcome::kMerged);
  CHECK(world.in_force() == list({"a"}));
  CHECK(world.state().fields.at("f").elements[0].also.empty());
  plan = world.act({kHq, 2, list({})});
  CHECK(plan.outcome == FieldOutcome::kTaken);
  CHECK(world.in_force() == list({}));
}

TEST_CASE("merge: adding the same element twice in one lineage is one add") {
  World world("add_wins", list({}));
  world.act({1, 1, list({"a"})});
  world.act({1, 1, list({"a"})});
  CHECK(world.state().fields.at("f").elements[0].also.empty());
}

TEST_CASE("merge: a set asked for in another order is the same set") {
  World world("add_wins", list({"a", "b"}));
  CHECK(world.act({1, 1, list({"b", "a"})}).outcome == FieldOutcome::kSame);
  CHECK(world.act({1, 1, list({"b", "a", "a"})}).outcome == FieldOutcome::kSame);
  CHECK(world.in_force() == list({"a", "b"}));
}

TEST_CASE("merge: an emptied set is what its author left: an empty list or null") {
  World world("add_wins", list({"a"}));
  CHECK(world.act({1, 1, Value::null()}).outcome == FieldOutcome::kTaken);
  CHECK(world.in_force() == Value::null());
  CHECK(world.act({1, 1, list({"b"}), {}, Value::null()}).outcome == FieldOutcome::kTaken);
  CHECK(world.in_force() == list({"b"}));
}

TEST_CASE("merge: a list that was written under another rule becomes a set on its first edit") {
  World world("add_wins", list({"a"}));
  RecordState state = world.state();
  state.fields["f"].elements.clear();
  auto input = world.input_for({1, 1, list({"a", "b"})});
  input.current = &state;
  const auto plan = plan_merge(input);
  CHECK(plan.fields[0].in_force == list({"a", "b"}));
  CHECK(plan.fields[0].next->elements[0].write.commit == 1);
}

TEST_CASE("merge: a list that only grows keeps what two authors added, and what both added once") {
  World world("append", list({"a"}));
  world.act({kHq, 1, list({"a", "x", "y"})});
  world.act({1, 1, list({"a", "y", "z"})});
  CHECK(world.in_force() == list({"a", "x", "y", "z"}));
  CHECK(world.state().fields.at("f").elements.size() == 4);
  CHECK_FALSE(world.state().fields.at("f").write.exact);
  world.act({1, 1, list({"a", "y", "z", "z"}), {}, list({"a", "y", "z"})});
  CHECK(world.in_force() == list({"a", "x", "y", "z", "z"}));
}

TEST_CASE("merge: a growing list starts from nothing") {
  World world("append", std::nullopt);
  CHECK(world.act({1, 1, list({"a"})}).outcome == FieldOutcome::kTaken);
  CHECK(world.act({2, 1, list({"b"})}).outcome == FieldOutcome::kMerged);
  CHECK(world.in_force() == list({"a", "b"}));
}

TEST_CASE("merge: a list that would outgrow its field is left for a person") {
  for (const auto* rule : {"add_wins", "append"}) {
    CollectionSchema visit = visit_with(parse_rule(rule).value(), FieldType::kTextList);
    visit.fields[0].size_max = 3;
    const Fields fields{{"f", list({"a", "b"})}};
    MergeInput create;
    create.collection = &visit;
    create.created = &fields;
    create.commit = 7;
    const auto state = apply_plan(create, plan_merge(create));
    MergeInput edit;
    edit.collection = &visit;
    edit.current = &state;
    edit.sight = {5, 1, {}};
    edit.commit = 8;
    edit.edits = {{"f", list({}), 0, list({"c", "d"}), false}};
    const auto plan = plan_merge(edit).fields[0];
    CHECK(plan.outcome == FieldOutcome::kConflict);
    CHECK(plan.why == "list_too_long");
    CHECK(plan.opens_case);
    CHECK(plan.in_force == list({"a", "b"}));
    CHECK(plan.lost == list({"c", "d"}));
    edit.edits[0].now = list({"c"});
    CHECK(plan_merge(edit).fields[0].in_force == list({"a", "b", "c"}));
  }
}

TEST_CASE("merge: a set of other things than texts has an order too") {
  World world("add_wins",
              Value::list({Value::integer(7), Value::integer(-1), Value::boolean(true)}));
  CHECK(world.in_force() ==
        Value::list({Value::boolean(true), Value::integer(-1), Value::integer(7)}));
}

TEST_CASE(
    "merge: ties compare the random bits of ids, so a phone set to 2001 or 2099 changes nothing") {
  const std::uint64_t in_2001 = 978'307'200'000;
  const std::uint64_t in_2099 = 4'070'908'800'000;
  CHECK(tie_break(id_at(in_2099, 1), id_at(in_2001, 2)));
  CHECK_FALSE(tie_break(id_at(in_2001, 2), id_at(in_2099, 1)));
  CHECK(tie_break(id_at(in_2001, 1), id_at(in_2099, 2)));
  CHECK_FALSE(tie_break(id_at(in_2001, 1), id_at(in_2001, 1)));
  CHECK(order_after_adding(id_at(in_2099, 1), id_at(in_2001, 2)).front() ==
        reference(id_at(in_2099, 1)));
  CHECK(order_after_adding(id_at(in_2099, 2), id_at(in_2001, 1)).front() ==
        reference(id_at(in_2001, 1)));
}

#if defined(DAYBOOK_PLANTABLE) && DAYBOOK_PLANTABLE
TEST_CASE("merge: the planted bug lets the clock in an id decide") {
  const Uuid early = id_at(1, 2);
  const Uuid late = id_at(2, 1);
  CHECK(order_after_adding(early, late).front() == reference(late));
  g_planted_bug = PlantedBug::kTieByUuid;
  const auto planted_order = order_after_adding(early, late);
  g_planted_bug = PlantedBug::kNone;
  CHECK(planted_order.front() == reference(early));
}
#endif
