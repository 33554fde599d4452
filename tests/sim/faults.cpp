// SPDX-License-Identifier: Apache-2.0
// Bad days. Never destroys the only copy of acknowledged work without writing that down in the
// book.
#include "tests/sim/checkers/checkers.hpp"
#include "tests/sim/world.hpp"

namespace daybook::sim {

// One fault in place of an act; false when none came up.
bool World::fault() {
  Phone& phone = any_phone();
  if (chance(plan_.partition)) {
    phone.offline_until = time_.now + static_cast<std::int64_t>(
                                          below(static_cast<std::uint64_t>(30 * plan_.act_gap_ms)));
    line_.say(phone.name(), "is out of reach");
    return true;
  }
  if (chance(plan_.crash_before)) return crash_before_ = true;
  if (chance(plan_.crash_after)) return crash_after_ = true;
  if (chance(plan_.poison)) return poison_next(phone), true;
  if (chance(plan_.backup)) return office_->is_up() && (office_->back_up(), true);
  if (chance(plan_.restore) && office_->backups() > 0) return restore_server(), true;
  if (chance(plan_.kill)) return phone.kill(), poll_soon(phone), true;
  if (chance(plan_.copy)) return phone.keep_copy(), true;
  if (chance(plan_.old_copy) && phone.has_copy()) return restore_phone(phone), true;
  if (chance(plan_.clone)) return clone_phone(), true;
  if (chance(plan_.clock_jump)) return phone.set_clock(), true;
  if (chance(plan_.hand_over)) return hand_over(), true;
  if (chance(plan_.disk_full) && office_->is_up()) {
    office_->fill_disk(below(20));
    line_.say("server", "will run out of disk");
    return true;
  }
  if (chance(plan_.new_phone) && phones_.size() < 6) {
    Phone& fresh = add_phone(add_device(any_technician()));
    fresh.start();
    line_.say(fresh.name(), "is new");
    poll_soon(fresh);
    return true;
  }
  return false;
}

// The phone's next set will kill the server, and two good ones follow it in the same batch.
void World::poison_next(Phone& phone) {
  const auto before = book_.order.size();
  phone_acts(phone);
  if (book_.order.size() == before) return;
  book_.poisoned.insert(book_.order.back());
  line_.say(phone.name(), "writes what the server dies of");
  for (int i = 0; i < 3; ++i) phone_acts(phone);
}

void World::restore_server() {
  check_acknowledged(book_, phones_, office_->store());
  check_photos_somewhere(book_, phones_, *office_);
  const bool disk_lost = photo_dice_.next() % 2 == 0;
  office_->restore(below(office_->backups()), disk_lost);
  note_lost_photos(book_, phones_, *office_);
  screens_.clear();
  note_restored(book_, phones_, office_->store());
  tick_due_ = false;
}

void World::restore_phone(Phone& phone) {
  check_acknowledged(book_, phones_, office_->store());
  check_photos_somewhere(book_, phones_, *office_);
  line_.say(phone.name(), "is an older copy of itself now");
  phone.go_back_to_copy();
  note_destroyed_file(book_, phones_, office_->store());
  note_lost_photos(book_, phones_, *office_);
  poll_soon(phone);
}

void World::clone_phone() {
  Phone& one = any_phone();
  if (!one.has_copy() || phones_.size() >= 6) return;
  Phone& other = add_phone(one.device());
  other.begin_as_copy_of(one);
  line_.say(other.name(), "is a clone of " + one.name());
  poll_soon(other);
}

// Another person gets the phone; its scopes change at the next contact.
void World::hand_over() {
  if (plan_.technicians < 2 || !office_->is_up()) return;
  Device& device = *any_of(devices_);
  office_->hand_over(device, any_technician());
  line_.say("office", "hands device " + std::to_string(device.index) + " to " + device.actor);
}

}  // namespace daybook::sim
