// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/phone.hpp"

#include <filesystem>

#include "client-lib/local/sqlite/sqlite_local_store.hpp"
#include "client-lib/net/attachment_carrier.hpp"

namespace daybook::scenario {
namespace {

// More than any scenario needs: beyond it the two would talk for ever.
constexpr int kRoundsMax = 200;
constexpr const char* kNoFile = ":memory:";
constexpr std::int64_t kNeverMs = 1'000'000'000'000;

}  // namespace

FieldPhone::FieldPhone(std::string name, ActorId actor, std::string path, std::uint64_t seed,
                       std::int64_t now_ms)
    : name_(std::move(name)),
      actor_(std::move(actor)),
      path_(std::move(path)),
      clock_(now_ms),
      rng_(seed) {}

void FieldPhone::open() {
  ClientOptions options;
  options.digest_interval_ms = 0;  // every exchange compares what both sides hold
  options.poll_interval_ms = kNeverMs;
  auto store = sure(open_sqlite_local_store({path_, {}}));
  store_ = store.get();
  core_ = sure(ClientCore::open(std::move(store), clock_, rng_, trace_, options));
}

void FieldPhone::enrol(Headquarters& office, const std::string& schema) {
  open();
  Enrolment enrolment;
  enrolment.device = device_ = rng_.draw<DeviceId>();
  enrolment.actor = actor_;
  enrolment.role = "technician";
  enrolment.key_seed = Bytes(32);
  rng_.fill(enrolment.key_seed);
  enrolment.schema = schema;
  sure(core_->enrol(enrolment));
  DeviceRow row;
  row.device = device_;
  row.actor = actor_;
  row.role = enrolment.role;
  row.name = name_;
  row.key = core_->signer()->public_key();
  office.enrol(row);
}

void FieldPhone::begin_as_copy_of(FieldPhone& other) {
  other.asker_.reset();
  other.core_.reset();  // closed, its file is whole without its write-ahead log
  std::filesystem::copy_file(other.path_, path_);
  other.open();
  open();
  device_ = other.device_;
  online_ = false;
}

void FieldPhone::restart() {
  asker_.reset();
  core_.reset();
  on_its_way_.reset();
  open();
}

Result<CommitResult> FieldPhone::commit(std::vector<RecordInput> changes,
                                        std::vector<Attachment> attachments) {
  const CommitInput input{std::nullopt, std::move(changes), std::move(attachments)};
  if (path_ != kNoFile) DAYBOOK_TRY(papers_.check_edits(*core_->schema(), input));
  return core_->commit(input);
}

void FieldPhone::hold(const Digest& content, const Bytes& bytes) {
  const auto upload = AttachmentCarrier::id_of(content);
  sure(blobs_.grow(upload, 0, bytes));
  sure(blobs_.finish(upload, content, bytes.size()));
  sure(core_->contents().added(content, bytes.size(), std::nullopt));
}

std::optional<std::uint64_t> FieldPhone::size_of(const Digest& content) {
  return sure(blobs_.size_of(content));
}

bool FieldPhone::carry(Headquarters& office, const Digest& content, std::uint64_t bytes_max) {
  const auto next = sure(core_->next_content(false));
  if (!next || next->digest != content) {
    core_->contents().stopped();
    return false;
  }
  ContentLine line(office.contents(), device_, *core_->signer(), bytes_max);
  AttachmentCarrier carrier(line, blobs_, device_);
  Carried carried{next->carried, std::nullopt};
  const auto brought =
      carrier.bring(content, next->size, [&](std::uint64_t bytes) { carried.bytes = bytes; });
  if (!brought.ok()) {
    carried.trouble = brought.error();
    ++broken_;
  }
  sure(core_->contents().carried(content, next->size, carried));
  carried_ += carrier.counters().bytes_up;
  carried_percent_ = carried_ * 100 / next->size;
  return true;
}

Result<FieldPhone::Done> FieldPhone::act(const std::string& name, ActCall call) {
  if (!asker_) asker_.emplace(path_);
  const auto schema = core_->schema();
  call.me = actor_;
  call.now_ms = clock_.wall_ms();
  call.today_ms = start_of_day(call.now_ms, clock_.utc_offset_min());
  call.revision = sure(core_->status()).complete_version;
  Done done;
  DAYBOOK_ASSIGN(done.effect,
                 asker_->evaluate(schema, name, call, [this] { return core_->new_id(); }));
  if (!done.effect.may_go_on) return done;
  DAYBOOK_ASSIGN(auto input, commit_of(*schema->find_act(name), call, done.effect));
  DAYBOOK_ASSIGN(done.committed, core_->commit(input));
  return done;
}

bool FieldPhone::send(Headquarters& office) {
  if (on_its_way_) return false;
  core_->sync_now();
  const auto outgoing = sure(core_->next_request());
  if (!outgoing) return false;
  sent_.push_back(outgoing->frame());
  on_its_way_ = office.answer(outgoing->frame());
  return true;
}

bool FieldPhone::hear() {
  if (!on_its_way_) return false;
  const auto answer = *std::move(on_its_way_);
  on_its_way_.reset();
  if (answer.ok()) {
    // What the phone does not like about an answer stands in its status, where the world looks.
    (void)core_->on_reply(*answer);
  } else {
    core_->on_failure(answer.error());
  }
  return true;
}

bool FieldPhone::lose() {
  if (!on_its_way_) return false;
  on_its_way_.reset();
  core_->on_failure(failure(Errc::kTimedOut));
  return true;
}

bool FieldPhone::sync(Headquarters& office) {
  hear();
  core_->sync_now();
  for (int round = 0; core_->idle_ms() == 0; ++round) {
    if (round == kRoundsMax) return false;
    if (!send(office)) return true;
    const bool served = on_its_way_->ok();
    hear();
    if (!served) return true;
  }
  return true;
}

void FieldPhone::resend(Headquarters& office) {
  for (const auto& frame : sent_) (void)office.answer(frame);
}

}  // namespace daybook::scenario
