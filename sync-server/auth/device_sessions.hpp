// SPDX-License-Identifier: Apache-2.0
// Which device is asking: nonces, short tokens and the proof of the device key on each connection
// (client-lib/net/EXCHANGE.md §5). A token is bound to the key that earned it under a server nonce,
// and counts only on connections on which that key signed the TLS channel: a stolen token is worth
// nothing. Kept in memory; a restart makes phones ask anew. Any thread (one mutex).
#pragma once

#include <deque>
#include <map>
#include <mutex>

#include "core/base/result.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "core/wire/message.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

class DeviceSessions {
 public:
  // `secret`: kept in the store, so that nonces survive a restart.
  DeviceSessions(Bytes secret, Clock& clock, Rng& rng)
      : secret_(std::move(secret)), clock_(clock), rng_(rng) {}

  // Stateless: time, random bits and their HMAC.
  Bytes make_nonce();
  // Ours and fresh? Whether it was used before is the store's to say. Returns when it expires, ms.
  Result<std::int64_t> check_nonce(BytesView nonce);

  // REQUIRES: the caller verified the session proof, the nonce and the device's status.
  wire::SessionReply open(const DeviceRow& device);

  // The device behind a request's head: its token, and the proof when it is the first on its
  // connection. kUnauthorized otherwise. The row is as it was when the session was opened.
  Result<DeviceRow> authenticate(const http::Request& head);

  // Revocation: its tokens count no more from now on.
  void forget(const DeviceId& device);

 private:
  struct Session {
    DeviceRow device;
    std::int64_t expires_ms = 0;
    std::deque<std::uint64_t> proven_connections;  // newest last, bounded
  };

  std::mutex mutex_;
  Bytes secret_;
  Clock& clock_;
  Rng& rng_;
  std::map<Digest, Session> sessions_;  // by hash of the token
};

}  // namespace daybook
