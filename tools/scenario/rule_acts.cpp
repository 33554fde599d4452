// SPDX-License-Identifier: Apache-2.0
// Acts and views that the rules name, on phones and at headquarters.
#include <algorithm>

#include "core/acts/act_door.hpp"
#include "core/acts/act_tables.hpp"
#include "core/base/hex.hpp"
#include "core/schema/sql_text.hpp"
#include "tools/scenario/script/words.hpp"
#include "tools/scenario/world.hpp"

namespace daybook::scenario {
namespace {

template <class Named>
const Named* find_named(const std::vector<Named>& all, const std::string& text) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& each) {
    return text == each.name || text == each.label_zh || text == each.label_en;
  });
  return found == all.end() ? nullptr : &*found;
}

std::string sentences(const std::vector<ActSaying>& sayings, Language language) {
  std::string text;
  for (const auto& saying : sayings)
    text += (text.empty() ? "" : "; ") + either(language, saying.en, saying.zh);
  return text;
}

bool says(const std::vector<ActSaying>& sayings, const std::string& part) {
  return std::any_of(sayings.begin(), sayings.end(), [&](const ActSaying& saying) {
    return saying.zh.find(part) != std::string::npos || saying.en.find(part) != std::string::npos;
  });
}

// A column has no type of its own; where it is called like a field of a collection that the view
// names, it is taken for that field, and for a time where its name ends in _at.
const FieldSchema* column_field(const Schema& schema, const ViewSchema& view,
                                const std::string& column) {
  const auto names = sure(read_sql_text(view.sql)).names;
  for (const auto& collection : schema.collections) {
    if (names.count(collection.name) == 0) continue;
    if (const auto* field = collection.find(column)) return field;
  }
  return column.ends_with("_at") ? &time_field() : nullptr;
}

void bind_value(sqlite::Statement& statement, int at, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kInt: statement.bind(at, value.as_int()); break;
    case Value::Kind::kBool: statement.bind(at, value.as_bool()); break;
    case Value::Kind::kText: statement.bind(at, value.as_text()); break;
    default: statement.bind(at, nullptr); break;
  }
}

std::string rows_of(sqlite::ReadDoor& door, const std::string& view) {
  auto rows = door.prepare("select * from " + view + " limit 20");
  if (!rows.ok()) return to_string(rows.error());
  std::string text;
  while (true) {
    const auto more = rows->step();
    if (!more.ok()) return to_string(more.error());
    if (!*more) return text.empty() ? "0" : text;
    text += text.empty() ? "(" : "; (";
    for (int i = 0; i < rows->column_count(); ++i) {
      text += (i == 0 ? "" : ", ") + std::string(rows->column_name(i)) + "=";
      text += rows->is_null(i) ? "null" : std::string(rows->any_text(i));
    }
    text += ")";
  }
}

}  // namespace

ActCall World::call_of(const Step& step, const ActSchema& act) {
  ActCall call;
  call.me = step.who;
  call.despite_warnings = !step.warns.empty();
  if (!step.subject.empty()) call.about = record_of(step.subject, step.line).id;
  for (const auto& pair : step.parts.front().pairs) {
    const FieldSchema* const argument = find_named(act.takes, pair.name);
    if (argument == nullptr || pair.sign != '=')
      throw Mistake(step.line, "expected an argument of " + act.name + ", found " + pair.name);
    call.arguments.set(argument->name, read_value(pair.value, argument, names_, step.line));
  }
  return call;
}

// What it came to, and the set that it became.
Result<std::pair<ActEffect, SetId>> World::act_by(const Step& step, const ActSchema& act) {
  const ActCall call = call_of(step, act);
  if (is_office(step.who)) {
    DAYBOOK_ASSIGN(const auto done, office_.act(act.name, call, reports_path()));
    return std::pair(done.effect, done.receipt ? done.receipt->set : SetId{});
  }
  DAYBOOK_ASSIGN(const auto done, phone_of(step).act(act.name, call));
  return std::pair(done.effect, done.committed ? done.committed->set : SetId{});
}

// What it says, missing or warned of: an act that nobody insisted on is stopped by either.
void World::check_sayings(const Step& step, const ActEffect& effect) {
  std::vector<ActSaying> told = effect.missing;
  told.insert(told.end(), effect.warnings.begin(), effect.warnings.end());
  const std::string all = sentences(told, story_.language());
  for (const auto& part : step.lacks) {
    if (effect.may_go_on || !says(told, part))
      unmet(step.line, say("that it lacks ", "欠缺 ") + part,
            all.empty() ? say("nothing missing", "无所欠缺") : all);
  }
  for (const auto& part : step.warns) {
    if (!says(effect.warnings, part))
      unmet(step.line, say("that it warns ", "提醒 ") + part,
            all.empty() ? say("no warning", "没有提醒") : all);
  }
  if (!all.empty()) story_.could_not(all);
  if (!effect.may_go_on && step.lacks.empty())
    throw Unmet(step.line, say("this could not be done: ", "未能完成：") + all);
}

void World::do_act(const Step& step) {
  const bool at_desk = is_office(step.who);
  const auto rules = at_desk ? nullptr : phone_of(step).core().schema();
  const Schema& schema = at_desk ? office_.schema() : *rules;
  const ActSchema* const act = find_named(schema.acts, step.act);
  if (act == nullptr)
    throw Mistake(step.line, "expected an act of " + schema.name + ", found " + step.act);
  const auto done = act_by(step, *act);
  if (!done.ok()) {
    const auto& error = done.error();
    const bool so = step.fails == name_of(error.code) || step.fails == error.detail;
    return note_ending(step, so ? step.fails : to_string(error));
  }
  const auto& [effect, set] = *done;
  check_sayings(step, effect);
  if (!effect.may_go_on) return;
  note_ending(step, "");
  for (const auto& pair : step.makes) {
    const auto made = std::find_if(effect.created.begin(), effect.created.end(),
                                   [&](const ActRecord& each) { return each.as == pair.name; });
    if (made == effect.created.end())
      throw Mistake(step.line, "expected a record that " + act->name + " made, found " + pair.name);
    names_.add(pair.value.text, made->record);
  }
  acts_[step.who] = {set, at_desk ? nullptr : &phone_of(step)};
  if (!step.label.empty()) acts_[step.label] = acts_[step.who];
}

void World::expect_view(const Expectation& wanted, int line) {
  const bool on_phone = wanted.kind == Expecting::kViewOnPhone;
  FieldPhone* const phone = on_phone ? find_phone(wanted.who) : nullptr;
  if (on_phone && phone == nullptr) throw Mistake(line, "expected a phone, found " + wanted.who);
  const auto rules = on_phone ? phone->core().schema() : nullptr;
  const Schema& schema = on_phone ? *rules : office_.schema();
  const ViewSchema* const view = find_named(schema.views, wanted.collection);
  if (view == nullptr)
    throw Mistake(line, "expected a view of " + schema.name + ", found " + wanted.collection);
  if (!on_phone) office_.follow(reports_path());
  const auto door = sure(open_act_door(on_phone ? phone->path() : reports_path(), schema,
                                       on_phone ? Where::kPhone : Where::kOffice));
  const std::string name = quoted_sql_name(view->name);
  std::string sql = "select count(*) from " + name;
  std::vector<Value> values;
  for (const auto& pair : wanted.pairs) {
    const auto* record = pair.value.quoted ? nullptr : names_.find(pair.value.text);
    const bool absent = !pair.value.quoted && key_of(pair.value.text) == "absent";
    sql += (values.empty() ? " where " : " and ") + quoted_sql_name(pair.name) + " is ?";
    values.push_back(
        absent   ? Value()
        : record ? Value::text(to_string(record->id))
                 : read_value(pair.value, column_field(schema, *view, pair.name), names_, line));
  }
  auto count = door->prepare(sql);
  if (!count.ok())
    throw Mistake(line, "expected a column of " + view->name + ": " + count.error().detail);
  for (std::size_t i = 0; i < values.size(); ++i)
    bind_value(*count, static_cast<int>(i) + 1, values[i]);
  sure(count->step());
  const auto found = count->uint64(0);
  if (found == wanted.number) return;
  unmet(line, std::to_string(wanted.number) + say(" rows of ", " 行 ") + view->name,
        std::to_string(found) + ": " + rows_of(*door, name));
}

}  // namespace daybook::scenario
