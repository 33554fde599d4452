// SPDX-License-Identifier: Apache-2.0
// What people look up when they doubt: the sheet that is printed, who changed a field and when
// headquarters learnt it, and whether everybody holds the same.
#include <algorithm>

#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "core/wire/scope_digest.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/paper/documents.hpp"
#include "tools/scenario/script/words.hpp"
#include "tools/scenario/world.hpp"

namespace daybook::scenario {
namespace {

constexpr std::size_t kRecordsMax = 10'000;
constexpr std::int64_t kMinuteMs = 60'000;

std::string sheet_text(const Paper& paper) {
  std::string text = paper.title + "\n" + paper.number + "\n";
  for (const auto& notice : paper.notices) text += notice + "\n";
  for (const auto& box : paper.boxes) {
    text += box.title + "\n";
    for (const auto& cell : box.cells) text += cell.label + ": " + cell.text + "\n";
    for (const auto& column : box.table.columns) text += column.label + " | ";
    if (!box.table.columns.empty()) text += "\n";
    for (const auto& row : box.table.rows) {
      for (const auto& cell : row) text += cell + " | ";
      text += "\n";
    }
    for (const auto& signature : box.signatures) {
      text += signature.label + "\n";
      for (const auto& line : signature.lines) text += line + "\n";
    }
  }
  return text + paper.foot + "\n";
}

bool is_text(const Json& json, const char* name, const std::string& wanted) {
  return json.contains(name) && json[name].is_string() && json[name] == wanted;
}

std::int64_t time_in(const Pair& pair, const Names& names, int line) {
  return read_value(pair.value, &time_field(), names, line).as_int();
}

// The act's own time in headquarters' time, as far as the phone's clock could be compared.
bool was_captured_at(const Json& at, std::int64_t ms) {
  if (!at["measured"].get<bool>()) return at["claimed_ms"] == ms;
  return at["from_ms"].get<std::int64_t>() <= ms && ms <= at["to_ms"].get<std::int64_t>();
}

}  // namespace

// In Chinese and English, as it leaves the printer.
void World::expect_paper(const Expectation& wanted, int line) {
  const auto& record = record_of(wanted.record, line);
  const PaperWish wish{PaperTongue::kBoth, 0};
  const auto document = record.collection == "visit"
                            ? visit_document(office_.store(), office_.schema(), record.id, wish)
                            : record_document(office_.store(), office_.schema(), record, wish);
  if (!document.ok()) throw Unmet(line, to_string(document.error()));
  std::string text;
  for (const auto& paper : document->job.papers) text += sheet_text(paper);
  for (const auto& word : wanted.words) {
    if (text.find(word) == std::string::npos)
      unmet(line, say("that it is printed: ", "纸面上有 ") + word, "\n" + text);
  }
}

bool World::is_entry(const Json& entry, const Expectation& wanted, int line) {
  const auto& record = record_of(wanted.record, line);
  const auto* field = field_of(office_.schema(), record, wanted.field);
  const Json& change = entry["fields"].front();
  return std::all_of(wanted.pairs.begin(), wanted.pairs.end(), [&](const Pair& pair) {
    const std::string name(key_of(pair.name));
    const std::string& text = pair.value.text;
    const auto value = [&] {
      return key_of(text) == "absent" && !pair.value.quoted
                 ? Json(nullptr)
                 : json_of(field, value_of(pair.value, record, wanted.field, line));
    };
    if (name == "by") return is_text(entry, "by", text);
    if (name == "device") {
      FieldPhone* phone = find_phone(text);
      if (phone == nullptr) throw Mistake(line, "expected a phone, found " + text);
      return is_text(entry, "device", to_string(phone->device()));
    }
    if (name == "was") return change.value("old", Json(nullptr)) == value();
    if (name == "asked") return change.contains("new") && change["new"] == value();
    if (name == "outcome" || name == "rule" || name == "why")
      return is_text(change, name.c_str(), std::string(key_of(text)));
    if (name == "captured") return was_captured_at(entry["at"], time_in(pair, names_, line));
    if (name == "learnt")
      return entry["received_ms"].get<std::int64_t>() / kMinuteMs ==
             time_in(pair, names_, line) / kMinuteMs;
    throw Mistake(
        line, "expected by, device, was, asked, outcome, rule, why, captured or learnt, found " +
                  pair.name);
  });
}

void World::expect_history(const Expectation& wanted, int line) {
  const Json history = office_.history_of(record_of(wanted.record, line), wanted.field)["history"];
  std::uint64_t found = 0;
  for (const auto& entry : history) found += is_entry(entry, wanted, line) ? 1 : 0;
  if (found == wanted.number) return;
  unmet(line, say("in the history ", "经过中有 ") + std::to_string(wanted.number),
        std::to_string(found) + ": " + history.dump());
}

// Each of them shows the same records, all of them as headquarters has them, byte by byte.
void World::expect_alike(const Expectation& wanted, int line) {
  wire::ScopeSum of_office;
  std::vector<wire::ScopeSum> of_phones(wanted.words.size());
  std::vector<FieldPhone*> phones;
  for (const auto& name : wanted.words) {
    phones.push_back(find_phone(name));
    if (phones.back() == nullptr) throw Mistake(line, "expected a phone, found " + name);
  }
  for (const auto& collection : office_.schema().collections) {
    for (const auto& state : sure(office_.store().list_records(collection.name, {}, kRecordsMax))) {
      bool held = false;
      for (std::size_t i = 0; i < phones.size(); ++i) {
        const auto row = sure(phones[i]->core().find_row(state.record));
        if (!row) continue;
        held = true;
        if (row->state != RowState::kOffice)
          unmet(line, names_.name_of(state.record) + say(" as headquarters has it", " 与总部相同"),
                say("work of its own on ", "未决变更，在 ") + phones[i]->name());
        of_phones[i].add(wire::digest_of_row(state.record, encode(row->values)));
      }
      if (held) of_office.add(wire::digest_of_row(state.record, encode(state.values())));
    }
  }
  const auto told = [](const wire::ScopeSum& sum) {
    return std::to_string(sum.records()) + " " + to_hex(sum.digest().view());
  };
  if (of_office.records() == 0)
    unmet(line, say("records that they hold", "手机上有记录"), say("none", "没有"));
  for (std::size_t i = 0; i < phones.size(); ++i) {
    if (of_phones[i] != of_office)
      unmet(line, told(of_office), told(of_phones[i]) + say(" on ", " 在 ") + phones[i]->name());
  }
}

}  // namespace daybook::scenario
