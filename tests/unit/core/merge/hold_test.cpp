// SPDX-License-Identifier: Apache-2.0
// A case about what a charge rests on holds the charge.
#include "core/merge/merge.hpp"
#include "core/schema/rule_text.hpp"
#include "tests/unit/core/merge/merge_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

CollectionSchema orders() {
  CollectionSchema collection;
  collection.name = "order";
  for (const auto& [name, rule] : {std::pair{"category", "ask_human"}, {"charge", "office"}}) {
    FieldSchema field;
    field.name = name;
    field.rule = parse_rule(rule).value();
    collection.fields.push_back(field);
  }
  collection.fields[1].hold = {{"category"}, words("held")};
  return collection;
}

struct Order {
  CollectionSchema collection = orders();
  RecordState state;
  Version head = 1;

  explicit Order(const Fields& start) {
    MergeInput input;
    input.collection = &collection;
    input.side = Side::kOffice;
    input.commit = 1;
    input.created = &start;
    state = apply_plan(input, plan_merge(input));
  }
  MergePlan edit(Lineage who, Version base, const Fields& now, bool late = false) {
    MergeInput input;
    input.collection = &collection;
    input.current = &state;
    input.side = who == kHq ? Side::kOffice : Side::kTechnician;
    input.sight = {who, who == kHq ? 0u : head, {}};
    input.commit = ++head;
    input.late = late;
    for (const auto& [field, value] : now)
      input.edits.push_back({field, std::nullopt, base, value});
    MergePlan plan = plan_merge(input);
    state = apply_plan(input, plan);
    return plan;
  }
  Value charge() const { return state.fields.at("charge").value; }
};

const Fields kDue{{"category", words("free")}, {"charge", words("due")}};

}  // namespace

TEST_CASE("merge holds: a case about the category holds the charge, and what stood there is kept") {
  Order order(kDue);
  order.edit(kHq, 1, {{"category", words("warranty")}});
  CHECK(order.charge() == words("due"));
  const MergePlan plan = order.edit(1, 1, {{"category", words("paid")}});
  REQUIRE(plan.fields.size() == 2);
  CHECK(plan.fields[0].field == "charge");
  CHECK(plan.fields[0].why == "held");
  CHECK(plan.fields[0].lost == words("due"));
  CHECK_FALSE(plan.fields[0].opens_case);
  CHECK(plan.changes_row);
  CHECK(order.charge() == words("held"));
  // Once is enough, and who has seen it may let it go.
  CHECK(order.edit(2, 1, {{"category", words("contract")}}).fields.size() == 1);
  order.edit(kHq, order.head, {{"charge", words("none")}});
  CHECK(order.charge() == words("none"));
}

TEST_CASE("merge holds: nothing is held where nothing stands, or the set says what it is itself") {
  Order empty(Fields{{"category", words("free")}});
  empty.edit(kHq, 1, {{"category", words("warranty")}});
  empty.edit(1, 1, {{"category", words("paid")}});
  CHECK_FALSE(empty.state.fields.contains("charge"));
  Order said(kDue);
  said.edit(1, 1, {{"category", words("paid")}});
  said.edit(kHq, 1, {{"category", words("warranty")}, {"charge", words("none")}});
  CHECK(said.charge() == words("none"));
}

TEST_CASE("merge holds: late work holds nothing") {
  Order order(kDue);
  order.edit(kHq, 1, {{"category", words("warranty")}});
  order.edit(1, 1, {{"category", words("paid")}}, true);
  CHECK(order.charge() == words("due"));
}
