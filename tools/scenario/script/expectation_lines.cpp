// SPDX-License-Identifier: Apache-2.0
// What stands behind `expect`, read from its line. Used by script only. Pure.
#include "tools/scenario/script/script.hpp"

#include "tools/scenario/script/line.hpp"
#include "tools/scenario/script/words.hpp"

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
  if (line.try_key("carried")) {
    expectation.kind = Expecting::kCarried;
    expectation.number = line.amount("%");
    return;
  }
  if (line.try_key("broken")) {
    expectation.kind = Expecting::kBroken;
    expectation.number = line.number_word("how often");
    return;
  }
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
  expectation.code = line.key({"field", "late", "amendment", "parked", "device_forked",
                               "device_held", "restore", "lost_in_restore", "contested", "balance",
                               "revoked_key", "evidence_lost", "unsealed_contribution"});
  if (!line.done() && !line.next_is_pair()) read_place(line, expectation);
  expectation.pairs = line.pairs();
  for (auto& pair : expectation.pairs) {
    pair.name = std::string(key_of(pair.name));
    if (pair.name != "office" && pair.name != "device")
      throw Mistake(line.number(), "expected office=… or device=…, found " + pair.name);
  }
}

// Sheets, digests and the book's history: what people look up when they doubt.
bool read_lookup(Line& line, Expectation& expectation) {
  if (line.try_key("paper")) {
    expectation.kind = Expecting::kPaper;
    expectation.record = line.word("a record");
    while (!line.done()) expectation.words.push_back(line.word("what is printed"));
    if (expectation.words.empty()) line.wrong("what is printed, in quotes");
  } else if (line.try_key("lost")) {
    expectation.kind = Expecting::kLost;
    if (!line.try_key("nothing")) {
      const Literal contents = line.literal("contents");
      if (!contents.is_list) expectation.words.push_back(contents.text);
      for (const auto& item : contents.items) expectation.words.push_back(item.text);
    }
  } else if (line.try_key("alike")) {
    expectation.kind = Expecting::kAlike;
    while (!line.done()) expectation.words.push_back(line.word("a phone"));
    if (expectation.words.empty()) line.wrong("a phone");
  } else if (line.try_key("history")) {
    expectation.kind = Expecting::kHistory;
    read_place(line, expectation);
    expectation.number = line.number_word("how many times");
    expectation.pairs = line.pairs();
  } else if (line.try_key("contents")) {
    expectation.kind = Expecting::kContents;
    expectation.number = line.number_word("how many");
  } else if (line.try_key("content")) {
    expectation.kind = Expecting::kContent;
    expectation.words.push_back(line.word("a content"));
    expectation.absent = line.try_key("absent");
    expectation.number = expectation.absent ? 0 : line.try_key("whole") ? 100 : line.amount("%");
  } else {
    return false;
  }
  return true;
}

}  // namespace

Expectation read_expectation(Line& line) {
  Expectation expectation;
  if (read_lookup(line, expectation)) return expectation;
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
    expectation.who = line.word(
        "on, kept, cases, case, count, view, skew, lost, paper, alike, history, content, "
        "contents, RECORD.FIELD or who acted");
    read_about_act(line, expectation);
  }
  return expectation;
}

}  // namespace daybook::scenario
