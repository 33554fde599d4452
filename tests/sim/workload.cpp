// SPDX-License-Identifier: Apache-2.0
// People at work: a dispatcher who plans and changes visits, technicians in cellars, support who
// settles what waits. Everybody only adds words to the notes they see; that is what the checker of
// words relies on.
#include <algorithm>

#include "tests/sim/world.hpp"

namespace daybook::sim {
namespace {

Value words(std::string text) { return Value::text(std::move(text)); }
Value refer(const RecordRef& record) { return Value::bytes(copy_of(record.id.view())); }

std::string text_of(const Fields& row, const char* field) {
  const auto* value = row.find(field);
  return value != nullptr && value->kind() == Value::Kind::kText ? value->as_text() : std::string();
}

Value with_element(const Fields& row, const char* field, Value element) {
  const auto* value = row.find(field);
  ValueList list =
      value != nullptr && value->kind() == Value::Kind::kList ? value->as_list() : ValueList{};
  if (std::find(list.begin(), list.end(), element) == list.end())
    list.push_back(std::move(element));
  return Value::list(std::move(list));
}

std::optional<Value> without_one(const Fields& row, const char* field, std::uint64_t which) {
  const auto* value = row.find(field);
  if (value == nullptr || value->kind() != Value::Kind::kList || value->as_list().empty())
    return std::nullopt;
  ValueList list = value->as_list();
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(which % list.size()));
  return Value::list(std::move(list));
}

}  // namespace

// Never twice in one world, so that a value tells who wrote it.
std::string World::next_word() { return std::to_string(book_.next_word++); }

std::string World::new_canary(const RecordRef& record) {
  const std::string canary = "canary-" + next_word() + "-yranac";
  book_.canaries[record] = canary;
  return canary;
}

void World::act() {
  const auto draw = below(100);
  if (draw < 40) {
    office_acts();
  } else if (draw < 94) {
    Phone& phone = any_phone();
    const auto times = 1 + below(3);
    for (std::uint64_t i = 0; i < times; ++i) phone_acts(phone);
    if (below(5) == 0) phone.core().sync_now();
    poll_soon(phone);
  } else {
    support_acts(30);
  }
}

void World::office_acts() {
  if (!office_->is_up()) return;
  const auto draw = below(10);
  if (book_.visits.empty() || draw < 2) return office_plans_visit();
  if (draw == 2) return office_makes_part();
  const std::size_t words_before = book_.words.size();
  const OfficeEdit edit =
      draw == 3 && !book_.customers.empty() ? office_edits_customer() : office_edits_visit();
  if (edit.set.empty()) return;
  const auto receipt = office_->office("dispatcher", {edit});
  if (book_.words.size() == words_before) return;
  if (receipt.ok()) {
    book_.words.back().set = receipt->set;
  } else {
    book_.words.pop_back();
  }
}

void World::office_plans_visit() {
  const RecordRef visit{"visit", dice_.draw<Uuid>()};
  std::vector<OfficeEdit> edits;
  RecordRef customer{"customer", dice_.draw<Uuid>()};
  if (book_.customers.empty() || below(2) == 0) {
    edits.push_back(
        {customer, true, {{"canary", words(new_canary(customer))}, {"name", words("Zhang")}}, 0});
    book_.customers.push_back(customer);
  } else {
    customer = any_of(book_.customers);
  }
  const std::string word = "w" + next_word() + ";";
  edits.push_back({visit,
                   true,
                   {{"canary", words(new_canary(visit))},
                    {"technician", words(any_technician())},
                    {"customer", refer(customer)},
                    {"address", words("street " + next_word())},
                    {"notes", words(word)}},
                   0});
  const auto receipt = office_->office("dispatcher", edits);
  if (!receipt.ok()) return;
  book_.visits.push_back(visit);
  book_.words.push_back({word, visit, receipt->set, true});
}

OfficeEdit World::office_edits_visit() {
  Screen screen;
  if (!screens_.empty() && chance(plan_.stale_screen)) {
    screen = any_of(screens_);
  } else {
    const RecordRef visit = any_of(book_.visits);
    const auto state = must(office_->store().find_record(visit), "record");
    if (!state) return {};
    screen = {visit, must(office_->store().head(), "head").version, state->values()};
    if (screens_.size() < 6)
      screens_.push_back(screen);
    else
      screens_[below(6)] = screen;
  }
  OfficeEdit edit{screen.record, false, {}, screen.version};
  if (chance(plan_.parallel_words)) {
    const std::string word = "w" + next_word() + ";";
    edit.set.set("notes",
                 words(text_of(screen.values, "notes") + (below(2) == 0 ? "\n" : " ") + word));
    book_.words.push_back({word, screen.record, {}, true});
  }
  switch (below(7)) {
    case 0: edit.set.set("technician", words(any_technician())); break;
    case 1: edit.set.set("address", words("street " + next_word())); break;
    case 2: edit.set.set("priority", Value::integer(static_cast<std::int64_t>(below(5)))); break;
    case 3: edit.set.set("category", words("office " + next_word())); break;
    case 4:
      if (!book_.customers.empty()) edit.set.set("customer", refer(any_of(book_.customers)));
      break;
    case 5:
      if (!book_.parts.empty())
        edit.set.set("parts", with_element(screen.values, "parts", refer(any_of(book_.parts))));
      break;
    default: break;
  }
  return edit;
}

OfficeEdit World::office_edits_customer() {
  const RecordRef customer = any_of(book_.customers);
  const auto state = must(office_->store().find_record(customer), "record");
  if (!state) return {};
  OfficeEdit edit{customer, false, {}, must(office_->store().head(), "head").version};
  if (below(2) == 0) {
    edit.set.set("name", words("Zhang " + std::to_string(below(20))));
  } else {
    edit.set.set("phones",
                 with_element(state->values(), "phones", words(std::to_string(below(20)))));
  }
  return edit;
}

void World::office_makes_part() {
  const RecordRef part{"part", dice_.draw<Uuid>()};
  if (office_
          ->office("dispatcher",
                   {{part, true, {{"name", words("part " + std::to_string(below(9)))}}, 0}})
          .ok()) {
    book_.parts.push_back(part);
  }
}

std::optional<RecordRef> World::visit_on(Phone& phone) {
  std::vector<RecordRef> seen;
  for (const auto& visit : book_.visits) {
    if (phone.row(visit)) seen.push_back(visit);
  }
  if (seen.empty()) return std::nullopt;
  // Half of the time where something was done last: conflicts live there.
  return below(2) == 0 ? seen.back() : any_of(seen);
}

Fields World::field_work(Phone& phone, const RecordRef& visit, const Fields& row,
                         std::string* word) {
  Fields set;
  if (chance(plan_.parallel_words)) {
    *word = "w" + next_word() + ";";
    set.set("notes", words(text_of(row, "notes") + (below(2) == 0 ? "\n" : " ") + *word));
  }
  switch (below(7)) {
    case 0: set.set("cause", words("cause " + std::to_string(below(50)))); break;
    case 1: set.set("category", words("field " + next_word())); break;
    case 2: set.set("meter", Value::integer(static_cast<std::int64_t>(below(1000)))); break;
    case 3: set.set("address", words("found at " + next_word())); break;
    case 4: {
      const auto less = without_one(row, "parts", below(8));
      if (less) set.set("parts", *less);
      break;
    }
    case 5:
      if (!book_.parts.empty()) {
        const auto part = any_of(book_.parts);
        if (phone.row(part)) set.set("parts", with_element(row, "parts", refer(part)));
      }
      break;
    default: break;
  }
  if (set.empty())
    set.set("cause", words("looked at " + std::to_string(below(50)) + " " + visit.collection));
  return set;
}

void World::phone_acts(Phone& phone) {
  const auto visit = visit_on(phone);
  std::vector<RecordInput> changes;
  const auto draw = below(12);
  std::string word;
  RecordRef words_of;
  std::optional<RecordRef> new_visit, new_part;
  if (!visit || draw == 0) {
    new_visit = words_of = RecordRef{"visit", phone.core().new_id()};
    word = "w" + next_word() + ";";
    changes.push_back({*new_visit,
                       Change::Kind::kCreate,
                       {{"canary", words(new_canary(*new_visit))},
                        {"technician", words(phone.device().enrolled)},
                        {"notes", words(word)}}});
  } else {
    const auto row = phone.row(*visit);
    if (draw == 1) {
      const auto* customer = row->find("customer");
      const auto id = customer != nullptr && customer->kind() == Value::Kind::kBytes
                          ? Uuid::from(customer->as_bytes())
                          : std::nullopt;
      const auto held = id ? phone.row({"customer", *id}) : std::nullopt;
      if (!held) return;
      Fields set;
      const auto less = without_one(*held, "phones", below(8));
      if (below(3) == 0) set.set("name", words("Li " + std::to_string(below(20))));
      if (less && below(3) == 0)
        set.set("phones", *less);
      else
        set.set("phones", with_element(*held, "phones", words(std::to_string(below(20)))));
      changes.push_back({{"customer", *id}, Change::Kind::kEdit, std::move(set)});
    } else {
      words_of = *visit;
      Fields set = field_work(phone, *visit, *row, &word);
      if (draw <= 4) {
        const RecordRef event{"visit_event", phone.core().new_id()};
        const char* kind = draw == 2 ? "departed" : "arrived";
        changes.push_back({event,
                           Change::Kind::kCreate,
                           {{"visit", refer(*visit)},
                            {"canary", words(new_canary(event))},
                            {"kind", words(kind)}}});
      }
      if (draw == 5 || draw == 6) {
        new_part = RecordRef{"part", phone.core().new_id()};
        changes.push_back({*new_part, Change::Kind::kCreate, {{"name", words("found")}}});
        set.set("parts", with_element(*row, "parts", refer(*new_part)));
      }
      changes.push_back({*visit, Change::Kind::kEdit, std::move(set)});
    }
  }
  const auto photo = take_photo(phone, changes.front().record);
  std::vector<Attachment> attachments;
  if (photo) attachments.push_back(*photo);
  const auto done = phone.act(std::move(changes), std::move(attachments));
  // The same value again is no change, and is refused; nothing else may be.
  if (!done.ok()) {
    line_.say(phone.name(), "may not: " + to_string(done.error()));
    return;
  }
  if (photo) note_photo(phone, *photo, done->set);
  if (new_visit) book_.visits.push_back(*new_visit);
  if (new_part) book_.parts.push_back(*new_part);
  if (!word.empty()) book_.words.push_back({word, words_of, done->set, false});
}

// Who calls because the restored office does not know his phone gets a new code.
void World::enrol_the_forgotten() {
  for (auto& device : devices_) {
    if (office_->knows(*device)) continue;
    office_->enrol(*device);
    line_.say("support", "enrols device " + std::to_string(device->index) + " anew");
    for (auto& phone : phones_) {
      if (phone->device().index != device->index) continue;
      phone->enrol();
      poll_soon(*phone);
    }
  }
}

// Settles some of the open cases, or all that stand in the way of rest, and tells how many. Which
// ones must not depend on their order.
int World::support_acts(int percent) {
  if (!office_->is_up()) return 0;
  enrol_the_forgotten();
  auto cases = must(office_->store().list_cases(CaseState::kOpen, 0, 1000), "cases");
  const auto weight = [](const ConflictCase& conflict) {
    std::uint64_t sum = static_cast<std::uint64_t>(conflict.kind);
    for (const std::size_t i : {9u, 11u, 13u, 15u}) sum = sum * 257 + conflict.record.id.raw[i];
    for (const auto& set : conflict.trail) sum = sum * 257 + set.raw[15];
    for (const char c : conflict.field)
      sum = sum * 31 + static_cast<unsigned char>(c == '-' ? 0 : 1);
    return sum;
  };
  std::stable_sort(cases.begin(), cases.end(),
                   [&](const auto& a, const auto& b) { return weight(a) < weight(b); });
  int settled_count = 0;
  for (const auto& conflict : cases) {
    const auto draw = Dice(weight(conflict) + plan_.seed).next();
    if (draw / 7 % 100 >= static_cast<std::uint64_t>(percent)) continue;
    Decision decision{conflict.number, "support", "confirm", std::nullopt, "asked the customer"};
    switch (conflict.kind) {
      case CaseKind::kField:
      case CaseKind::kLate:
      case CaseKind::kAmendment:
        decision.choice = conflict.field == "notes" ? "both" : draw % 2 == 0 ? "office" : "device";
        break;
      case CaseKind::kParked: decision.choice = draw % 3 == 0 ? "discard" : "release"; break;
      case CaseKind::kRestore: {
        const auto held = must(office_->store().find_record(conflict.record), "record");
        decision.choice = held || draw % 2 == 0 ? "office" : "device";
        break;
      }
      case CaseKind::kDeviceHeld:
      case CaseKind::kDeviceForked:
      case CaseKind::kLostInRestore:
      case CaseKind::kContested:
      case CaseKind::kBalance:
      case CaseKind::kRevokedKey:
      case CaseKind::kEvidenceLost:
      case CaseKind::kUnsealed: break;
    }
    auto settled = office_->resolve(decision);
    if (!settled.ok() && healed_ && conflict.kind == CaseKind::kParked) {
      decision.choice = "discard";
      settled = office_->resolve(decision);
    }
    if (settled.ok()) ++settled_count;
  }
  return settled_count;
}

}  // namespace daybook::sim
