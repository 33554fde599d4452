// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/headquarters.hpp"

#include "core/base/hex.hpp"
#include "core/clock/uuid7.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/limits.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/conflicts/evidence_lost.hpp"

namespace daybook::scenario {

Headquarters::Headquarters(Schema schema, std::int64_t now_ms)
    : schema_(std::move(schema)),
      clock_(now_ms),
      core_(store_, schema_, clock_, rng_, trace_),
      office_(core_.ingest(), store_, schema_, clock_, rng_),
      desk_(office_, core_.ingest(), store_, schema_, clock_),
      contents_(core_, clock_, rng_, trace_) {
  sure(core_.open(std::nullopt));
  core_.set_group_end(&registrar_);
}

Uuid Headquarters::new_id() { return make_uuid7(clock_.wall_ms(), rng_); }

void Headquarters::enrol(const DeviceRow& device) {
  sure(within([&]() -> Result<void> {
    DAYBOOK_TRY(store_.put_user({device.actor, device.actor, device.role, "", true}));
    return store_.put_device(device);
  }));
}

void Headquarters::bind(const ActorId& who, const Uuid& organisation) {
  bound_[who] = organisation;
}

Territory Headquarters::territory_of(const ActorId& who) {
  OfficeUser user{who};
  if (const auto found = bound_.find(who); found != bound_.end()) user.organisation = found->second;
  return sure(Territory::of(store_, schema_, user));
}

void Headquarters::seat(const ActorId& who) {
  seated_.emplace(territory_of(who));
  office_.bind(*seated_);
  desk_.bind(*seated_);
}

Result<Receipt> Headquarters::act(const ActorId& who, std::vector<OfficeEdit> edits) {
  seat(who);
  office_.fill_in(edits);
  return within([&] { return office_.act(who, edits); });
}

void Headquarters::follow(const std::string& reports) {
  if (!reports_) reports_ = sure(ReportsFile::open(reports, schema_, store_));
  while (sure(reports_->follow(store_, 10'000)).version != version()) {
  }
}

Result<Headquarters::Done> Headquarters::act(const std::string& name, ActCall call,
                                             const std::string& reports) {
  follow(reports);
  call.now_ms = clock_.wall_ms();
  call.today_ms = start_of_day(call.now_ms, clock_.utc_offset_min());
  call.revision = version();
  call.open_cases = [this] {
    return Result<std::int64_t>(static_cast<std::int64_t>(open_cases().size()));
  };
  DAYBOOK_ASSIGN(const auto acts, OfficeActs::open(reports, schema_));
  Done done;
  DAYBOOK_ASSIGN(done.effect, acts->evaluate(name, call, [this] { return new_id(); }));
  if (!done.effect.may_go_on) return done;
  DAYBOOK_ASSIGN(const auto edits, edits_of(*schema_.find_act(name), call, done.effect, version()));
  DAYBOOK_ASSIGN(done.receipt, act(call.me, edits));
  return done;
}

void Headquarters::look_at_overdue() {
  sure(within([&]() -> Result<void> { return core_.ingest().look_at_overdue(); }));
}

Result<ConflictCase> Headquarters::settle(const Decision& decision) {
  seat(decision.by);
  DAYBOOK_ASSIGN(const auto found, find_his_case(*seated_, store_, decision.number));
  return within([&] { return desk_.resolve(decision); });
}

Result<ConflictCase> Headquarters::approve(const DeskAct& act) {
  seat(act.by);
  DAYBOOK_ASSIGN(const auto found, find_his_case(*seated_, store_, act.number));
  return within([&] { return desk_.approve(act, {}); });
}

Json Headquarters::history_of(const RecordRef& record, const std::string& field) {
  OfficeSessions sessions(clock_, rng_);
  DeviceSessions devices(Bytes(32), clock_, rng_);
  LiveHub hub;
  const ApiDoor::Parts parts{sessions, devices, hub, core_.rules(), clock_, rng_, {}, {}, {}};
  const ApiDoor::Post post = [](const std::function<void()>& run) { run(); };
  CoreDesk desk{core_, parts, post, {}};
  Call call;
  call.parts = {record.collection, to_string(record.id), field};
  const auto answer = sure(within([&] { return field_history(call, desk); }));
  return Json::parse(text_of(answer.body));
}

void Headquarters::revoke(const DeviceId& device, DeviceStatus status) {
  sure(within([&]() -> Result<void> {
    DAYBOOK_ASSIGN(auto row, store_.find_device(device));
    ensure(row.has_value());
    row->status = status;
    DAYBOOK_TRY(store_.put_device(*row));
    return evidence_went_with(store_, schema(), *row, clock_.wall_ms());
  }));
}

Result<Bytes> Headquarters::answer(BytesView frame) {
  return within([&]() -> Result<Bytes> {
    DAYBOOK_ASSIGN(const auto message, wire::unpack(frame, wire::kRequestSizeMax));
    DAYBOOK_ASSIGN(const auto request, wire::decode_sync_request(message));
    DAYBOOK_ASSIGN(const auto reply, core_.sync(request));
    return wire::pack(wire::encode(reply));
  });
}

}  // namespace daybook::scenario
