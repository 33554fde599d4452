// SPDX-License-Identifier: Apache-2.0
// Carries one request to the office and its reply back, whole, however often the line breaks in
// between: the phone's half of EXCHANGE.md. Used by the worker thread of an open handle;
// `interrupt` of its HttpsClient ends a call from outside. Knows nothing of what the bytes mean,
// and keeps nothing over a restart of the process: the outbox does. What it costs on the line:
// EXCHANGE.md §7.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client-lib/net/device_calls.hpp"
#include "client-lib/net/device_session.hpp"
#include "client-lib/net/exchange_words.hpp"
#include "client-lib/net/https_client.hpp"
#include "core/base/result.hpp"
#include "core/crypto/device_key.hpp"
#include "core/ports/rng.hpp"

namespace daybook {

struct CarrierCounters {
  std::uint64_t exchanges = 0;       // completed
  std::uint64_t connections = 0;     // used by exchanges
  std::uint64_t cuts = 0;            // of them, broken
  std::uint64_t payload_up = 0;      // request bytes handed to the line, those sent again included
  std::uint64_t payload_resent = 0;  // of them, not there after a break
  std::uint64_t payload_down = 0;    // reply bytes that arrived
  std::uint64_t restarts = 0;        // times the office had forgotten an exchange
};

struct CarrierOptions {
  std::size_t reply_size_max = 8 * 1024 * 1024;
  // A request longer than this goes in several parts, each confirmed. The first is small, and each
  // that arrives doubles the next.
  std::size_t part_size_max = 1024 * 1024;
  std::size_t part_size_first = 16 * 1024;
};

class Carrier final : public DeviceCalls {
 public:
  // Borrows all three for its life. `device` is the id that enrolment gave.
  Carrier(HttpsClient& client, const Uuid& device, Signer& signer, Rng& rng,
          const CarrierOptions& options = {});

  // The reply, verified whole. kCut when three connections in a row brought nothing: calling again
  // with the same path and bytes goes on where it stopped; with others, the old exchange is
  // forgotten. kUntrusted: somebody else answered. kRevoked, kForbidden, kBusy, kOffline,
  // kTimedOut, kClosed: nothing is lost, same rule.
  Result<Bytes> exchange(std::string_view path, BytesView request);

  Result<HttpReply> call(const HttpCall& call) override;
  std::size_t body_bytes_sent() const override { return client_.body_bytes_sent(); }

  const CarrierCounters& counters() const { return counters_; }
  // What the office said when it opened the session last.
  const std::optional<SessionTerms>& terms() const { return session_.terms(); }

 private:
  // The exchange under way; survives failed calls.
  struct Passage {
    std::string path;
    Digest request_digest;
    std::uint64_t total = 0;
    Uuid id;
    std::uint64_t received = 0;  // as the office last said
    bool unsure = false;         // bytes have left since
    std::uint64_t sent_to = 0;   // how far they went
    std::optional<std::uint64_t> reply_size;
    Digest reply_digest;
    Bytes reply;
  };

  void begin(std::string_view path, BytesView request);
  std::uint64_t progress() const;
  // As far as one connection carries. True when the reply is whole.
  Result<bool> use_connection(BytesView request);
  Result<void> ask_state();
  Result<void> send_part(BytesView request);
  void note_sent(std::uint64_t offset, std::uint64_t length);
  Result<void> learn(const PassageState& state);
  Result<void> take_reply(const HttpReply& reply, std::uint64_t have, bool whole);
  void expect_reply(const ExchangeAnswer& answer);
  Result<Bytes> finish();

  HttpsClient& client_;
  Rng& rng_;
  const CarrierOptions options_;
  DeviceSession session_;
  CarrierCounters counters_;
  std::optional<Passage> passage_;
  std::uint64_t proven_ = 0;       // what the last connection that broke had carried in all
  std::uint64_t delivered_ = 0;    // whole parts on this connection
  std::uint64_t broke_after_ = 0;  // whole parts on the one before
  std::uint64_t part_size_;        // what the line is trusted with; learnt over all exchanges
  std::uint64_t grown_ = 0;
};

}  // namespace daybook
