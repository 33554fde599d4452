// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/world.hpp"

#include <cstdlib>
#include <filesystem>

#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {
namespace {

std::string new_folder() {
  const bool shm = std::filesystem::is_directory("/dev/shm");
  std::string path = std::string(shm ? "/dev/shm" : "/tmp") + "/daybook-sim-XXXXXX";
  check(mkdtemp(path.data()) != nullptr, "trouble", "no folder for the phones' files");
  return path;
}

constexpr std::int64_t kMinute = 60'000;
constexpr std::uint64_t kEventsMax = 40'000;
constexpr int kRoundsMax = 60;  // simulated minutes until everything must be at rest

}  // namespace

World::World(const Plan& plan, bool prints)
    : plan_(plan),
      line_(time_, prints),
      dice_(plan.seed * 3 + 1),
      net_dice_(plan.seed * 5 + 2),
      photo_dice_(plan.seed * 7 + 3) {
  if (plan_.files) folder_ = new_folder();
  office_ = std::make_unique<Headquarters>(time_, line_, book_, devices_, plan.seed);
  office_->start();
  for (int i = 0; i < plan_.phones; ++i) {
    Device& device = add_device("tech" + std::to_string(i % plan_.technicians));
    add_phone(device).start();
  }
}

World::~World() {
  phones_.clear();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

ActorId World::any_technician() {
  return "tech" + std::to_string(below(static_cast<std::uint64_t>(plan_.technicians)));
}

Device& World::add_device(const ActorId& actor) {
  auto device = std::make_unique<Device>();
  device->index = static_cast<int>(devices_.size());
  device->id = dice_.draw<DeviceId>();
  device->actor = device->enrolled = actor;
  device->seed.resize(32);
  dice_.fill(device->seed);
  office_->enrol(*device);
  devices_.push_back(std::move(device));
  return *devices_.back();
}

Phone& World::add_phone(Device& device) {
  const int number = static_cast<int>(phones_.size());
  const std::string path = plan_.files ? folder_ + "/phone" + std::to_string(number) : ":memory:";
  phones_.push_back(
      std::make_unique<Phone>(number, device, plan_, time_, line_, book_, drawers_, path));
  return *phones_.back();
}

void World::after(std::int64_t delay_ms, std::function<void()> what) {
  events_.emplace(time_.now + delay_ms, std::move(what));
}

void World::run_until(std::int64_t time) {
  while (!events_.empty() && events_.begin()->first <= time) {
    auto event = std::move(events_.begin()->second);
    time_.now = std::max(time_.now, events_.begin()->first);
    events_.erase(events_.begin());
    // A phone that asks without a pause would run for ever; no honest world has so many events.
    if (++counted_["events"] > kEventsMax)
      throw Violation("liveness", "somebody never stops asking");
    event();
  }
  time_.now = std::max(time_.now, time);
}

void World::act_later() {
  if (acts_left_-- <= 0) return;
  after(static_cast<std::int64_t>(below(static_cast<std::uint64_t>(2 * plan_.act_gap_ms))), [this] {
    if (!fault()) act();
    act_later();
  });
}

void World::run() {
  line_.say("world", to_string(plan_));
  for (auto& phone : phones_) poll_soon(*phone);
  acts_left_ = plan_.acts;
  for (int i = 0; i < 4; ++i) office_acts();
  act_later();
  while (acts_left_ >= 0) run_until(time_.now + kMinute);
  heal();
  quiesce();
  check_acknowledged(book_, phones_, office_->store());
  check_exactly_once(book_, office_->store());
  check_words(book_, office_->store());
  check_blind_writes(book_, office_->store());
  check_queue(book_, office_->store());
  check_photos(book_, phones_, *office_);
  // Whose device it was when a set came is not in the log; daybookd gives no device to another. Nor
  // is when a phone's ladder told where a lost epoch forked off: a rehearsal knows it from the
  // start.
  if (plan_.hand_over == 0 && plan_.restore == 0)
    check_rehearsal(office_->core().schema(), office_->store(), office_->core().clock());
  for (auto& phone : phones_) {
    check_convergence(*phone, office_->store());
    check_settled(*phone);
  }
  line_.say("world", "all is well");
}

void World::heal() {
  line_.say("world", "heals");
  healed_ = true;
  crash_before_ = crash_after_ = false;
  for (auto& phone : phones_) phone->offline_until = 0;
  if (!office_->is_up()) start_server();
}

// Until nothing moves any more. People settle what waits for them; that moves things again.
void World::quiesce() {
  std::string why;
  for (int round = 0; round < kRoundsMax; ++round) {
    // What depends on a discarded set comes to the desk anew: a day's work there is done in one go.
    if (round % 3 == 2) {
      while (support_acts(100) > 0) {
      }
    }
    for (auto& phone : phones_) {
      phone->core().sync_now();
      poll_soon(*phone);
      carry_soon(*phone);
    }
    run_until(time_.now + kMinute);
    bool rest = office_->is_up();
    for (auto& phone : phones_) rest = rest && is_at_rest(*phone, office_->store(), &why);
    for (auto& phone : phones_) {
      if (!has_photos_to_carry(*phone)) continue;
      rest = false;
      why = phone->name() + " has photos to carry";
    }
    const auto waiting = must(office_->store().list_parked(1), "parked");
    if (!waiting.empty()) why = "a parked set waits";
    if (rest && waiting.empty() && round > 3) return;
  }
  throw Violation("liveness",
                  "not at rest after " + std::to_string(kRoundsMax) + " minutes: " + why);
}

void World::look_at(Phone& phone) {
  check_exact_state(phone);
  check_settled(phone);
}

std::string World::outcome() { return outcome_of(office_->store()); }

}  // namespace daybook::sim
