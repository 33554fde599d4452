// SPDX-License-Identifier: Apache-2.0
// One run: the world of a seed, its time and its events, and the phases chaos, heal, quiesce,
// check. A Violation thrown anywhere is the result. network.cpp, workload.cpp and faults.cpp hold
// what happens in it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/headquarters.hpp"
#include "tests/sim/phone.hpp"
#include "tests/sim/plan.hpp"

namespace daybook::sim {

class World {
 public:
  World(const Plan& plan, bool prints);
  ~World();
  void run();
  std::uint64_t hash() const { return line_.hash(); }
  std::string outcome();
  const std::map<std::string, std::uint64_t>& counted() const { return counted_; }

 private:
  // world.cpp
  void after(std::int64_t delay_ms, std::function<void()> what);
  void run_until(std::int64_t time);
  void act_later();
  void heal();
  void quiesce();
  void look_at(Phone& phone);
  std::uint64_t below(std::uint64_t bound) { return dice_.next() % bound; }
  bool chance(int percent) { return percent > 0 && static_cast<int>(dice_.next() % 100) < percent; }
  template <class List>
  auto& any_of(List& list) {
    return list[below(list.size())];
  }
  Phone& any_phone() { return *any_of(phones_); }
  ActorId any_technician();
  Device& add_device(const ActorId& actor);
  Phone& add_phone(Device& device);

  // network.cpp
  void poll_soon(Phone& phone);
  void send(Phone& phone, Outgoing outgoing);
  void arrive(Phone& phone, const Uuid& request, const Bytes& frame, bool answered);
  void deliver(Phone& phone, const Uuid& request, const Answer& answer);
  void give_up(Phone& phone, const Uuid& request, std::int64_t delay_ms, Errc code);
  std::int64_t delay();  // of the line, drawn
  void call(Phone& phone);
  void tick_soon();
  void tick();
  void start_server();
  bool happens(int percent) {
    return !healed_ && percent > 0 && static_cast<int>(net_dice_.next() % 100) < percent;
  }

  // workload.cpp
  void act();
  void office_acts();
  void office_plans_visit();
  OfficeEdit office_edits_visit();
  OfficeEdit office_edits_customer();
  void office_makes_part();
  void phone_acts(Phone& phone);
  std::optional<RecordRef> visit_on(Phone& phone);
  Fields field_work(Phone& phone, const RecordRef& visit, const Fields& row, std::string* word);
  int support_acts(int percent);
  void enrol_the_forgotten();
  std::string next_word();
  std::string new_canary(const RecordRef& record);

  // photos.cpp
  class LaneLine;
  std::optional<Attachment> take_photo(Phone& phone, const RecordRef& record);
  void note_photo(Phone& phone, const Attachment& named, const SetId& set);
  void carry_soon(Phone& phone);
  void carry(Phone& phone);
  void pretend(Phone& phone);
  void bring_up_later();

  // faults.cpp
  bool fault();
  void poison_next(Phone& phone);
  void restore_server();
  void restore_phone(Phone& phone);
  void clone_phone();
  void hand_over();

  Plan plan_;
  Time time_;
  Line line_;
  Book book_;
  std::multimap<std::int64_t, std::function<void()>> events_;
  Dice dice_, net_dice_, photo_dice_;
  Bytes photo_at_hand_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::unique_ptr<Headquarters> office_;
  std::vector<std::unique_ptr<Phone>> phones_;
  std::map<IncarnationId, int> drawers_;
  std::string folder_;
  // What a person at headquarters had on screen.
  struct Screen {
    RecordRef record;
    Version version = 0;
    Fields values;
  };
  std::vector<Screen> screens_;
  int acts_left_ = 0;
  bool healed_ = false;
  bool tick_due_ = false;
  bool crash_before_ = false, crash_after_ = false;
  std::map<std::string, std::uint64_t> counted_;
};

}  // namespace daybook::sim
