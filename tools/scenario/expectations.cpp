// SPDX-License-Identifier: Apache-2.0
// What must be so in a scenario. Each check says what was expected and what was found.
#include <algorithm>

#include "tools/scenario/world.hpp"

namespace daybook::scenario {
namespace {

// Every value that a set asked for in this field, claims included.
bool asks_for(const Body& body, const RecordRef& record, const std::string& field,
              const Value& value) {
  for (const auto& change : body.changes) {
    if (change.record != record) continue;
    const Value* created = change.created.find(field);
    if (created != nullptr && *created == value) return true;
    for (const auto& edit : change.edits) {
      if (edit.field == field && edit.now == value) return true;
    }
  }
  return std::any_of(body.claims.begin(), body.claims.end(), [&](const Claim& claim) {
    return claim.record == record && claim.field == field && claim.seen == value;
  });
}

}  // namespace

void World::unmet(int line, const std::string& expected, const std::string& found) const {
  throw Unmet(line, say("expected ", "预期 ") + expected + say(", found ", "，实得 ") + found);
}

const World::Act& World::act_named(const std::string& name, int line) const {
  const auto found = acts_.find(name);
  if (found == acts_.end())
    throw Mistake(line, "expected somebody who acted, or the name of an act, found " + name);
  return found->second;
}

Value World::value_of(const Literal& literal, const RecordRef& record, const std::string& field,
                      int line) const {
  return read_value(literal, field_of(office_.schema(), record, field), names_, line);
}

// The judgement; a further word of headquarters is read where it arrives, on the phone.
void World::expect_verdict(const Expectation& wanted, int line) {
  const Act& act = act_named(wanted.who, line);
  const auto compare = [&](Verdict verdict, const std::string& reason) {
    const auto with = [](const std::string& code, const std::string& why) {
      return why.empty() ? code : code + " " + why;
    };
    const std::string found(name_of(verdict));
    if (found != wanted.code || (!wanted.reason.empty() && wanted.reason != reason))
      unmet(line, with(wanted.code, wanted.reason), with(found, reason));
  };
  if (wanted.code == name_of(Verdict::kFurther) && act.phone != nullptr) {
    const auto newest = newest_receipt(act, line);
    return compare(newest.verdict, newest.reason);
  }
  const auto* told = onlooker_.find(act.set);
  if (told == nullptr)
    unmet(line, wanted.code, say("that it has not reached headquarters", "尚未到达总部"));
  compare(told->verdict, told->reason);
}

Receipt World::newest_receipt(const Act& act, int line) {
  auto receipts = sure(act.phone->core().receipts_of(act.set));
  if (receipts.empty())
    unmet(line, say("a receipt on ", "回执在 ") + act.phone->name(), say("none", "没有"));
  return std::move(receipts.back());
}

// What the phone was told in its newest receipt; headquarters' people are answered at once.
std::vector<FieldReceipt> World::told_in(const Act& act, int line) {
  if (act.phone != nullptr) return newest_receipt(act, line).fields;
  std::vector<FieldReceipt> fields;
  const auto* told = onlooker_.find(act.set);
  if (told == nullptr) return fields;
  for (const auto& field : told->fields)
    fields.push_back({field.record, field.plan.field, field.plan.outcome, field.plan.rule,
                      field.plan.own, field.case_number});
  return fields;
}

void World::expect_told(const Expectation& wanted, int line) {
  const Act& act = act_named(wanted.who, line);
  const auto fields = told_in(act, line);
  std::string all;
  for (const auto& field : fields) {
    std::string why;
    if (const auto* told = onlooker_.find(act.set)) {
      for (const auto& one : told->fields) {
        if (one.record == field.record && one.plan.field == field.field) why = one.plan.why;
      }
    }
    const std::string name = names_.name_of(field.record) + "." + field.field;
    all += (all.empty() ? "" : "; ") + name + " " + std::string(name_of(field.outcome)) + " rule " +
           field.rule + " why " + why + (field.case_number != 0 ? " case" : "");
    if (wanted.kind == Expecting::kToldNothing || name != wanted.record + "." + wanted.field)
      continue;
    const bool fits = name_of(field.outcome) == wanted.code &&
                      (wanted.rule.empty() || wanted.rule == field.rule) &&
                      (wanted.why.empty() || wanted.why == why) &&
                      (!wanted.with_case || field.case_number != 0);
    if (fits) return;
  }
  if (wanted.kind == Expecting::kToldNothing) {
    if (!all.empty()) unmet(line, say("that there was nothing to tell", "无事可告"), all);
    return;
  }
  unmet(line, wanted.record + "." + wanted.field + " " + wanted.code,
        all.empty() ? say("nothing told", "无事") : all);
}

void World::compare(const Expectation& wanted, const RecordRef& record,
                    const std::optional<Fields>& row, const std::string& where, int line) {
  if (!row) unmet(line, wanted.record + " " + where, say("that it is not there", "没有"));
  const auto* field = field_of(office_.schema(), record, wanted.field);
  const Value* held = row->find(wanted.field);
  const auto found = held == nullptr ? std::nullopt : std::optional(*held);
  std::optional<Value> expected;
  if (!wanted.absent) expected = value_of(wanted.value, record, wanted.field, line);
  if (found != expected)
    unmet(line, shown(expected, field, names_) + " " + where, shown(found, field, names_));
}

void World::expect_value(const Expectation& wanted, int line) {
  const auto& record = record_of(wanted.record, line);
  compare(wanted, record, office_row(record), say("at headquarters", "在总部"), line);
}

// What somebody has before him: on a phone, or at headquarters as far as his account sees it.
std::optional<Fields> World::row_before(const std::string& who, const RecordRef& record, int line) {
  if (is_office(who)) {
    const bool seen = sure(office_.territory_of(who).holds(record));
    return seen ? office_row(record) : std::nullopt;
  }
  FieldPhone* phone = find_phone(who);
  if (phone == nullptr)
    throw Mistake(line, "expected a phone or somebody at headquarters, found " + who);
  const auto row = sure(phone->core().find_row(record));
  return row ? std::optional(row->values) : std::nullopt;
}

void World::expect_on_phone(const Expectation& wanted, int line) {
  const auto& record = record_of(wanted.record, line);
  const auto row = row_before(wanted.who, record, line);
  if (wanted.kind == Expecting::kNotOnPhone) {
    if (row)
      unmet(line, say("no ", "没有 ") + wanted.record + say(" on ", " 在 ") + wanted.who,
            say("that it is there", "有"));
    return;
  }
  compare(wanted, record, row, say("on ", "在 ") + wanted.who, line);
}

// The value is not in force, and the set that asked for it stands in the record's history.
void World::expect_kept(const Expectation& wanted, int line) {
  const auto& record = record_of(wanted.record, line);
  const Value value = value_of(wanted.value, record, wanted.field, line);
  const auto row = office_row(record);
  const Value* held = row ? row->find(wanted.field) : nullptr;
  const std::string name = wanted.record + "." + wanted.field;
  if (held != nullptr && *held == value)
    unmet(line, name + say(" kept beside what is in force", " 留存而不生效"),
          say("that it is in force", "正在生效"));
  for (const Version version : sure(office_.store().history_of(record, 1000))) {
    const auto commit = sure(office_.store().find_commit(version));
    const auto first = sure(office_.store().find_set(commit->set));
    if (asks_for(sure(decode_body(first->body)), record, wanted.field, value)) return;
  }
  unmet(line, name + say(" in the history of the record", " 在记录的历史中"),
        say("nothing of it there", "没有"));
}

std::string World::list_open_cases() {
  std::string all;
  for (const auto& conflict : office_.open_cases()) {
    const auto* field = field_of(office_.schema(), conflict.record, conflict.field);
    all += (all.empty() ? "" : "; ") + std::string(name_of(conflict.kind));
    if (!conflict.record.collection.empty()) {
      all += " " + names_.name_of(conflict.record) + "." + conflict.field +
             " office=" + shown(conflict.office_value, field, names_) +
             " device=" + shown(conflict.device_value, field, names_);
    }
    if (!conflict.detail.empty()) all += " (" + conflict.detail + ")";
  }
  return all.empty() ? say("no open case", "没有未决案件") : all;
}

void World::expect_case(const Expectation& wanted, int line) {
  for (const auto& conflict : office_.open_cases()) {
    if (name_of(conflict.kind) != wanted.code) continue;
    if (!wanted.record.empty()) {
      const bool here =
          conflict.record == record_of(wanted.record, line) && conflict.field == wanted.field;
      if (!here) continue;
    }
    const bool values_fit =
        std::all_of(wanted.pairs.begin(), wanted.pairs.end(), [&](const Pair& pair) {
          const auto& held = pair.name == "office" ? conflict.office_value : conflict.device_value;
          return held == value_of(pair.value, conflict.record, conflict.field, line);
        });
    if (values_fit) return;
  }
  unmet(line, say("an open case of the kind ", "未决案件，类别 ") + wanted.code, list_open_cases());
}

void World::expect_count(const Expectation& wanted, int line) {
  const auto& collection = collection_of(office_.schema(), wanted.collection, line);
  Part part;
  part.pairs = wanted.pairs;
  const Fields fields = fields_of(part, collection, nullptr, names_, line);
  std::uint64_t found = 0;
  for (const auto& state : sure(office_.store().list_records(collection.name, {}, 10'000))) {
    const Fields row = state.values();
    found += std::all_of(fields.begin(), fields.end(), [&](const Fields::Entry& entry) {
      const Value* held = row.find(entry.first);
      return held != nullptr && *held == entry.second;
    });
  }
  if (found != wanted.number)
    unmet(line, std::to_string(wanted.number) + " " + wanted.collection, std::to_string(found));
}

// How far off the phone's clock was, as its last act says: evidence, from which the true time of
// everything in it can be computed.
void World::expect_skew(const Expectation& wanted, int line) {
  const auto row = sure(office_.store().find_set(act_named(wanted.who, line).set));
  if (!row)
    unmet(line, say("that it is at headquarters", "已到总部"), say("that it is not", "没有"));
  const Stamp stamp = sure(decode_body(row->body)).stamp;
  if (stamp.skew_bound_ms < 0 || stamp.skew_ms != wanted.ms)
    unmet(line, std::to_string(wanted.ms) + " ms", std::to_string(stamp.skew_ms) + " ms");
}

void World::expect(const Step& step) {
  Expectation wanted = step.expectation;
  if (!wanted.field.empty()) {
    const auto* field =
        field_of(office_.schema(), record_of(wanted.record, step.line), wanted.field);
    if (field != nullptr) wanted.field = field->name;
  }
  switch (wanted.kind) {
    case Expecting::kVerdict: return expect_verdict(wanted, step.line);
    case Expecting::kTold:
    case Expecting::kToldNothing: return expect_told(wanted, step.line);
    case Expecting::kValue: return expect_value(wanted, step.line);
    case Expecting::kOnPhone:
    case Expecting::kNotOnPhone: return expect_on_phone(wanted, step.line);
    case Expecting::kKept: return expect_kept(wanted, step.line);
    case Expecting::kCase: return expect_case(wanted, step.line);
    case Expecting::kCount: return expect_count(wanted, step.line);
    case Expecting::kSkew: return expect_skew(wanted, step.line);
    case Expecting::kView:
    case Expecting::kViewOnPhone: return expect_view(wanted, step.line);
    case Expecting::kLost: return expect_lost(wanted, step.line);
    case Expecting::kPaper: return expect_paper(wanted, step.line);
    case Expecting::kHistory: return expect_history(wanted, step.line);
    case Expecting::kAlike: return expect_alike(wanted, step.line);
    case Expecting::kContent:
    case Expecting::kContents:
    case Expecting::kCarried:
    case Expecting::kBroken: return expect_content(wanted, step.line);
    case Expecting::kCases: break;
  }
  if (office_.open_cases().size() != wanted.number)
    unmet(step.line, std::to_string(wanted.number) + say(" open cases", " 个未决案件"),
          std::to_string(office_.open_cases().size()) + ": " + list_open_cases());
}

}  // namespace daybook::scenario
