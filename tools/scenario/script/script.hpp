// SPDX-License-Identifier: Apache-2.0
// A scenario as a value: who takes part, what they do in which order, and what must be so. Read
// from text here (grammar: tests/scenarios/SCENARIOS.md), played by world. Names of collections,
// fields and records are not looked up yet: they depend on the rules that the scenario names. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/scenario/script/line.hpp"

namespace daybook::scenario {

// What an act does to one record: `creates COLLECTION [NAME] …` or `sets NAME …`.
struct Part {
  bool creates = false;
  std::string collection;  // of a create
  std::string record;      // the name it has in the scenario; empty for a create without one
  std::vector<Pair> pairs;
};

enum class Expecting {
  kVerdict,      // expect WHO accepted
  kTold,         // expect WHO told O.window taken_over …
  kToldNothing,  // expect WHO told nothing
  kValue,        // expect O.window "09:00"
  kOnPhone,      // expect on zhang O.window "09:00"
  kNotOnPhone,   // expect on zhang no O
  kKept,         // expect kept O.window "14:00"
  kCases,        // expect cases 2
  kCase,         // expect case field O.window office=… device=…
  kCount,        // expect count swap 1 order=O
  kSkew,         // expect skew zhang 3h
  kView,         // expect view van_stock 1 part=P on_hand=2000
  kViewOnPhone,  // expect on zhang view van_stock 1 …
  kLost,         // expect lost [front, plate]
  kPaper,        // expect paper V "处理情况"
  kHistory,      // expect history V.cause 1 by=zhang
  kAlike,        // expect alike zhang li
  kContent,      // expect content plate 60%
  kContents,     // expect contents 1
  kCarried,      // expect zhang carried 40%
  kBroken,       // expect zhang broken 4
};

struct Expectation {
  Expecting kind = Expecting::kVerdict;
  std::string who;            // a phone, a person or a labelled act
  std::string code;           // verdict, outcome, kind of case
  std::string record, field;  // as named; field may be empty
  std::string rule, why, reason;
  bool with_case = false;  // told: a case was opened
  std::uint64_t number =
      0;                // cases, count, view, history, contents; content, carried: per cent; broken
  std::int64_t ms = 0;  // skew
  std::string collection;  // count; the name of a view
  bool absent = false;
  Literal value;
  std::vector<Pair> pairs;  // case: office, device; count: fields; view: columns; history: members
  std::vector<std::string> words;  // paper: what is printed; alike: phones; lost: contents
};

enum class Verb {
  kWrites,
  kDoes,
  kSigns,
  kLooks,
  kSettles,
  kApproves,
  kRevokes,
  kOffline,
  kOnline,
  kSends,
  kHears,
  kLoses,
  kResends,
  kRestarts,
  kClock,
  kCopies,
  kWait,
  kUnsteady,
  kHolds,
  kCarries,
  kExpects,
};

struct Step {
  int line = 0;
  std::vector<Token> tokens;  // to tell it again, in either language
  Verb verb = Verb::kWrites;
  std::string who;
  std::vector<Part> parts;
  std::string act;                        // of the rules; its arguments are the pairs of one part
  std::vector<std::string> lacks, warns;  // what must be told: missing, and warned of
  std::vector<Pair> makes;                // names for the records that it creates
  std::string label;                      // `as NAME`
  std::string fails;                      // `fails CODE`: it must, and so
  std::string subject;  // record looked at or acted upon; phone revoked or copied to; choice of a
                        // settlement; content held or carried
  std::string how;      // leaver or stolen; the reason of a settlement; form or survey
  std::uint64_t number = 0;  // of the case; what chance is drawn from; kB held; per cent carried
  std::uint64_t every = 0;   // kB after which the line breaks, again and again
  std::optional<Literal> value;  // of a settlement
  std::int64_t ms = 0;
  Expectation expectation;
};

struct Technician {
  std::string name;
  std::vector<std::string> phones;  // at least one
  std::string schema;               // file that the phones were enrolled with; empty: the server's
};

struct Scenario {
  std::string file, name, title_en, title_zh;
  int line = 0;
  std::string schema;   // file beside the scenario's; empty: the built-in rules
  std::string pending;  // why it does not hold yet; empty: it must hold
  std::vector<Technician> technicians;
  std::vector<std::string> office;
  std::map<std::string, std::string> bound;  // of the office -> the organisation, a record's name
  std::vector<Step> steps;
};

// Throws Mistake, whose line is in `text`.
std::vector<Scenario> read_scenarios(std::string_view text, const std::string& file);

class Line;
// REQUIRES: `expect` was taken (expectation_lines.cpp). Throws Mistake.
Expectation read_expectation(Line& line);

}  // namespace daybook::scenario
