// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/plan.hpp"

#include <array>
#include <sstream>

#include "tests/sim/ports.hpp"

namespace daybook::sim {
namespace {

struct Named {
  PlantedBug bug;
  const char* name;
};
constexpr std::array<Named, 13> kBugs{{
    {PlantedBug::kOwnMergeCountedAsSeen, "own-merge-seen"},
    {PlantedBug::kBaseMovesUnderOverlay, "base-moves"},
    {PlantedBug::kOverlayLiftedAtAcknowledgement, "lifted-at-ack"},
    {PlantedBug::kFlipAtFixedHead, "flip-at-head"},
    {PlantedBug::kLeftSentToFreshPhone, "left-to-fresh"},
    {PlantedBug::kGrantWithoutBackfill, "grant-no-backfill"},
    {PlantedBug::kIncarnationPlusOne, "incarnation-plus-one"},
    {PlantedBug::kLostEpochBaseTakenAsSeen, "lost-epoch-seen"},
    {PlantedBug::kTieByUuid, "tie-by-uuid"},
    {PlantedBug::kAttemptCountedOnWholeGroup, "attempt-on-group"},
    {PlantedBug::kProofNotCompared, "proof-not-compared"},
    {PlantedBug::kOffsetTrustedAfterFailure, "offset-trusted"},
    {PlantedBug::kCutCountsAsBrought, "cut-is-brought"},
}};

int draw_below(Dice& dice, int bound) {
  return static_cast<int>(dice.next() % static_cast<std::uint64_t>(bound));
}

// `maybe(percent, most)`: how strong, when it is on.
template <class Maybe>
void plan_photos(Plan& plan, Maybe maybe) {
  plan.photos = maybe(70, 60);
  plan.photo_cut = maybe(50, 40);
  plan.photo_power = maybe(30, 10);
  plan.photo_disk = maybe(30, 15);
  plan.photo_crash = maybe(30, 10);
  plan.photo_kill = plan.files ? maybe(50, 15) : 0;
}

}  // namespace

Plan plan_of(std::uint64_t seed) {
  Dice dice(seed * 0x2545f4914f6cdd1du + 17);
  const auto below = [&](int bound) { return draw_below(dice, bound); };
  const auto maybe = [&](int percent, int most) {
    const bool on = below(100) < percent;
    const int strength = 1 + below(most);
    return on ? strength : 0;
  };
  Plan plan;
  plan.seed = seed;
  plan.technicians = 1 + below(3);
  plan.phones = 2 + below(3);
  plan.acts = 20 + below(80);
  plan.act_gap_ms =
      std::array<std::int64_t, 4>{200, 3'000, 20'000, 90'000}[static_cast<std::size_t>(below(4))];
  plan.page_size_max =
      std::array<std::size_t, 4>{1, 1, 1'500, 1 << 20}[static_cast<std::size_t>(below(4))];
  plan.batch_size =
      std::array<std::size_t, 3>{1, 1 << 20, 1 << 20}[static_cast<std::size_t>(below(3))];
  plan.poll_interval_ms = below(2) == 0 ? 20'000 : 300'000;
  plan.digest_interval_ms = below(3) == 0 ? 0 : 30'000;
  plan.drop_request = maybe(40, 40);
  plan.drop_reply = maybe(40, 40);
  plan.duplicate = maybe(30, 30);
  plan.portal = maybe(20, 20);
  plan.damage = maybe(20, 20);
  plan.stale = maybe(15, 15);
  plan.delay_ms_max =
      std::array<std::int64_t, 3>{20, 2'000, 40'000}[static_cast<std::size_t>(below(3))];
  plan.group_wait_ms = below(2) == 0 ? 0 : 500;
  plan.partition = maybe(60, 12);
  plan.crash_before = maybe(25, 5);
  plan.crash_after = maybe(25, 5);
  plan.poison = maybe(20, 4);
  plan.backup = maybe(45, 8);
  plan.restore = plan.backup > 0 ? maybe(70, 4) : 0;
  plan.files = below(100) < 40;
  plan.kill = plan.files ? maybe(50, 6) : 0;
  plan.copy = plan.files ? maybe(70, 8) : 0;
  plan.old_copy = plan.copy > 0 ? maybe(60, 4) : 0;
  plan.clone = plan.copy > 0 ? maybe(40, 3) : 0;
  plan.clock_jump = maybe(20, 4);
  plan.hand_over = maybe(20, 4);
  plan.disk_full = maybe(15, 4);
  plan.new_phone = maybe(35, 4);
  plan.clocks_off = below(2) == 0;
  plan.stale_screen = maybe(60, 60);
  plan.parallel_words = 20 + below(60);
  // Some worlds are about one kind of trouble, so that it comes in pairs.
  switch (below(8)) {
    case 0:
      plan.files = true;
      plan.copy = 10;
      plan.old_copy = 6;
      plan.clone = 8;
      break;
    case 1:
      plan.backup = 8;
      plan.restore = 6;
      break;
    case 2:
      plan.technicians = 2 + below(2);
      plan.hand_over = 6;
      break;
    default: break;
  }
  plan_photos(plan, maybe);
  return plan;
}

std::string to_string(const Plan& plan) {
  std::ostringstream out;
  out << "seed=" << plan.seed << " phones=" << plan.phones << " technicians=" << plan.technicians
      << " acts=" << plan.acts << " act_gap_ms=" << plan.act_gap_ms
      << " page=" << plan.page_size_max << " batch=" << plan.batch_size
      << " poll_ms=" << plan.poll_interval_ms << " digest_ms=" << plan.digest_interval_ms
      << " drop_request=" << plan.drop_request << " drop_reply=" << plan.drop_reply
      << " duplicate=" << plan.duplicate << " portal=" << plan.portal << " damage=" << plan.damage
      << " stale=" << plan.stale << " delay_ms=" << plan.delay_ms_max
      << " group_ms=" << plan.group_wait_ms << " partition=" << plan.partition
      << " crash_before=" << plan.crash_before << " crash_after=" << plan.crash_after
      << " poison=" << plan.poison << " backup=" << plan.backup << " restore=" << plan.restore
      << " files=" << plan.files << " kill=" << plan.kill << " copy=" << plan.copy
      << " old_copy=" << plan.old_copy << " clone=" << plan.clone
      << " clock_jump=" << plan.clock_jump << " hand_over=" << plan.hand_over
      << " disk_full=" << plan.disk_full << " new_phone=" << plan.new_phone
      << " clocks_off=" << plan.clocks_off << " stale_screen=" << plan.stale_screen
      << " photos=" << plan.photos << " photo_cut=" << plan.photo_cut
      << " photo_power=" << plan.photo_power << " photo_disk=" << plan.photo_disk
      << " photo_crash=" << plan.photo_crash << " photo_kill=" << plan.photo_kill
      << " words=" << plan.parallel_words << " clock_variant=" << plan.clock_variant;
  return out.str();
}

PlantedBug bug_named(const std::string& name) {
  for (const auto& named : kBugs) {
    if (name == named.name) return named.bug;
  }
  return PlantedBug::kNone;
}

const char* name_of(PlantedBug bug) {
  for (const auto& named : kBugs) {
    if (bug == named.bug) return named.name;
  }
  return "none";
}

}  // namespace daybook::sim
