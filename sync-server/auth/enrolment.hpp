// SPDX-License-Identifier: Apache-2.0
// How a phone becomes one of ours: an office user makes a one-time code for a technician; the phone
// proves that it holds its key and gets a device id. A code is good once, for a quarter of an hour,
// and dies after five wrong proofs. Core thread, inside a group.
#pragma once

#include "core/base/result.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "core/schema/schema.hpp"
#include "core/wire/message.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

class Enrolment {
 public:
  Enrolment(ServerStore& store, const Schema& schema, Clock& clock, Rng& rng)
      : store_(store), schema_(schema), clock_(clock), rng_(rng) {}

  // 16 random bytes; only their hash is kept. kNotFound for an unknown or inactive user.
  Result<Bytes> make_code(const ActorId& actor);

  // The code as people carry it, with all that a phone needs to trust exactly this server.
  static std::string text_of(const std::string& url, const Digest& pin, BytesView code);
  // ms from when a code is made until it is worth nothing.
  static std::int64_t code_lifetime_ms();

  // kForbidden for an unknown, used or expired code (alike, so that nobody learns which), and for a
  // device that is another's; kWrongSignature for a wrong proof. A device that was revoked, or that
  // a restored store does not know, is active again under its own id and key.
  Result<wire::EnrolReply> enrol(const wire::EnrolRequest& request, const Digest& channel);

 private:
  ServerStore& store_;
  const Schema& schema_;
  Clock& clock_;
  Rng& rng_;
};

}  // namespace daybook
