// SPDX-License-Identifier: Apache-2.0
// Who is asking: opens a session with the device key and proves it once on every connection
// (EXCHANGE.md §5). Owned by Carrier; its thread only. The steps are taken one by one, so that a
// break between them loses only the step it broke.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "client-lib/net/https_client.hpp"
#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"
#include "core/crypto/device_key.hpp"
#include "core/wire/message.hpp"

namespace daybook {

struct SessionTerms {
  std::int64_t lifetime_s = 0;
  std::int64_t server_time_ms = 0;  // evidence for the clock, measured by nobody but the office
};

class DeviceSession {
 public:
  DeviceSession(HttpsClient& client, const Uuid& device, Signer& signer)
      : client_(client), device_(device), signer_(signer) {}

  // Sends the call with token and, where due, proof, on the connection that is open now; opens a
  // session first when there is none, and once more after a 401. REQUIRES: client.connected().
  // kRevoked, kUnauthorized, and what HttpsClient says.
  Result<HttpReply> request(HttpCall call);
  Result<HttpReply> upgrade(HttpCall call);

  // Opens a session when there is none.
  Result<void> make_ready() { return token_.empty() ? open() : success(); }

  // Grows with every step that was taken: a nonce, a token.
  std::uint64_t steps() const { return steps_; }
  const std::optional<SessionTerms>& terms() const { return terms_; }

 private:
  using Send = std::function<Result<HttpReply>(const HttpCall&)>;

  Result<HttpReply> send_as_device(HttpCall call, const Send& send);
  Result<void> open();
  Result<void> fetch_nonce();
  Result<void> fetch_token();
  Result<wire::SessionReply> ask(const wire::SessionRequest& question);
  Result<void> prove(HttpCall& call);

  HttpsClient& client_;
  const Uuid device_;
  Signer& signer_;
  Bytes nonce_;
  bool nonce_is_old_ = false;  // it may have been used by a request whose answer was lost
  Bytes token_;
  std::optional<SessionTerms> terms_;
  std::uint64_t proved_on_ = 0;  // connection
  std::uint64_t steps_ = 0;
};

}  // namespace daybook
