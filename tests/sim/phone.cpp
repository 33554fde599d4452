// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/phone.hpp"

#include <array>
#include <filesystem>

#include "client-lib/local/settings.hpp"

namespace daybook::sim {
namespace {

namespace fs = std::filesystem;

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  return Dice(a * 0x9e3779b97f4a7c15u + b).next();
}

void copy_file_set(const std::string& from, const std::string& to) {
  for (const char* end : {"", "-wal", "-staging", "-staging-wal"}) {
    fs::remove(to + end);
    if (fs::exists(from + end)) fs::copy_file(from + end, to + end);
  }
  fs::remove(to + "-shm");
  fs::remove(to + "-staging-shm");
}

}  // namespace

Phone::Phone(int number, Device& device, const Plan& plan, const Time& time, Line& line, Book& book,
             std::map<IncarnationId, int>& drawers, std::string path)
    : number_(number),
      device_(device),
      plan_(plan),
      line_(line),
      book_(book),
      drawers_(drawers),
      name_("phone" + std::to_string(number)),
      path_(std::move(path)),
      clock_(time),
      dice_(mixed(plan.seed, 1000 + static_cast<std::uint64_t>(number))),
      trace_(line, name_) {
  set_clock();
}

Phone::~Phone() { close(); }

void Phone::set_clock() {
  constexpr std::int64_t kYear = 365LL * 24 * 3600 * 1000;
  const auto draw = mixed(plan_.seed * 31 + static_cast<std::uint64_t>(plan_.clock_variant),
                          static_cast<std::uint64_t>(number_ * 1000 + clock_changes_++));
  const std::array<std::int64_t, 5> offsets{0, 30 * kYear, -26 * kYear, 7'200'000, -300'000};
  const bool off = plan_.clocks_off || plan_.clock_variant > 0;
  clock_.set_offset(off ? offsets[draw % 5] : 0);
}

void Phone::open() {
  ClientOptions options;
  options.poll_interval_ms = plan_.poll_interval_ms;
  options.digest_interval_ms = plan_.digest_interval_ms;
  options.page_size_max = plan_.page_size_max;
  options.batch_size_min = options.batch_size_start = options.batch_size_max = plan_.batch_size;
  options.retry_delay_ms_max = 60'000;
  options.load = [](std::string_view) {
    return Result<std::shared_ptr<const Schema>>(sim_schema());
  };
  auto file = must(open_sqlite_local_store({path_, {}}), "open the phone's file");
  store_ = file.get();
  core_ = must(ClientCore::open(std::move(file), clock_, dice_, trace_, options), "open the phone");
  in_flight.reset();
  // As the library does when it opens: nobody finishes what was being taken in.
  blobs_.restart();
  for (const auto& adding : must(blobs_.uploads(), "adding")) must(blobs_.drop(adding), "drop");
  // What the file brings along was drawn before, by whoever it was then.
  incarnations_ = must(store_->incarnations(), "incarnations").size();
}

void Phone::start() {
  open();
  enrol();
}

// Also anew, when the office does not know the device any more: it stays the device it was.
void Phone::enrol() {
  in_flight.reset();
  Enrolment enrolment;
  enrolment.device = device_.id;
  enrolment.actor = device_.enrolled;
  enrolment.role = "technician";
  enrolment.key_seed = device_.seed;
  enrolment.schema = sim_schema()->source;
  must(core_->enrol(enrolment), "enrol");
  note_incarnations();
}

void Phone::close() {
  core_.reset();
  store_ = nullptr;
  in_flight.reset();
}

void Phone::kill() {
  copy_file_set(path_, path_ + ".killed");
  close();
  copy_file_set(path_ + ".killed", path_);
  line_.say(name_, "killed");
  open();
}

void Phone::keep_copy() {
  copy_ = path_ + ".copy";
  copy_file_set(path_, copy_);
  copy_between_ = between;
  blobs_copy_ = blobs_;
}

void Phone::go_back_to_copy() {
  close();
  copy_file_set(copy_, path_);
  between = copy_between_;
  blobs_ = blobs_copy_;
  open();
}

void Phone::begin_as_copy_of(const Phone& other) {
  copy_file_set(other.copy_, path_);
  between = other.copy_between_;
  blobs_ = other.blobs_copy_;
  pretended = other.pretended;
  open();
}

Result<CommitResult> Phone::act(std::vector<RecordInput> changes,
                                std::vector<Attachment> attachments) {
  std::vector<RecordRef> created;
  for (const auto& change : changes) {
    if (change.kind == Change::Kind::kCreate) created.push_back(change.record);
  }
  auto shown = look_at(changes);
  auto done = core_->commit({std::nullopt, std::move(changes), std::move(attachments)});
  if (!done.ok()) return done;
  for (const auto& [field, look] : shown) book_.last_look[{device_.index, field}] = done->set;
  book_.shown[done->set] = std::move(shown);
  const auto held = must(store_->find_set(done->set), "own set");
  check(held.has_value(), "acknowledged", "commit() answered and the set is not in the file");
  book_.acked.emplace(done->set, Acked{done->set, held->body_hash, device_.index, false, false});
  book_.order.push_back(done->set);
  for (const auto& record : created) book_.authors[record].insert(device_.index);
  line_.say(name_, "commits " + std::to_string(done->number));
  return done;
}

// What his eyes see in the watched fields of the visits that an act is about.
std::map<FieldRef, Shown> Phone::look_at(const std::vector<RecordInput>& changes) {
  std::map<FieldRef, Shown> seen;
  for (const auto& change : changes) {
    RecordRef visit = change.record;
    if (const auto* about = change.values.find("visit"))
      visit = {"visit", Uuid::from(about->as_bytes()).value()};
    const auto row = must(core_->find_row(visit), "row");
    if (visit.collection != "visit" || !row) continue;
    const auto shadow = must(store_->find_shadow(visit), "shadow");
    for (const char* name : kWatchedFields) {
      Shown& look = seen[{visit, name}];
      if (const auto* value = row->values.find(name)) look.value = *value;
      look.epoch = must(find_view_epoch(*store_), "epoch");
      look.version = row->version;
      for (const auto& field : shadow ? shadow->covered : std::vector<CoveredField>{})
        look.covered = look.covered || field.field == name;
      const auto before = book_.last_look.find({device_.index, {visit, name}});
      if (before != book_.last_look.end()) look.before = before->second;
    }
  }
  return seen;
}

std::optional<Outgoing> Phone::ask() {
  auto next = core_->next_request();
  auto outgoing = must(std::move(next), "next_request");
  if (outgoing) in_flight = outgoing->request;
  // As the worker's thread does in a free moment; not always, because it may have none.
  if (core_->has_time_to_finish() && outgoing->request.raw[0] % 2 == 0)
    must(core_->finish_reply(), "rest of the answer");
  return outgoing;
}

void Phone::fail(Errc code) {
  in_flight.reset();
  core_->on_failure(failure(code));
}

void Phone::check_never() { check(trace_.never().empty(), "never", name_ + ": " + trace_.never()); }

void Phone::hear(BytesView frame, const wire::SyncReply* honest) {
  in_flight.reset();
  const auto taken = core_->on_reply(frame);
  check(honest != nullptr || !taken.ok(), "identity",
        name_ + " took an answer that was not to its question");
  check(honest == nullptr || taken.ok(), "trouble",
        name_ + " could not take a reply: " + (taken.ok() ? "" : to_string(taken.error())));
  check_never();
  note_incarnations();
  if (honest == nullptr) return;
  last_reply = copy_of(frame);
  const auto cursor = must(find_cursor(*store_), "cursor");
  if (honest->fork && !honest->fork->need_ladder) between = true;
  if (between && honest->page && honest->page->complete && cursor && *cursor == honest->page->head)
    between = false;
}

bool Phone::hear_call(BytesView page) {
  if (page.empty()) {
    core_->on_bell();
    return false;
  }
  const auto taken = core_->on_live_page(page);
  check(taken.ok(), "trouble",
        name_ + " could not take a live page: " + (taken.ok() ? "" : to_string(taken.error())));
  check_never();
  return taken.ok() && *taken;
}

// An incarnation is drawn once and by one phone: two that share one would be taken for each other.
void Phone::note_incarnations() {
  const auto rows = must(store_->incarnations(), "incarnations");
  for (; incarnations_ < rows.size(); ++incarnations_) {
    const auto [at, fresh] = drawers_.emplace(rows[incarnations_].incarnation, number_);
    check(fresh, "identity",
          name_ + " drew an incarnation that phone" + std::to_string(at->second) +
              " had drawn before");
  }
}

std::optional<Fields> Phone::row(const RecordRef& record) {
  const auto found = must(core_->find_row(record), "row");
  return found ? std::optional(found->values) : std::nullopt;
}

bool Phone::holds(const SetId& set) { return must(store_->find_set(set), "own set").has_value(); }

}  // namespace daybook::sim
