// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/headquarters.hpp"

#include "core/clock/uuid7.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/limits.hpp"

namespace daybook::scenario {

Headquarters::Headquarters(Schema schema, std::int64_t now_ms)
    : schema_(std::move(schema)),
      clock_(now_ms),
      core_(store_, schema_, clock_, rng_, trace_),
      office_(core_.ingest(), store_, schema_, clock_, rng_),
      desk_(office_, core_.ingest(), store_, schema_, clock_) {
  sure(core_.open(std::nullopt));
}

Uuid Headquarters::new_id() { return make_uuid7(clock_.wall_ms(), rng_); }

void Headquarters::enrol(const DeviceRow& device) {
  sure(within([&]() -> Result<void> {
    DAYBOOK_TRY(store_.put_user({device.actor, device.actor, device.role, "", true}));
    return store_.put_device(device);
  }));
}

Result<Receipt> Headquarters::act(const ActorId& who, const std::vector<OfficeEdit>& edits) {
  return within([&] { return office_.act(who, edits); });
}

Result<ConflictCase> Headquarters::settle(const Decision& decision) {
  return within([&] { return desk_.resolve(decision); });
}

Result<ConflictCase> Headquarters::approve(const DeskAct& act) {
  return within([&] { return desk_.approve(act, {}); });
}

void Headquarters::revoke(const DeviceId& device, DeviceStatus status) {
  sure(within([&]() -> Result<void> {
    DAYBOOK_ASSIGN(auto row, store_.find_device(device));
    ensure(row.has_value());
    row->status = status;
    return store_.put_device(*row);
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
