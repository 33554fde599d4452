// SPDX-License-Identifier: Apache-2.0
// A field that the office and a phone both changed without seeing each other: one open case, for
// the tests of the desk.
#pragma once

#include "tests/support/server_world.hpp"

namespace daybook::test {

struct Disputed {
  ServerWorld world;
  Pen li{world, "li"};
  RecordRef visit = world.visit();
  SetId set;
  ConflictCase conflict;
  std::uint64_t acts = 100;

  explicit Disputed(const std::string& field = "category", Value office = text("office"),
                    Value device = text("device"), Value base = text("base")) {
    for (const char* name : {"support", "chen", "wu"}) add_person(name);
    const auto made = world.office_create(visit, {{"technician", text("li")}, {field, base}});
    world.office_edit(visit, field, std::move(office));
    set = li.edit(visit, field, base, made.commit, std::move(device));
    li.sync();
    REQUIRE(world.open_cases().size() == 1);
    conflict = world.open_cases()[0];
  }
  void add_person(const std::string& name) {
    world.within([&] {
      must(world.store.put_user({name, name, "support", "", true}));
      return 0;
    });
  }

  // One act of the desk, as one group; what fails leaves nothing.
  template <class Work>
  auto at_desk(Work work) {
    must(world.store.begin());
    auto done = work(*world.desk);
    if (done.ok())
      must(world.store.commit());
    else
      world.store.rollback();
    return done;
  }
  Result<ConflictCase> decide(const Decision& decision) {
    return at_desk([&](Desk& desk) { return desk.resolve(decision); });
  }
  Decision decision(const char* choice, const char* reason = "asked the customer") {
    return {conflict.number, "support", choice, std::nullopt, reason, {}};
  }
  DeskAct act(const char* by, std::string text = {}, const char* to = "") {
    return {conflict.number, by, to, std::move(text), new_act()};
  }
  Uuid new_act() {
    Uuid id;
    id.raw[6] = 0x70;
    id.raw[8] = 0x80;
    id.raw[15] = static_cast<std::uint8_t>(++acts);
    return id;
  }
  ConflictCase now() { return *must(world.store.find_case(conflict.number)); }
  std::vector<std::string> history() {
    std::vector<std::string> lines;
    for (const auto& event : now().events)
      lines.push_back(std::string(name_of(event.kind)) + (event.by.empty() ? "" : " " + event.by));
    return lines;
  }
};

using Lines = std::vector<std::string>;

}  // namespace daybook::test
