// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/headquarters.hpp"

#include "core/base/hex.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/live_page.hpp"
#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {

Headquarters::Headquarters(const Time& time, Line& line, Book& book,
                           std::vector<std::unique_ptr<Device>>& devices, std::uint64_t seed)
    : time_(time),
      line_(line),
      book_(book),
      devices_(devices),
      clock_(time),
      dice_(seed * 77 + 5),
      lane_dice_(seed * 79 + 6),
      trace_(line, "server") {}

void Headquarters::start() {
  core_ = std::make_unique<ServerCore>(store_, *sim_schema(), clock_, dice_, trace_);
  core_->ingest().set_poison([this](const Body& body) {
    if (book_.poisoned.contains(body.id)) throw Crash{};
  });
  must(core_->open(last_known_), "open the server");
  last_known_ = core_->durable_head();
  office_ = std::make_unique<Office>(core_->ingest(), store_, *sim_schema(), clock_, dice_);
  desk_ = std::make_unique<Desk>(*office_, core_->ingest(), store_, *sim_schema(), clock_);
  open_lane();
  line_.say("server", "starts");
}

void Headquarters::die(const char* why) {
  store_.rollback();
  store_.fail_after(UINT64_MAX, Errc::kIo);
  door_.reset();
  core_.reset();
  inbox_.clear();
  line_.say("server", std::string("dies: ") + why);
}

void Headquarters::enrol(Device& device) {
  const auto signer = must(ed25519_signer(device.seed), "signer");
  must(store_.begin(), "enrol");
  must(store_.put_user({device.actor, device.actor, "technician", "", true}), "enrol");
  DeviceRow row;
  row.device = device.id;
  row.actor = device.actor;
  row.role = "technician";
  row.key = signer->public_key();
  must(store_.put_device(row), "enrol");
  must(store_.commit(), "enrol");
}

bool Headquarters::knows(const Device& device) {
  return must(store_.find_device(device.id), "device").has_value();
}

void Headquarters::hand_over(Device& device, const ActorId& actor) {
  auto row = must(store_.find_device(device.id), "device");
  if (!row) return;
  row->actor = device.actor = actor;
  must(store_.begin(), "hand over");
  must(store_.put_device(*row), "hand over");
  must(store_.commit(), "hand over");
  take_notes();
}

void Headquarters::receive(Device& device, Bytes frame, Reply reply) {
  if (!is_up()) {
    reply({{}, std::nullopt, Errc::kOffline});
    return;
  }
  inbox_.push_back({&device, std::move(frame), std::move(reply)});
}

Result<AfterCommit> Headquarters::serve(ServerCore& core, Mail& mail, bool mute) {
  const auto refuse = [&](Errc code) -> Result<AfterCommit> {
    return AfterCommit([&mail, code, mute] {
      if (!mute) mail.reply({{}, std::nullopt, code});
    });
  };
  const auto message = wire::unpack(mail.frame, wire::kRequestSizeMax);
  if (!message.ok()) return refuse(Errc::kInvalid);
  const auto request = wire::decode_sync_request(*message);
  if (!request.ok()) return refuse(Errc::kInvalid);
  auto answered = core.sync(*request);
  if (!answered.ok()) {
    const Errc code = answered.error().code;
    if (code == Errc::kIo || code == Errc::kDiskFull || code == Errc::kCorrupt)
      return answered.error();
    return refuse(code);
  }
  ++counted_["requests"];
  auto answer = std::make_shared<Answer>();
  answer->reply = std::move(*answered);
  const Bytes raw = wire::encode(*answer->reply);
  check_reply(book_, *mail.device, store_, *answer->reply, raw);
  answer->frame = wire::pack(raw);
  return AfterCommit([&mail, answer, mute] {
    if (!mute) mail.reply(*answer);
  });
}

// Made anew with every start: what it knows of uploads under way is lost with the process.
void Headquarters::open_lane() {
  sessions_ = std::make_unique<DeviceSessions>(Bytes(32, 9), clock_, lane_dice_);
  Errands errands([this](CoreTask task) { return run_alone(std::move(task)); },
                  [](std::function<void()> work) { work(); },
                  [](std::function<void()> work) {
                    work();
                    return true;
                  });
  door_ = std::make_unique<AttachmentDoor>(AttachmentDoor::Parts{
      *sessions_, blobs_, clock_, lane_dice_, trace_, limits_, std::move(errands)});
}

bool Headquarters::run_alone(CoreTask task) {
  std::vector<CoreTask> tasks;
  tasks.push_back(std::move(task));
  // A crash after the task, before the commit.
  if (crashes_in_lane_)
    tasks.push_back(
        {[](ServerCore&) -> Result<AfterCommit> { throw Crash{}; }, [](const Error&) {}});
  run_group(*core_, std::move(tasks));
  last_known_ = core_->durable_head();
  return true;
}

std::optional<http::Response> Headquarters::attachment(Device& device, http::Request request,
                                                       bool cut, const LaneTrouble& trouble) {
  if (!is_up()) return std::nullopt;
  const auto row = must(store_.find_device(device.id), "device");
  if (!row) return std::nullopt;
  const Bytes token = sessions_->open(*row).token;
  const auto signer = must(ed25519_signer(device.seed), "signer");
  const auto proof = must(signer->sign(wire::proof_signing_bytes(token, request.channel)), "proof");
  request.headers.push_back({"authorization", "Daybook " + to_base64url(token)});
  request.headers.push_back({"proof", to_base64url(encode(proof))});
  if (trouble.power) blobs_.cut_power_in_next_write(trouble.torn_size);
  if (trouble.disk) blobs_.fail_next_write(Errc::kDiskFull);
  crashes_in_lane_ = trouble.crash;
  std::optional<http::Response> told;
  try {
    auto refused = door_->on_head(request, request.body.size());
    if (refused) {
      told = *std::move(refused);
    } else if (cut) {
      door_->on_cut(std::move(request));
    } else {
      door_->on_request(std::move(request),
                        {[&](http::Response response) { told = std::move(response); }, {}, {}});
    }
  } catch (const Crash&) {
    ++counted_["crashes"];
    die("in the lane");
    told.reset();
  }
  crashes_in_lane_ = false;
  blobs_.forget_orders();
  if (blobs_.is_dead()) {
    blobs_.restart();
    die("the power went while a piece was written");
    return std::nullopt;
  }
  keep_watch();
  return told;
}

std::set<std::string> Headquarters::work(bool crash_before_commit, bool crash_before_reply) {
  if (!is_up()) return {};
  std::deque<Mail> mails;
  mails.swap(inbox_);
  std::vector<CoreTask> tasks;
  for (auto& mail : mails) {
    tasks.push_back({[this, &mail, crash_before_reply](ServerCore& core) {
                       return serve(core, mail, crash_before_reply);
                     },
                     [&mail](const Error&) {
                       mail.reply({{}, std::nullopt, Errc::kBusy});
                     },
                     mail.device->id});
  }
  if (crash_before_commit) {
    tasks.push_back(
        {[](ServerCore&) -> Result<AfterCommit> { throw Crash{}; }, [](const Error&) {}});
  }
  std::set<std::string> touched;
  if (full_after_) store_.fail_after(*full_after_, Errc::kDiskFull);
  full_after_.reset();
  try {
    touched = run_group(*core_, std::move(tasks));
  } catch (const Crash&) {
    ++counted_["crashes"];
    die("before the commit");
    return {};
  }
  store_.fail_after(UINT64_MAX, Errc::kIo);
  last_known_ = core_->durable_head();
  take_notes();
  keep_watch();
  if (crash_before_reply) {
    ++counted_["crashes"];
    die("before the reply");
  }
  return touched;
}

std::optional<Bytes> Headquarters::call_for(Device& device) {
  auto call = core_->calls_for({device.id}).front();
  if (!call || call->empty()) return call;
  const auto live = must(wire::decode_live_page(*call), "live page");
  wire::SyncReply shown;
  shown.page = live.page;
  // The checker knows whole rows; whether the phone makes them of what it gets shows on the phone.
  for (const auto& patch : live.patches) {
    auto& entry = shown.page->entries[patch.entry];
    entry.row = must(store_.find_row(entry.record), "row")->row;
  }
  check_reply(book_, device, store_, shown, *call);
  ++counted_["live_pages"];
  return call;
}

Result<Receipt> Headquarters::office(const ActorId& who, const std::vector<OfficeEdit>& edits) {
  must(store_.begin(), "begin");
  auto receipt = office_->act(who, edits);
  if (receipt.ok()) {
    const auto committed = store_.commit();
    if (!committed.ok()) receipt = committed.error();
  }
  if (!receipt.ok()) {
    store_.rollback();
    return receipt;
  }
  last_known_ = must(store_.head(), "head");
  const auto row = must(store_.find_set(receipt->set), "set");
  check(row.has_value(), "acknowledged",
        "headquarters' own act was acknowledged and is not in the log");
  book_.acked.emplace(receipt->set, Acked{receipt->set, row->body_hash, -1, true, false});
  book_.order.push_back(receipt->set);
  line_.say("office", "acts " + std::to_string(receipt->commit) + " " +
                          std::string(name_of(receipt->verdict)));
  take_notes();
  keep_watch();
  return receipt;
}

Result<ConflictCase> Headquarters::resolve(const Decision& decision) {
  must(store_.begin(), "begin");
  auto settled = desk_->resolve(decision);
  if (settled.ok()) {
    const auto committed = store_.commit();
    if (!committed.ok()) settled = committed.error();
  }
  if (!settled.ok()) store_.rollback();
  last_known_ = must(store_.head(), "head");
  line_.say("support", "case " + std::to_string(decision.number) + " " + decision.choice + " " +
                           (settled.ok() ? "settled" : std::string(name_of(settled.error().code))));
  take_notes();
  keep_watch();
  return settled;
}

void Headquarters::keep_watch() {
  check(trace_.never().empty(), "never", "server: " + trace_.never());
}

// The new commits, and what each device that was ever served may have had in its scopes.
void Headquarters::take_notes() {
  book_.heads.note(store_);
  for (auto& device : devices_) {
    if (!device->met) continue;
    for (const auto& [record, row] : scope_by_model(store_, device->actor))
      device->once_in_scope.insert(record);
  }
}

void Headquarters::back_up() {
  const auto head = must(store_.head(), "head");
  BackupRow row{dice_.draw<Uuid>(), head.epoch, head.version, clock_.wall_ms(), "tape"};
  must(store_.begin(), "backup");
  must(store_.put_backup(row), "backup");
  if (backups_.size() > 1) must(store_.erase_backup(backups_.front().row.backup), "backup");
  must(store_.commit(), "backup");
  if (backups_.size() > 1) backups_.erase(backups_.begin());
  backups_.push_back({row, store_.snapshot(), blobs_});
  ++counted_["backups"];
  line_.say("server", "backup at " + std::to_string(head.version));
}

void Headquarters::restore(std::size_t which, bool contents_too) {
  if (contents_too) blobs_ = backups_[which].contents;
  door_.reset();
  core_.reset();
  inbox_.clear();
  store_.restore(backups_[which].snapshot);
  // What was taped later belongs to a history that ends here.
  backups_.erase(backups_.begin() + static_cast<std::ptrdiff_t>(which) + 1, backups_.end());
  ++counted_["restores"];
  line_.say("server", "restored to " + std::to_string(must(store_.head(), "head").version) +
                          (contents_too ? ", contents too" : ""));
  // Whose a device is stands in the store too; one that came later is unknown until it is enrolled
  // anew.
  for (auto& device : devices_) {
    const auto row = must(store_.find_device(device->id), "device");
    if (row) device->actor = row->actor;
    if (device->met) device->met = std::min(*device->met, must(store_.head(), "head").version);
  }
  start();
}

}  // namespace daybook::sim
