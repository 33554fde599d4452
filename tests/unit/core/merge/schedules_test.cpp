// SPDX-License-Identifier: Apache-2.0
// A phone that edits offline and an office that edits meanwhile, in all 21,840 schedules of two to
// seven steps. The office's words must never vanish without a trace. Two planted mistakes show that
// this test would notice: a merge that passes for what its author saw, and a base that moves under
// the overlay.
#include <algorithm>
#include <cstdio>

#include "core/base/planted_bug.hpp"
#include "tests/unit/core/merge/merge_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

enum class Move { kPhoneEdits, kOfficeEdits, kPush, kPull };

// The phone of the sync contract, as small as it can be: base, sets not yet settled, and the view
// of both.
class Phone {
 public:
  Phone(const World& office, bool base_moves) : base_moves_(base_moves), base_(office.head()) {
    show(*office.in_force());
  }

  void edit(const Value& now) {
    const bool covered = !unsettled_.empty() && !base_moves_;
    Act act{1, covered ? unsettled_.front().act.base : base_, now};
    act.was = view_;
    unsettled_.push_back({act, 0});
    show(now);
  }

  // `told` hears every plan, and what was in force before it.
  template <class Told>
  void push(World& office, Told told) {
    for (auto& set : unsettled_) {
      if (set.commit != 0) continue;
      const Value before = *office.in_force();
      told(before, office.act(set.act));
      set.commit = office.head();
    }
  }

  // A complete page: the receipts of what was pushed are in it, so those overlays lift.
  void pull(const World& office) {
    base_ = office.head();
    std::vector<OwnSet> left;
    for (const auto& set : unsettled_) {
      if (set.commit == 0) left.push_back(set);
    }
    unsettled_ = std::move(left);
    show(unsettled_.empty() ? *office.in_force() : unsettled_.back().act.now);
  }

  const Value& view() const { return view_; }
  bool has_shown(const Value& value) const {
    return std::find(shown_.begin(), shown_.end(), value) != shown_.end();
  }

 private:
  struct OwnSet {
    Act act;
    Version commit = 0;  // 0: still in the outbox
  };

  void show(const Value& value) {
    view_ = value;
    shown_.push_back(value);
  }

  bool base_moves_;
  Version base_;
  Value view_;
  std::vector<OwnSet> unsettled_;
  std::vector<Value> shown_;
};

// One schedule as far as it has come. With `adding`, everybody adds words to a text; else everybody
// sets the field to a value of his own.
struct Story {
  World office;
  Phone phone;
  bool adding;
  std::vector<std::string> said{};
  int vanished = 0;  // office values that were replaced unseen, and stand as lost in no plan

  Story(const std::string& rule, bool words_are_added, bool base_moves)
      : office(rule, words("a")), phone(office, base_moves), adding(words_are_added) {}

  void make(Move move) {
    if (move == Move::kPhoneEdits) phone.edit(next_after(phone.view(), "d"));
    if (move == Move::kOfficeEdits)
      office.act({kHq, office.head(), next_after(*office.in_force(), "h")});
    if (move == Move::kPull) phone.pull(office);
    if (move == Move::kPush) {
      phone.push(office, [&](const Value& before, const FieldPlan& plan) {
        const bool is_office_value = before.as_text().front() == 'h';
        const bool traced = plan.lost == before || phone.has_shown(before);
        if (*office.in_force() != before && is_office_value && !traced) ++vanished;
      });
    }
  }

  bool lost_words_of(char who) const {
    const std::string text = " " + office.in_force()->as_text();
    return std::any_of(said.begin(), said.end(), [&](const std::string& word) {
      return word.front() == who && text.find(" " + word) == std::string::npos;
    });
  }

 private:
  Value next_after(const Value& seen, const std::string& who) {
    said.push_back(who + std::to_string(said.size()));
    return words(adding ? seen.as_text() + " " + said.back() : said.back());
  }
};

// All schedules of two to seven steps that begin as `story` did; each ends with a push and a pull.
template <class Body>
int for_every_schedule(const Story& story, int length, int length_max, Body body) {
  int schedules = 0;
  if (length >= 2) {
    Story end = story;
    end.make(Move::kPush);
    end.make(Move::kPull);
    body(end);
    ++schedules;
  }
  if (length == length_max) return schedules;
  for (const auto move : {Move::kPhoneEdits, Move::kOfficeEdits, Move::kPush, Move::kPull}) {
    Story next = story;
    next.make(move);
    schedules += for_every_schedule(next, length + 1, length_max, body);
  }
  return schedules;
}

}  // namespace

TEST_CASE(
    "merge schedules: in none of 21,840 are anybody's words gone from a text that keeps both") {
  int losing = 0;
  const int schedules =
      for_every_schedule(Story("keep_both", true, false), 0, 7, [&](const Story& end) {
        if (end.lost_words_of('h') || end.lost_words_of('d')) ++losing;
      });
  CHECK(schedules == 21'840);
  CHECK(losing == 0);
}

TEST_CASE("merge schedules: in none of 5,456 does an office value vanish without a trace") {
  for (const auto* rule : {"three_way(technician)", "three_way(office)", "three_way(ask_human)",
                           "technician", "office"}) {
    int vanished = 0;
    for_every_schedule(Story(rule, false, false), 0, 6,
                       [&](const Story& end) { vanished += end.vanished; });
    INFO(rule);
    CHECK(vanished == 0);
  }
}

#if defined(DAYBOOK_PLANTABLE) && DAYBOOK_PLANTABLE
TEST_CASE(
    "merge schedules: a merge counted as seen loses office words, so this test would notice") {
  g_planted_bug = PlantedBug::kOwnMergeCountedAsSeen;
  int losing = 0;
  for_every_schedule(Story("keep_both", true, false), 0, 6,
                     [&](const Story& end) { losing += end.lost_words_of('h') ? 1 : 0; });
  g_planted_bug = PlantedBug::kNone;
  std::printf("own merge counted as seen: office words gone in %d of 5456 schedules\n", losing);
  CHECK(losing > 0);
}
#endif

TEST_CASE(
    "merge schedules: a base that moves under the overlay loses office values, so this test would "
    "notice") {
  int losing = 0;
  for_every_schedule(Story("three_way(ask_human)", false, true), 0, 6,
                     [&](const Story& end) { losing += end.vanished > 0 ? 1 : 0; });
  std::printf("base moves under overlay: office values gone in %d of 5456 schedules\n", losing);
  CHECK(losing > 0);
}
