// SPDX-License-Identifier: Apache-2.0
#include "sync-server/auth/enrolment.hpp"

#include "core/crypto/sha256.hpp"
#include "core/wire/enrol_text.hpp"

namespace daybook {
namespace {

constexpr std::int64_t kCodeLifetimeMs = 15 * 60 * 1000;
constexpr std::size_t kCodeSize = 16;

}  // namespace

Result<Bytes> Enrolment::make_code(const ActorId& actor) {
  DAYBOOK_ASSIGN(const auto user, store_.find_user(actor));
  if (!user || !user->active) return failure(Errc::kNotFound, "actor", actor);
  Bytes code(kCodeSize);
  rng_.fill(code);
  DAYBOOK_TRY(store_.put_enrol_code({sha256(code), actor, clock_.wall_ms() + kCodeLifetimeMs, 5}));
  return code;
}

std::string Enrolment::text_of(const std::string& url, const Digest& pin, BytesView code) {
  return wire::to_text({url, pin, copy_of(code)});
}

std::int64_t Enrolment::code_lifetime_ms() { return kCodeLifetimeMs; }

Result<wire::EnrolReply> Enrolment::enrol(const wire::EnrolRequest& request,
                                          const Digest& channel) {
  const Error refused = failure(Errc::kForbidden, "code", "not a code that is waiting");
  const Digest hash = sha256(request.code);
  DAYBOOK_ASSIGN(auto code, store_.find_enrol_code(hash));
  if (!code) return refused;
  if (code->expires_ms < clock_.wall_ms() || code->tries_left == 0) {
    DAYBOOK_TRY(store_.erase_enrol_code(hash));
    return refused;
  }
  DAYBOOK_ASSIGN(const auto user, store_.find_user(code->actor));
  if (!user || !user->active) return refused;
  const Bytes message = wire::enrol_signing_bytes(request.code, request.key, channel);
  const auto key_is_good = check_public_key(request.key);
  const auto proven = key_is_good.ok() ? verify(request.key, message, request.proof) : key_is_good;
  if (!proven.ok()) {
    --code->tries_left;
    DAYBOOK_TRY(store_.put_enrol_code(*code));
    return proven.error();
  }
  DeviceRow device;
  device.device = request.device ? *request.device : rng_.draw<DeviceId>();
  if (request.device) {
    DAYBOOK_ASSIGN(const auto known, store_.find_device(*request.device));
    if (known && (known->key != request.key || known->actor != user->actor))
      return failure(Errc::kForbidden, "enrol.device", "another's; wipe the phone first");
    // What support holds back is let go by support, not by a code.
    if (known && known->status == DeviceStatus::kHeld) device.status = known->status;
  }
  DAYBOOK_TRY(store_.erase_enrol_code(hash));
  device.actor = user->actor;
  device.role = user->role;
  device.name = request.device_name;
  device.platform = request.platform;
  device.key = request.key;
  device.enrolled_ms = clock_.wall_ms();
  DAYBOOK_TRY(store_.put_device(device));
  // The schema comes with the first sync, which survives a broken line; this answer stays small.
  return wire::EnrolReply{device.device,  device.actor, device.role,     schema_.version,
                          schema_.digest, {},           clock_.wall_ms()};
}

}  // namespace daybook
