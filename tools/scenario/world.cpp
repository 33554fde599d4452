// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/world.hpp"

#include <algorithm>
#include <cstdlib>

#include "sync-server/rules/rehearsal.hpp"

namespace daybook::scenario {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kStartMs = kFirstMidnightMs + 8 * 3'600'000;
constexpr std::int64_t kActMs = 60'000;

// Only a file can be copied, only a file outlives its app, and only a file has a second reader.
bool needs_files(const Scenario& scenario) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), [](const Step& step) {
    const auto kind = step.expectation.kind;
    return step.verb == Verb::kCopies || step.verb == Verb::kRestarts || step.verb == Verb::kDoes ||
           step.verb == Verb::kUnsteady || step.verb == Verb::kSigns || kind == Expecting::kView ||
           kind == Expecting::kViewOnPhone;
  });
}

fs::path fresh_folder() {
  const fs::path memory = "/dev/shm";
  const auto base = fs::is_directory(memory) ? memory : fs::temp_directory_path();
  std::string pattern = (base / "daybook-scenario-XXXXXX").string();
  ensure(::mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

}  // namespace

World::World(const Scenario& scenario, Rules rules, Story& story)
    : scenario_(scenario),
      rules_(std::move(rules)),
      story_(story),
      office_(rules_.office, kStartMs),
      onlooker_(office_.store(), office_.ingest(), office_.schema()) {
  if (needs_files(scenario)) folder_ = fresh_folder();
}

World::~World() {
  phones_.clear();
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

std::string World::path_for(const std::string& phone) {
  return folder_.empty() ? ":memory:" : (folder_ / (phone + ".db")).string();
}

void World::add_phone(const std::string& name, const ActorId& actor) {
  if (find_phone(name) != nullptr || is_office(name))
    throw Mistake(scenario_.line, "expected a name that nobody has yet, found " + name);
  phones_.push_back(std::make_unique<FieldPhone>(name, actor, path_for(name), 1000 + phones_.size(),
                                                 office_.clock().steady_ms()));
}

void World::set_up() {
  for (const auto& technician : scenario_.technicians) {
    const auto other = rules_.phones.find(technician.name);
    for (const auto& name : technician.phones) {
      add_phone(name, technician.name);
      const bool own = other != rules_.phones.end();
      phones_.back()->enrol(office_, own ? other->second : rules_.office.source);
      // At the first contact it would get headquarters' rules.
      phones_.back()->set_online(!own);
    }
  }
}

void World::run() {
  story_.begin(scenario_, office_.schema());
  set_up();
  for (const auto& step : scenario_.steps) play(step);
  if (scenario_.steps.empty()) return;
  check_rest(scenario_.steps.back().line);
  check_history(scenario_.steps.back().line);
}

void World::play(const Step& step) {
  if (step.verb == Verb::kExpects) {
    expect(step);
    story_.holds(step);
    return;
  }
  story_.act(office_.clock().wall_ms(), step);
  bind_office(step);
  act(step);
  tell_news();
  let_everyone_hear(step.line);
  if (step.verb != Verb::kWait) pass(kActMs);
}

// Who is bound to an organisation is so once it has a record.
void World::bind_office(const Step& step) {
  for (const auto& [who, organisation] : scenario_.bound) {
    const auto* record = names_.find(organisation);
    if (record != nullptr) office_.bind(who, record->id);
    if (record == nullptr && step.who == who)
      throw Mistake(step.line,
                    "expected that " + organisation + " was created before " + who + " acts");
  }
}

void World::pass(std::int64_t ms) {
  office_.clock().advance(ms);
  for (auto& phone : phones_) phone->clock().advance(ms);
}

// One phone's news may be another's: until nothing moves any more.
void World::let_everyone_hear(int line) {
  constexpr int kTurnsMax = 20;
  for (int turn = 0; turn < kTurnsMax; ++turn) {
    const Version before = office_.version();
    for (auto& phone : phones_) {
      if (phone->is_online() && !phone->sync(office_))
        throw Unmet(line,
                    phone->name() + say(" and headquarters talk without end", " 与总部交换不止"));
      tell_news();
    }
    if (office_.version() == before) return;
  }
  throw Unmet(line, say("the phones do not come to rest", "手机交换不止"));
}

void World::tell_news() {
  for (const auto& commit : onlooker_.look()) story_.decided(commit, office_.schema(), names_);
  for (auto& phone : phones_) {
    for (const auto& event : phone->core().take_events()) {
      if (event.receipt) story_.heard(phone->name(), *event.receipt, names_);
    }
  }
}

// Whatever a scenario says: in the end a phone that is online has nothing left to send, no trouble
// with its answers, and shows of every record what headquarters holds.
void World::check_rest(int line) {
  for (auto& phone : phones_) {
    const bool revoked =
        std::find(revoked_.begin(), revoked_.end(), phone->name()) != revoked_.end();
    if (!phone->is_online() || revoked) continue;
    const auto status = sure(phone->core().status());
    if (status.last_error)
      throw Unmet(
          line, phone->name() + say(" has trouble: ", " 有故障：") + to_string(*status.last_error));
    if (status.pending + status.stored != 0)
      throw Unmet(line, phone->name() + say(" still waits for verdicts", " 仍有未决变更"));
    for (const auto& record : names_.records()) {
      const auto row = sure(phone->core().find_row(record));
      if (!row || row->state != RowState::kOffice) continue;
      if (office_row(record) != std::optional(row->values))
        throw Unmet(line, names_.name_of(record) + say(" on ", " 在 ") + phone->name() +
                              say(" is not what headquarters holds", " 与总部不一致"));
    }
  }
}

// And the rules that judged the story judge it the same way once more: else a dry run of other
// rules would show what is not their doing.
void World::check_history(int line) {
  NoTrace trace;
  const auto rehearsal =
      sure(Rehearsal::begin(office_.store(), office_.schema(), office_.clock(), trace));
  while (!sure(rehearsal->go_on(office_.store(), 1000))) {
  }
  if (rehearsal->shown().empty()) return;
  const Difference& first = rehearsal->shown().front();
  throw Unmet(line, say("judged again, commit ", "重新判定时，提交 ") +
                        std::to_string(first.commit) + " " + first.record.collection + "." +
                        first.field + say(" was ", " 原为 ") + first.was +
                        say(" and would be ", "，将为 ") + first.would + " " + first.reason);
}

FieldPhone* World::find_phone(const std::string& name) {
  for (auto& phone : phones_) {
    if (phone->name() == name) return phone.get();
  }
  return nullptr;
}

FieldPhone& World::phone_of(const Step& step) {
  FieldPhone* phone = find_phone(step.who);
  if (phone == nullptr) throw Mistake(step.line, "expected a phone, found " + step.who);
  return *phone;
}

bool World::is_office(const std::string& name) const {
  return std::find(scenario_.office.begin(), scenario_.office.end(), name) !=
         scenario_.office.end();
}

const RecordRef& World::record_of(const std::string& name, int line) const {
  const RecordRef* record = names_.find(name);
  if (record == nullptr)
    throw Mistake(line, "expected the name of a record that was created, found " + name);
  return *record;
}

std::optional<Fields> World::office_row(const RecordRef& record) {
  const auto state = sure(office_.store().find_record(record));
  return state ? std::optional(state->values()) : std::nullopt;
}

}  // namespace daybook::scenario
