// SPDX-License-Identifier: Apache-2.0
// Plays one scenario: the real client core on every phone, the real server core at headquarters, a
// line between them that the scenario commands, and one time that all clocks follow. A phone that
// is online exchanges after every act of anybody; one that is offline only what the scenario lets
// it send. Deterministic, single-threaded; no file is touched but those of phones that are copied
// or started again. world.cpp: setting up, time, rest. acts.cpp: what people and phones do.
// rule_acts.cpp: acts and views of the rules. expectations.cpp: what must be so.
// lookups.cpp: what people look up when they doubt. contents.cpp: photos and their way.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tools/scenario/headquarters.hpp"
#include "tools/scenario/onlooker.hpp"
#include "tools/scenario/phone.hpp"
#include "tools/scenario/script/script.hpp"
#include "tools/scenario/story.hpp"
#include "tools/scenario/values.hpp"

namespace daybook::scenario {

// The product did something else than the scenario says.
struct Unmet : std::runtime_error {
  Unmet(int line_in, const std::string& what) : std::runtime_error(what), line(line_in) {}
  int line;
};

struct Rules {
  Schema office;
  std::map<std::string, std::string> phones;  // technician -> JSON, where it is another
};

class World {
 public:
  World(const Scenario& scenario, Rules rules, Story& story);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Throws Unmet or Mistake.
  void run();

 private:
  struct Act {
    SetId set;
    FieldPhone* phone = nullptr;  // null: at headquarters
  };
  struct Screen {
    Version version = 0;
    Fields values;
  };

  // world.cpp
  void set_up();
  void add_phone(const std::string& name, const ActorId& actor);
  void play(const Step& step);
  void bind_office(const Step& step);
  void pass(std::int64_t ms);
  void let_everyone_hear(int line);
  void tell_news();
  void check_rest(int line);
  void check_history(int line);
  std::string path_for(const std::string& phone);
  FieldPhone* find_phone(const std::string& name);
  FieldPhone& phone_of(const Step& step);
  bool is_office(const std::string& name) const;
  const RecordRef& record_of(const std::string& name, int line) const;
  std::optional<Fields> office_row(const RecordRef& record);
  std::string say(std::string_view english, std::string_view chinese) const {
    return story_.both(english, chinese);
  }

  // acts.cpp
  void act(const Step& step);
  void write(const Step& step);
  SetId write_on_phone(const Step& step, FieldPhone& phone, Names& names, std::string& error);
  SetId write_at_desk(const Step& step, Names& names, std::string& error);
  Fields fields_of(const Part& part, const CollectionSchema& collection, const Fields* before,
                   const Names& names, int line);
  const CollectionSchema& collection_of(const Schema& schema, const std::string& name, int line);
  // rule_acts.cpp: acts and views of the rules
  void do_act(const Step& step);
  ActCall call_of(const Step& step, const ActSchema& act);
  Result<std::pair<ActEffect, SetId>> act_by(const Step& step, const ActSchema& act);
  void check_sayings(const Step& step, const ActEffect& effect);
  void expect_view(const Expectation& wanted, int line);
  // signing.cpp: papers that customers sign
  void sign(const Step& step);
  FieldPhone::Wish wish_of(const Step& step);
  void name_papers(const Step& step, const papers::Sealed& sealed);
  std::string reports_path() const { return (folder_ / "headquarters-reports.db").string(); }

  void look_at(const Step& step);
  void settle(const Step& step);
  void approve(const Step& step);
  void note_desk(const Step& step, const Result<ConflictCase>& settled);
  void note_ending(const Step& step, const std::string& error);
  void act_of_phone(const Step& step, FieldPhone& phone);
  void copy_phone(const Step& step, FieldPhone& phone);
  void be_unsteady(const Step& step);

  // expectations.cpp
  void expect(const Step& step);
  [[noreturn]] void unmet(int line, const std::string& expected, const std::string& found) const;
  void expect_verdict(const Expectation& wanted, int line);
  void expect_told(const Expectation& wanted, int line);
  void expect_value(const Expectation& wanted, int line);
  void expect_on_phone(const Expectation& wanted, int line);
  std::optional<Fields> row_before(const std::string& who, const RecordRef& record, int line);
  void expect_kept(const Expectation& wanted, int line);
  void expect_case(const Expectation& wanted, int line);
  void expect_count(const Expectation& wanted, int line);
  void expect_lost(const Expectation& wanted, int line);
  void expect_skew(const Expectation& wanted, int line);
  void compare(const Expectation& wanted, const RecordRef& record, const std::optional<Fields>& row,
               const std::string& where, int line);
  const Act& act_named(const std::string& name, int line) const;
  Receipt newest_receipt(const Act& act, int line);
  std::vector<FieldReceipt> told_in(const Act& act, int line);
  Value value_of(const Literal& literal, const RecordRef& record, const std::string& field,
                 int line) const;
  std::string list_open_cases();

  // contents.cpp: photos and other contents of attachments
  void hold_content(const Step& step, FieldPhone& phone);
  void carry_content(const Step& step, FieldPhone& phone);
  const Digest& content_named(const std::string& name, int line) const;
  std::vector<Attachment> promised_by(FieldPhone& phone, const std::vector<RecordInput>& changes);
  void expect_content(const Expectation& wanted, int line);

  // lookups.cpp
  void expect_paper(const Expectation& wanted, int line);
  void expect_history(const Expectation& wanted, int line);
  bool is_entry(const Json& entry, const Expectation& wanted, int line);
  void expect_alike(const Expectation& wanted, int line);

  const Scenario& scenario_;
  Rules rules_;
  Story& story_;
  Headquarters office_;
  Onlooker onlooker_;
  Names names_;
  std::vector<std::unique_ptr<FieldPhone>> phones_;  // in the order they were named
  std::map<std::string, Act> acts_;                  // the last of each, and the labelled ones
  std::map<std::pair<std::string, RecordRef>, Screen> screens_;
  std::vector<std::string> revoked_;
  std::filesystem::path folder_;
};

}  // namespace daybook::scenario
