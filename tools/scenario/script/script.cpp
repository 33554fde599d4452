// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/script/script.hpp"

#include "tools/scenario/script/line.hpp"

namespace daybook::scenario {
namespace {

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
  } else if (verb == "holds") {
    step.verb = Verb::kHolds;
    step.subject = line.word("what the content is called");
    step.number = line.amount("kB");
  } else if (verb == "carries") {
    step.verb = Verb::kCarries;
    step.number = 100;
    step.subject = line.word("a content");
    if (line.try_key("every"))
      step.every = line.amount("kB");
    else if (!line.done())
      step.number = line.amount("%");
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
  const std::string verb =
      line.key({"creates", "sets", "does", "signs", "looks", "settles", "approves", "revokes",
                "offline", "online", "sends", "hears", "loses", "resends", "restarts", "clock",
                "copies", "holds", "carries"});
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
    if (line.try_key("of"))
      scenario.bound[scenario.office.back()] = line.word("the name of an organisation's record");
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
  } else if (line.try_key("unsteady")) {
    step.verb = Verb::kUnsteady;
    step.number = line.number_word("a number that chance is drawn from");
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
