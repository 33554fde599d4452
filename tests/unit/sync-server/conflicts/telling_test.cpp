// SPDX-License-Identifier: Apache-2.0
// The technician's phone learns what became of the work after the verdict: what was decided about
// the case that it fed, taken back, or asked; and a discard can be taken back.
#include "tests/unit/sync-server/conflicts/disputed.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// The receipts of a set as its phone has them.
std::vector<Receipt> told(Pen& pen, const SetId& set) {
  pen.sync();
  std::vector<Receipt> receipts;
  for (const auto& receipt : pen.receipts) {
    if (receipt.set == set) receipts.push_back(receipt);
  }
  return receipts;
}

FieldOutcome outcome_told(Disputed& disputed, const char* choice) {
  auto decision = disputed.decision(choice);
  if (std::string(choice) == "value") decision.value = text("a third");
  must(disputed.decide(decision));
  const auto receipts = told(disputed.li, disputed.set);
  REQUIRE(receipts.size() == 2);
  CHECK(receipts[0].verdict == Verdict::kConflicted);
  CHECK(receipts[1].verdict == Verdict::kFurther);
  CHECK(receipts[1].reason == "decided");
  CHECK(receipts[1].detail == "asked the customer");
  REQUIRE(receipts[1].fields.size() == 1);
  CHECK(receipts[1].fields[0].case_number == disputed.conflict.number);
  CHECK(receipts[1].fields[0].own == text("device"));
  return receipts[1].fields[0].outcome;
}

}  // namespace

TEST_CASE("telling: a decision reaches the phone whose set fed the case", "[conflicts]") {
  for (const auto& [choice, wanted] : {std::pair{"device", FieldOutcome::kTaken},
                                       {"office", FieldOutcome::kOverruled},
                                       {"base", FieldOutcome::kOverruled},
                                       {"value", FieldOutcome::kOverruled},
                                       {"both", FieldOutcome::kMerged}}) {
    Disputed disputed;
    CHECK(outcome_told(disputed, choice) == wanted);
  }
}

TEST_CASE("telling: nothing is judged by it: one body, one application, the chain holds",
          "[conflicts]") {
  Disputed disputed;
  const auto before = disputed.world.version();
  must(disputed.decide(disputed.decision("office")));
  const auto row = *must(disputed.world.store.find_commit(before + 2));
  CHECK(row.set == disputed.set);
  CHECK(row.verdict == Verdict::kFurther);
  CHECK(row.actor == "support");
  CHECK(row.body.empty());
  CHECK(row.records.empty());
  CHECK(disputed.world.value(disputed.visit, "category") == text("office"));
}

TEST_CASE("telling: every set that fed the case is told its own", "[conflicts]") {
  Disputed disputed;
  const auto second = disputed.li.edit(disputed.visit, "category", text("base"), 1, text("newer"));
  disputed.li.sync();
  REQUIRE(disputed.now().trail.size() == 2);
  must(disputed.decide(disputed.decision("device")));
  CHECK(told(disputed.li, disputed.set).back().fields.at(0).outcome == FieldOutcome::kOverruled);
  CHECK(told(disputed.li, second).back().fields.at(0).outcome == FieldOutcome::kTaken);
}

TEST_CASE("telling: a decision that is taken back is told, and so is the next", "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("office")));
  must(disputed.at_desk(
      [&](Desk& desk) { return desk.undo(disputed.act("support", "the other customer")); }));
  auto receipts = told(disputed.li, disputed.set);
  REQUIRE(receipts.size() == 3);
  CHECK(receipts[2].reason == "reopened");
  CHECK(receipts[2].fields.at(0).outcome == FieldOutcome::kConflict);
  must(disputed.decide(disputed.decision("device")));
  receipts = told(disputed.li, disputed.set);
  REQUIRE(receipts.size() == 4);
  CHECK(receipts[3].fields.at(0).outcome == FieldOutcome::kTaken);
}

TEST_CASE("telling: a question to the technician is on the phone; one to others is not",
          "[conflicts]") {
  Disputed disputed;
  must(disputed.at_desk(
      [&](Desk& desk) { return desk.ask(disputed.act("support", "who says so?", "chen")); }));
  CHECK(told(disputed.li, disputed.set).size() == 1);
  disputed.add_person("li");
  must(disputed.at_desk(
      [&](Desk& desk) { return desk.ask(disputed.act("support", "几点到的？", "li")); }));
  const auto receipts = told(disputed.li, disputed.set);
  REQUIRE(receipts.size() == 2);
  CHECK(receipts[1].reason == "asked");
  CHECK(receipts[1].detail == "几点到的？");
  CHECK(receipts[1].fields.at(0).outcome == FieldOutcome::kConflict);
}

TEST_CASE("telling: a long reason is told by its beginning, whole characters only", "[conflicts]") {
  Disputed disputed;
  std::string reason = "x";
  for (int i = 0; i < 1'000; ++i) reason += "长";
  must(disputed.decide(disputed.decision("office", reason.c_str())));
  const auto receipts = told(disputed.li, disputed.set);
  const std::string& detail = receipts.back().detail;
  CHECK(detail.size() <= 2'003);
  CHECK(detail.ends_with("长…"));
}

TEST_CASE("telling: a case about a field is over when its phone has the word", "[conflicts]") {
  Disputed disputed;
  must(disputed.decide(disputed.decision("office")));
  CHECK(disputed.now().state == CaseState::kDecided);
  disputed.li.sync();
  disputed.li.sync();
  CHECK(disputed.now().state == CaseState::kClosed);
}
