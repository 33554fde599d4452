// SPDX-License-Identifier: Apache-2.0
// The office's half of the resumable exchange (client-lib/net/EXCHANGE.md): keeps what arrived of a
// request and what was not yet fetched of a reply, per device, in bounded memory. Knows nothing of
// HTTP or of what the bytes mean. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/model/ids.hpp"
#include "core/ports/clock.hpp"

namespace daybook {

// The Exchange header: id;offset;total;have.
struct ExchangeHeader {
  Uuid id;
  std::uint64_t offset = 0;
  std::uint64_t total = 0;
  std::uint64_t have = 0;
};
// kInvalid for whatever is not the exact grammar.
Result<ExchangeHeader> read_exchange_header(std::string_view text);

struct ExchangeState {
  std::uint64_t received = 0;
  std::optional<std::uint64_t> reply;  // its length, once there is one
  Digest digest;                       // of the reply
};

class ExchangeTable {
 public:
  explicit ExchangeTable(Clock& clock) : clock_(clock) {}

  // What came of a piece of a request.
  enum class Step : std::uint8_t {
    kWrongOffset,  // nothing kept: the phone must go on where we are
    kPart,         // kept; more is to come
    kWhole,        // the request is complete and is to be carried out now, once
    kRunning,      // being carried out
    kReplied,      // the reply is there
  };
  // Errors: kInvalid (header against what was begun), kTooLarge.
  Result<Step> take(const DeviceId& device, const std::string& path, const ExchangeHeader& header,
                    BytesView body, std::uint64_t total_max);

  ExchangeState state_of(const DeviceId& device, const Uuid& id) const;
  // REQUIRES: the step before was kWhole. The request's bytes, moved out; they come back with
  // failed().
  Bytes take_request(const DeviceId& device, const Uuid& id);
  void replied(const DeviceId& device, const Uuid& id, Bytes reply);
  // Carrying out failed: what was received stays, and the same piece tries again.
  void failed(const DeviceId& device, const Uuid& id, Bytes request);
  // Empty when there is none (dropped meanwhile).
  std::optional<BytesView> reply_of(const DeviceId& device, const Uuid& id) const;

 private:
  struct Exchange {
    std::string path;
    std::uint64_t total = 0;
    Bytes request;
    std::optional<Bytes> reply;
    Digest digest;
    bool running = false;
    std::uint64_t received = 0;
    std::int64_t touched_ms = 0;
    std::uint64_t order = 0;
    std::size_t size() const { return request.size() + (reply ? reply->size() : 0); }
  };
  using Key = std::pair<DeviceId, Uuid>;

  Exchange* find(const DeviceId& device, const Uuid& id);
  const Exchange* find(const DeviceId& device, const Uuid& id) const;
  using Exchanges = std::map<Key, Exchange>;
  struct Span {
    Exchanges::iterator begin, end;
  };
  Exchanges::iterator erase(Exchanges::iterator held);
  void drop_old(const DeviceId& device);
  void drop_expired();
  // `too_much` is told how many there are and how many bytes they hold.
  void drop_oldest_while(Span among, const std::function<bool(std::size_t, std::size_t)>& too_much);

  Clock& clock_;
  Exchanges exchanges_;
  std::size_t size_ = 0;  // bytes of all of them
  std::int64_t swept_ms_ = 0;
  std::uint64_t next_order_ = 1;
};

}  // namespace daybook
