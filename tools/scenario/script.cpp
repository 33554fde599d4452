// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/script.hpp"

#include "tools/scenario/words.hpp"

namespace daybook::scenario {
namespace {

// RECORD.FIELD
void read_place(Line& line, Expectation& expectation) {
  const std::string place = line.word("RECORD.FIELD");
  const auto dot = place.find('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == place.size())
    throw Mistake(line.number(), "expected RECORD.FIELD, found " + place);
  expectation.record = place.substr(0, dot);
  expectation.field = place.substr(dot + 1);
}

void read_wanted_value(Line& line, Expectation& expectation) {
  expectation.absent = line.try_key("absent");
  if (!expectation.absent) expectation.value = line.literal("a value, or absent");
}

void read_told(Line& line, Expectation& expectation) {
  if (line.try_key("nothing")) {
    expectation.kind = Expecting::kToldNothing;
    return;
  }
  expectation.kind = Expecting::kTold;
  read_place(line, expectation);
  expectation.code =
      line.key({"merged", "proposed", "conflict", "refused", "taken_over", "taken", "overruled"});
  while (!line.done()) {
    const std::string more = line.key({"rule", "why", "case"});
    if (more == "rule") expectation.rule = line.word("a rule as in the schema");
    if (more == "why") expectation.why = line.word("a reason code");
    if (more == "case") expectation.with_case = true;
  }
}

// What follows `expect WHO`.
void read_about_act(Line& line, Expectation& expectation) {
  if (line.try_key("told")) return read_told(line, expectation);
  expectation.kind = Expecting::kVerdict;
  expectation.code = line.key(
      {"accepted", "merged", "conflicted", "parked", "refused", "discarded", "further", "told"});
  if (!line.done()) expectation.reason = line.word("a reason code");
}

void read_view(Line& line, Expectation& expectation) {
  expectation.kind = Expecting::kView;
  expectation.collection = line.word("a view");
  expectation.number = line.number_word("how many rows");
  expectation.pairs = line.pairs();
}

void read_on_phone(Line& line, Expectation& expectation) {
  expectation.who = line.word("a phone");
  if (line.try_key("no")) {
    expectation.kind = Expecting::kNotOnPhone;
    expectation.record = line.word("a record");
    return;
  }
  if (line.try_key("view")) {
    read_view(line, expectation);
    expectation.kind = Expecting::kViewOnPhone;
    return;
  }
  expectation.kind = Expecting::kOnPhone;
  read_place(line, expectation);
  read_wanted_value(line, expectation);
}

void read_case(Line& line, Expectation& expectation) {
  expectation.kind = Expecting::kCase;
  expectation.code =
      line.key({"field", "late", "amendment", "parked", "device_forked", "device_held", "restore",
                "lost_in_restore", "contested", "balance", "revoked_key"});
  if (!line.done() && !line.next_is_pair()) read_place(line, expectation);
  expectation.pairs = line.pairs();
  for (auto& pair : expectation.pairs) {
    pair.name = std::string(key_of(pair.name));
    if (pair.name != "office" && pair.name != "device")
      throw Mistake(line.number(), "expected office=… or device=…, found " + pair.name);
  }
}

Expectation read_expectation(Line& line) {
  Expectation expectation;
  if (line.try_key("on")) {
    read_on_phone(line, expectation);
  } else if (line.try_key("kept")) {
    expectation.kind = Expecting::kKept;
    read_place(line, expectation);
    expectation.value = line.literal("a value");
  } else if (line.try_key("cases")) {
    expectation.kind = Expecting::kCases;
    expectation.number = line.number_word("how many");
  } else if (line.try_key("case")) {
    read_case(line, expectation);
  } else if (line.try_key("count")) {
    expectation.kind = Expecting::kCount;
    expectation.collection = line.word("a collection");
    expectation.number = line.number_word("how many");
    expectation.pairs = line.pairs();
  } else if (line.try_key("view")) {
    read_view(line, expectation);
  } else if (line.try_key("skew")) {
    expectation.kind = Expecting::kSkew;
    expectation.who = line.word("a phone");
    expectation.ms = line.duration_ms();
  } else if (!line.done() && line.tokens()[1].raw.find('.') != std::string::npos) {
    expectation.kind = Expecting::kValue;
    read_place(line, expectation);
    read_wanted_value(line, expectation);
  } else {
    expectation.who =
        line.word("on, kept, cases, case, count, view, skew, RECORD.FIELD or who acted");
    read_about_act(line, expectation);
  }
  return expectation;
}

// creates … [and sets …] … [as NAME] [fails CODE]
void read_writes(Line& line, Step& step, bool creates) {
  step.verb = Verb::kWrites;
  for (;;) {
    Part part;
    part.creates = creates;
    if (creates) part.collection = line.word("a collection");
    if (!creates || !line.next_is_pair()) part.record = line.word("the record's name");
    part.pairs = line.pairs();
    if (part.pairs.empty()) line.wrong("field=value");
    step.parts.push_back(std::move(part));
    if (!line.try_key("and")) break;
    creates = line.key({"creates", "sets"}) == "creates";
  }
}

// does ACT [NAME] argument=value … [makes AS=NAME …] [lacks "…"] [warns "…"]
void read_does(Line& line, Step& step) {
  step.verb = Verb::kDoes;
  step.act = line.word("an act of the rules");
  const auto words_follow = [&] {
    return line.next_is({"makes", "lacks", "warns", "as", "fails"});
  };
  if (!line.done() && !line.next_is_pair() && !words_follow())
    step.subject = line.word("the record's name");
  Part part;
  part.pairs = line.pairs();
  step.parts.push_back(std::move(part));
  while (line.next_is({"makes", "lacks", "warns"})) {
    const std::string more = line.key({"makes", "lacks", "warns"});
    if (more == "makes") {
      step.makes = line.pairs();
      if (step.makes.empty()) line.wrong("AS=NAME");
    } else {
      (more == "lacks" ? step.lacks : step.warns).push_back(line.word("a part of the sentence"));
    }
  }
}

// What the customer is shown, and who signs it; then the survey's answers, or what an amendment
// changes of the visit.
void read_signs(Line& line, Step& step) {
  step.verb = Verb::kSigns;
  step.how = line.key({"form", "survey"});
  step.subject = line.word("the visit's name");
  Part part;
  part.pairs = line.pairs();
  step.parts.push_back(std::move(part));
  while (line.next_is({"makes", "lacks"})) {
    if (line.key({"makes", "lacks"}) == "makes") {
      step.makes = line.pairs();
      if (step.makes.empty()) line.wrong("AS=NAME");
    } else {
      step.lacks.push_back(line.word("a part of the sentence"));
    }
  }
}

void read_settles(Line& line, Step& step) {
  step.verb = Verb::kSettles;
  step.number = line.number_word("the number of a case");
  step.subject =
      line.key({"base", "office", "device", "both", "value", "release", "discard", "confirm"});
  if (step.subject == "value") step.value = line.literal("the value");
  line.key({"because"});
  step.how = line.word("a reason");
}

void read_short_act(Line& line, Step& step, const std::string& verb) {
  if (verb == "approves") {
    step.verb = Verb::kApproves;
    step.number = line.number_word("the number of a case");
  } else if (verb == "looks") {
    step.verb = Verb::kLooks;
    step.subject = line.word("a record");
  } else if (verb == "revokes") {
    step.verb = Verb::kRevokes;
    step.subject = line.word("a phone");
    step.how = line.key({"leaver", "stolen"});
  } else if (verb == "clock") {
    step.verb = Verb::kClock;
    step.ms = line.duration_ms();
  } else if (verb == "copies") {
    step.verb = Verb::kCopies;
    step.subject = line.word("the name of the other phone");
  } else {
    step.verb = verb == "offline"   ? Verb::kOffline
                : verb == "online"  ? Verb::kOnline
                : verb == "sends"   ? Verb::kSends
                : verb == "hears"   ? Verb::kHears
                : verb == "loses"   ? Verb::kLoses
                : verb == "resends" ? Verb::kResends
                                    : Verb::kRestarts;
  }
}

// WHO does something.
void read_act(Line& line, Step& step) {
  step.who = line.word("a keyword, or who acts");
  const std::string verb = line.key({"creates", "sets", "does", "signs", "looks", "settles",
                                     "approves", "revokes", "offline", "online", "sends", "hears",
                                     "loses", "resends", "restarts", "clock", "copies"});
  if (verb == "creates" || verb == "sets") {
    read_writes(line, step, verb == "creates");
  } else if (verb == "does") {
    read_does(line, step);
  } else if (verb == "signs") {
    read_signs(line, step);
  } else if (verb == "settles") {
    read_settles(line, step);
  } else {
    read_short_act(line, step, verb);
  }
  if (line.try_key("as")) step.label = line.word("a name for this act");
  if (line.try_key("fails")) step.fails = line.word("an error code");
}

void read_technician(Line& line, Scenario& scenario) {
  Technician technician;
  technician.name = line.word("a name");
  if (line.try_key("schema")) technician.schema = line.word("a file");
  if (line.try_key("phones")) {
    while (!line.done()) technician.phones.push_back(line.word("a phone"));
  }
  if (technician.phones.empty()) technician.phones.push_back(technician.name);
  scenario.technicians.push_back(std::move(technician));
}

// Lines that say what the scenario is and who takes part. False: it is none of them.
bool read_header(Line& line, Scenario& scenario) {
  if (line.try_key("schema")) {
    scenario.schema = line.word("a file");
  } else if (line.try_key("pending")) {
    scenario.pending = line.word("the reason, in quotes");
  } else if (line.try_key("technician")) {
    read_technician(line, scenario);
  } else if (line.try_key("office")) {
    scenario.office.push_back(line.word("a name"));
  } else {
    return false;
  }
  return true;
}

Step read_step(Line& line) {
  Step step;
  step.line = line.number();
  if (line.try_key("wait")) {
    step.verb = Verb::kWait;
    step.ms = line.duration_ms();
  } else if (line.try_key("expect")) {
    step.verb = Verb::kExpects;
    step.expectation = read_expectation(line);
  } else {
    read_act(line, step);
  }
  line.end();
  step.tokens = line.tokens();
  return step;
}

}  // namespace

std::vector<Scenario> read_scenarios(std::string_view text, const std::string& file) {
  std::vector<Scenario> scenarios;
  int number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto tokens = tokens_of(text.substr(0, end), ++number);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (tokens.empty()) continue;
    Line line(std::move(tokens), number);
    if (line.try_key("scenario")) {
      Scenario scenario;
      scenario.file = file;
      scenario.line = number;
      scenario.name = line.word("a name");
      scenario.title_en = scenario.title_zh = line.word("a title, in quotes");
      if (!line.done()) scenario.title_zh = line.word("the title in Chinese");
      line.end();
      scenarios.push_back(std::move(scenario));
      continue;
    }
    if (scenarios.empty()) line.wrong("scenario NAME \"title\" first");
    Scenario& scenario = scenarios.back();
    if (read_header(line, scenario)) {
      if (!scenario.steps.empty()) throw Mistake(number, "expected this line before the first act");
      line.end();
    } else {
      scenario.steps.push_back(read_step(line));
    }
  }
  return scenarios;
}

}  // namespace daybook::scenario
