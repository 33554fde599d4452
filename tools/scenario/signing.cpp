// SPDX-License-Identifier: Apache-2.0
// Papers that a customer is shown on a phone, signs, and that are sealed: the same desk that the
// host app's calls reach, with a pen that always draws the same.
#include <algorithm>

#include "client-lib/abi/json/value_json.hpp"
#include "core/acts/act_door.hpp"
#include "core/base/hex.hpp"
#include "tools/scenario/world.hpp"

namespace daybook::scenario {
namespace {

using abi::JsonValue;
using abi::JsonWriter;

JsonValue cell_of(sqlite::Statement& row, int at) {
  JsonValue cell;
  if (row.is_null(at)) return cell;
  if (row.kind(at) == sqlite::ColumnKind::kInteger) {
    cell.kind = JsonValue::Kind::kInt;
    cell.integer = row.int64(at);
  } else {
    cell.kind = JsonValue::Kind::kText;
    cell.text = std::string(row.any_text(at));
  }
  return cell;
}

std::string request_of(const FieldPhone::Wish& wish, const Schema& schema) {
  const bool survey = wish.paper == "survey";
  const auto* collection = schema.find(survey ? "survey" : "visit");
  JsonWriter out;
  out.begin_object().key("paper").text(wish.paper).key("about").text(to_string(wish.about));
  if (!survey && !wish.reason.empty() && wish.kind != "refused")
    out.key("reason").text(wish.reason);
  if (survey || !wish.values.empty()) {
    out.key(survey ? "answers" : "set").begin_object();
    for (const auto& [name, value] : wish.values) {
      const auto* field = collection->find(name);
      write_value(out.key(name), value, field == nullptr ? nullptr : &field->type);
    }
    out.end_object();
  }
  return out.end_object().take();
}

std::string pen_of(const FieldPhone::Wish& wish) {
  JsonWriter out;
  out.begin_object().key("signer").text(wish.signer).key("signer_role").text("user");
  out.key("kind").text(wish.kind);
  if (wish.kind == "refused") {
    out.key("reason").text(wish.reason).key("witness").text(wish.witness);
  } else {
    out.key("strokes").raw("[[[40,120,0,466],[42,118,9,581]]]");
    out.key("consent").begin_object().key("id").text("1").key("text").text("我已阅读并同意。");
    out.end_object();
  }
  out.key("shown").begin_object().key("pages").begin_array().text(std::string(64, 'a'));
  out.end_array().key("language").text("zh").key("to_end").boolean(true).end_object();
  return out.end_object().take();
}

}  // namespace

Result<std::vector<JsonValue>> FieldPhone::ask(const std::string& sql, const std::string& about) {
  DAYBOOK_ASSIGN(const auto door, open_act_door(path_, *core_->schema(), Where::kPhone));
  DAYBOOK_ASSIGN(auto statement, door->prepare(sql));
  statement.bind(1, about);
  std::vector<JsonValue> rows;
  for (;;) {
    DAYBOOK_ASSIGN(const bool more, statement.step());
    if (!more) return rows;
    JsonValue row;
    row.kind = JsonValue::Kind::kArray;
    for (int i = 0; i < statement.column_count(); ++i) row.items.push_back(cell_of(statement, i));
    rows.push_back(std::move(row));
  }
}

Result<FieldPhone::Signed> FieldPhone::sign(const Wish& wish) {
  const papers::Desk desk{core_.get(), store_};
  DAYBOOK_ASSIGN(const auto asked, abi::read_json(request_of(wish, *core_->schema()), "present"));
  DAYBOOK_ASSIGN(const auto answer, papers_.present(desk, asked));
  DAYBOOK_ASSIGN(const auto told, abi::read_json(answer, "presented"));
  Signed signed_paper;
  if (const auto* missing = told.find("missing")) {
    for (const auto& one : missing->items)
      signed_paper.missing.push_back(one.find("zh")->text + " " + one.find("en")->text);
    return signed_paper;
  }
  const auto id = uuid_from(told.find("id")->text);
  ensure(id.has_value());
  if (!wish.signer.empty()) {
    DAYBOOK_ASSIGN(const auto pen, abi::read_json(pen_of(wish), "pen"));
    DAYBOOK_ASSIGN(auto signing, papers::read_signing(pen));
    DAYBOOK_TRY(papers_.sign(*id, std::move(signing)));
  }
  auto sealed = papers_.seal(desk, *id);
  if (!sealed.ok()) {
    DAYBOOK_TRY(papers_.close(*id));
    return sealed.error();
  }
  signed_paper.sealed = *std::move(sealed);
  return signed_paper;
}

FieldPhone::Wish World::wish_of(const Step& step) {
  FieldPhone::Wish wish;
  wish.paper = step.how;
  wish.kind = "drawn";
  wish.about = record_of(step.subject, step.line).id;
  const auto schema = phone_of(step).core().schema();
  Part values;
  for (const auto& pair : step.parts.front().pairs) {
    if (pair.name == "by") {
      wish.signer = pair.value.text;
    } else if (pair.name == "reason") {
      wish.reason = pair.value.text;
    } else if (pair.name == "refused") {
      wish.kind = "refused";
      wish.reason = pair.value.text;
    } else if (pair.name == "witness") {
      wish.witness = pair.value.text;
    } else {
      values.pairs.push_back(pair);
    }
  }
  const auto& collection =
      collection_of(*schema, step.how == "survey" ? "survey" : "visit", step.line);
  const auto row = sure(phone_of(step).core().find_row({"visit", wish.about}));
  wish.values = fields_of(values, collection, row ? &row->values : nullptr, names_, step.line);
  return wish;
}

void World::name_papers(const Step& step, const papers::Sealed& sealed) {
  for (const auto& pair : step.makes) {
    const auto made =
        std::find_if(sealed.input.changes.begin(), sealed.input.changes.end(),
                     [&](const RecordInput& one) { return one.record.collection == pair.name; });
    if (made == sealed.input.changes.end())
      throw Mistake(step.line,
                    "expected form, survey, signature or visit_event, found " + pair.name);
    names_.add(pair.value.text, made->record);
  }
}

void World::sign(const Step& step) {
  FieldPhone& phone = phone_of(step);
  const auto done = phone.sign(wish_of(step));
  if (!done.ok()) {
    const bool so = step.fails == name_of(done.error().code) || step.fails == done.error().detail;
    return note_ending(step, so ? step.fails : to_string(done.error()));
  }
  std::string all;
  for (const auto& one : done->missing) all += (all.empty() ? "" : "; ") + one;
  for (const auto& part : step.lacks) {
    if (all.find(part) == std::string::npos)
      unmet(step.line, say("that it lacks ", "欠缺 ") + part,
            all.empty() ? say("nothing missing", "无所欠缺") : all);
  }
  if (!all.empty()) story_.could_not(all);
  if (!done->sealed) {
    if (step.lacks.empty())
      throw Unmet(step.line, say("this could not be done: ", "未能完成：") + all);
    return;
  }
  note_ending(step, "");
  name_papers(step, *done->sealed);
  acts_[step.who] = {done->sealed->committed.set, &phone};
  if (!step.label.empty()) acts_[step.label] = acts_[step.who];
}

}  // namespace daybook::scenario
