// SPDX-License-Identifier: Apache-2.0
// What people and phones do in a scenario.
#include <algorithm>

#include "tools/scenario/world.hpp"

namespace daybook::scenario {
namespace {

// What `+=` and `-=` make of the value on the screen: one element more or less, one paragraph more.
Value changed_by(const Pair& pair, const FieldSchema* field, const Value* before,
                 const Names& names, int line) {
  const bool text = field != nullptr && field->type == FieldType::kText && pair.sign == '+';
  if (text) {
    const Value added = read_value(pair.value, field, names, line);
    const bool empty = before == nullptr || before->kind() != Value::Kind::kText;
    return empty ? added : Value::text(before->as_text() + "\n" + added.as_text());
  }
  Literal items = pair.value;
  if (!items.is_list) items = Literal{{}, false, true, {pair.value}};
  const Value change = read_value(items, field, names, line);
  if (change.kind() != Value::Kind::kList)
    throw Mistake(line,
                  "expected a list before " + std::string(1, pair.sign) + "=, found " + pair.name);
  ValueList list;
  if (before != nullptr && before->kind() == Value::Kind::kList) list = before->as_list();
  for (const auto& item : change.as_list()) {
    if (pair.sign == '+') list.push_back(item);
    if (pair.sign == '-') list.erase(std::remove(list.begin(), list.end(), item), list.end());
  }
  return Value::list(std::move(list));
}

// How an error is told and compared: its code, or the reason that headquarters names in the detail.
bool is_failure(const std::string& wanted, const Error& error) {
  return !wanted.empty() && (wanted == name_of(error.code) || wanted == error.detail);
}

}  // namespace

const CollectionSchema& World::collection_of(const Schema& schema, const std::string& name,
                                             int line) {
  for (const auto& collection : schema.collections) {
    if (name == collection.name || name == collection.label_zh || name == collection.label_en)
      return collection;
  }
  throw Mistake(line, "expected a collection of " + schema.name + ", found " + name);
}

Fields World::fields_of(const Part& part, const CollectionSchema& collection, const Fields* before,
                        const Names& names, int line) {
  Fields fields;
  for (const auto& pair : part.pairs) {
    const FieldSchema* field = field_of(collection, pair.name);
    const std::string name = field == nullptr ? pair.name : field->name;
    const Value* held = before == nullptr ? nullptr : before->find(name);
    fields.set(name, pair.sign == '=' ? read_value(pair.value, field, names, line)
                                      : changed_by(pair, field, held, names, line));
  }
  return fields;
}

SetId World::write_on_phone(const Step& step, FieldPhone& phone, Names& names, std::string& error) {
  const auto schema = phone.core().schema();
  std::vector<RecordInput> changes;
  for (const auto& part : step.parts) {
    RecordInput change;
    std::optional<ViewRow> row;
    if (part.creates) {
      change.record = {collection_of(*schema, part.collection, step.line).name,
                       phone.core().new_id()};
      if (!part.record.empty()) names.add(part.record, change.record);
    } else {
      change.record = record_of(part.record, step.line);
      change.kind = Change::Kind::kEdit;
      row = sure(phone.core().find_row(change.record));
    }
    change.values = fields_of(part, collection_of(*schema, change.record.collection, step.line),
                              row ? &row->values : nullptr, names, step.line);
    changes.push_back(std::move(change));
  }
  const auto promised = promised_by(phone, changes);
  const auto committed = phone.commit(std::move(changes), promised);
  if (committed.ok()) return committed->set;
  error = to_string(committed.error());
  if (is_failure(step.fails, committed.error())) error = step.fails;
  return {};
}

SetId World::write_at_desk(const Step& step, Names& names, std::string& error) {
  const Schema& schema = office_.schema();
  std::vector<OfficeEdit> edits;
  for (const auto& part : step.parts) {
    OfficeEdit edit;
    edit.create = part.creates;
    std::optional<Fields> row;
    if (part.creates) {
      edit.record = {collection_of(schema, part.collection, step.line).name, office_.new_id()};
      if (!part.record.empty()) names.add(part.record, edit.record);
    } else {
      edit.record = record_of(part.record, step.line);
      const auto screen = screens_.find({step.who, edit.record});
      const bool old = screen != screens_.end();
      edit.seen = old ? screen->second.version : office_.version();
      row = old ? std::optional(screen->second.values) : office_row(edit.record);
    }
    edit.set = fields_of(part, collection_of(schema, edit.record.collection, step.line),
                         row ? &*row : nullptr, names, step.line);
    edits.push_back(std::move(edit));
  }
  const auto receipt = office_.act(step.who, edits);
  if (receipt.ok()) {
    for (const auto& edit : edits) screens_.erase({step.who, edit.record});
    return receipt->set;
  }
  error = to_string(receipt.error());
  if (is_failure(step.fails, receipt.error())) error = step.fails;
  return {};
}

// An act that must fail, failed so; one that must not, did not.
void World::note_ending(const Step& step, const std::string& error) {
  if (!error.empty()) story_.could_not(error);
  if (error == step.fails) return;
  throw Unmet(step.line, step.fails.empty()
                             ? say("this could not be done: ", "未能完成：") + error
                             : say("expected that it fails with ", "预期被拒 ") + step.fails +
                                   say(", found ", "，实得 ") +
                                   (error.empty() ? say("that it was done", "已完成") : error));
}

void World::write(const Step& step) {
  Names names = names_;  // what was created is known by its name only if it was
  std::string error;
  Act done;
  if (is_office(step.who)) {
    done.set = write_at_desk(step, names, error);
  } else {
    done.phone = &phone_of(step);
    done.set = write_on_phone(step, *done.phone, names, error);
  }
  note_ending(step, error);
  if (!error.empty()) return;
  names_ = std::move(names);
  acts_[step.who] = done;
  if (!step.label.empty()) acts_[step.label] = done;
}

void World::look_at(const Step& step) {
  const auto& record = record_of(step.subject, step.line);
  const auto row = office_row(record);
  if (!row) throw Unmet(step.line, say("headquarters does not hold ", "总部没有 ") + step.subject);
  screens_[{step.who, record}] = {office_.version(), *row};
}

void World::settle(const Step& step) {
  Decision decision{step.number, step.who, step.subject, std::nullopt, step.how};
  if (step.value) {
    const auto conflict = sure(office_.store().find_case(step.number));
    if (conflict)
      decision.value = value_of(*step.value, conflict->record, conflict->field, step.line);
  }
  note_desk(step, office_.settle(decision));
}

void World::approve(const Step& step) {
  DeskAct act;
  act.number = step.number;
  act.by = step.who;
  note_desk(step, office_.approve(act));
}

void World::note_desk(const Step& step, const Result<ConflictCase>& settled) {
  if (settled.ok()) return note_ending(step, "");
  const bool so = is_failure(step.fails, settled.error());
  note_ending(step, so ? step.fails : to_string(settled.error()));
}

void World::copy_phone(const Step& step, FieldPhone& phone) {
  add_phone(step.subject, phone.actor());
  phones_.back()->begin_as_copy_of(phone);
}

void World::act_of_phone(const Step& step, FieldPhone& phone) {
  const auto need = [&](bool done, const char* what) {
    if (!done) throw Mistake(step.line, std::string("expected ") + what);
  };
  const bool by_hand =
      step.verb == Verb::kSends || step.verb == Verb::kHears || step.verb == Verb::kLoses;
  if (by_hand) need(!phone.is_online(), "a phone that is offline: online ones do this themselves");
  switch (step.verb) {
    case Verb::kOffline: phone.set_online(false); break;
    case Verb::kOnline: phone.set_online(true); break;
    case Verb::kSends:
      need(phone.send(office_), "something to send, and no answer on its way");
      break;
    case Verb::kHears: need(phone.hear(), "an answer on its way"); break;
    case Verb::kLoses: need(phone.lose(), "an answer on its way"); break;
    case Verb::kRestarts: phone.restart(); break;
    case Verb::kClock: phone.clock().set_wall_offset(step.ms); break;
    case Verb::kCopies: copy_phone(step, phone); break;
    case Verb::kResends: {
      const Version version = office_.version();
      const std::size_t cases = office_.cases().size();
      phone.resend(office_);
      if (office_.version() != version || office_.cases().size() != cases)
        throw Unmet(step.line, say("expected that sending again changes nothing, found commit ",
                                   "预期重发不产生变化，实得提交 ") +
                                   std::to_string(office_.version()));
      break;
    }
    default: ensure(false);
  }
}

// The lines of those who are offline come and go, and now and then an app dies: which, when and how
// often is drawn from the number, so that a story can be told again.
void World::be_unsteady(const Step& step) {
  constexpr int kDrawsEach = 30;
  std::vector<FieldPhone*> away;
  for (auto& phone : phones_) {
    if (!phone->is_online()) away.push_back(phone.get());
  }
  if (away.empty()) throw Mistake(step.line, "expected a phone that is offline");
  SeededRng chance(step.number);
  for (std::size_t i = 0; i < kDrawsEach * away.size(); ++i) {
    FieldPhone& phone = *away[chance.below(away.size())];
    switch (chance.below(8)) {
      case 0: phone.restart(); break;
      case 1:
      case 2: phone.lose(); break;
      case 3:
      case 4: phone.hear(); break;
      default: phone.send(office_); break;
    }
    tell_news();
  }
}

void World::act(const Step& step) {
  switch (step.verb) {
    case Verb::kWait: pass(step.ms); return office_.look_at_overdue();
    case Verb::kWrites: return write(step);
    case Verb::kDoes: return do_act(step);
    case Verb::kUnsteady: return be_unsteady(step);
    case Verb::kHolds: return hold_content(step, phone_of(step));
    case Verb::kCarries: return carry_content(step, phone_of(step));
    case Verb::kSigns: return sign(step);
    case Verb::kLooks:
    case Verb::kSettles:
    case Verb::kApproves:
    case Verb::kRevokes: break;
    default: return act_of_phone(step, phone_of(step));
  }
  if (!is_office(step.who))
    throw Mistake(step.line, "expected somebody at headquarters, found " + step.who);
  if (step.verb == Verb::kLooks) return look_at(step);
  if (step.verb == Verb::kSettles) return settle(step);
  if (step.verb == Verb::kApproves) return approve(step);
  FieldPhone* phone = find_phone(step.subject);
  if (phone == nullptr) throw Mistake(step.line, "expected a phone, found " + step.subject);
  office_.revoke(phone->device(),
                 step.how == "stolen" ? DeviceStatus::kStolen : DeviceStatus::kLeaver);
  revoked_.push_back(step.subject);
}

}  // namespace daybook::scenario
