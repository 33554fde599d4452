// SPDX-License-Identifier: Apache-2.0
// What goes up and what is known to have arrived. Plans the uploading half of a request (the next
// batch of own sets, the same bytes however often) and hears the answer. Owned by the session;
// single-threaded. Never deletes anything.
#pragma once

#include <optional>
#include <vector>

#include "client-lib/local/local_store.hpp"
#include "client-lib/local/own_chain.hpp"
#include "core/crypto/device_key.hpp"
#include "core/ports/rng.hpp"
#include "core/wire/message.hpp"

namespace daybook {

// The uploading half of a SyncRequest.
struct Upload {
  ChainPosition newest;
  std::vector<wire::IncarnationStart> begins;
  std::optional<wire::Batch> batch;
  std::optional<wire::Gap> gap;
  std::size_t size = 0;  // bytes of bodies
};

enum class Heard : std::uint8_t {
  kFine,     // nothing more follows from it
  kMoved,    // the server holds more, or less, than was known: plan again
  kForked,   // this phone was restored or cloned: take a fresh incarnation
  kRefused,  // wrong signature: send again, later
  kHeld,     // the device is held for support
};

class Outbox {
 public:
  static Result<Outbox> load(LocalStore& store);

  // Bodies up to `size_max` bytes together (one at least); 0: no batch, only the handshake. Reads
  // only.
  Result<Upload> plan(LocalStore& store, const OwnChain& chain, const DeviceId& device,
                      Signer& signer, std::size_t size_max) const;

  // In a transaction of the caller; when that fails, load() again.
  Result<Heard> hear(LocalStore& store, const OwnChain& chain, wire::PushStatus status,
                     const ChainPosition& stored);
  // After kForked: draws a fresh incarnation from the newest set that both sides are known to
  // share, and links the rest under it.
  Result<void> fork(LocalStore& store, OwnChain& chain, Rng& rng, const ChainPosition& stored);
  // The sets after `shared` are linked under a fresh incarnation; the server is known to hold those
  // up to `held`.
  Result<void> begin_anew(LocalStore& store, OwnChain& chain, Rng& rng, std::uint64_t shared,
                          std::uint64_t held);

  // Number of the newest set that the server is known to hold.
  std::uint64_t held() const { return held_; }
  // There is something to send or to declare.
  bool waits(const OwnChain& chain) const {
    return lost_.has_value() || held_ < chain.newest_number();
  }

 private:
  struct LostSets {
    std::uint32_t incarnation = 0;
    wire::Gap gap;
  };

  Result<Heard> hear_stored(LocalStore& store, const OwnChain& chain, const ChainPosition& stored);
  Result<void> keep(LocalStore& store, std::uint64_t held, std::uint32_t known);
  const IncarnationRow& sending(const OwnChain& chain) const;
  Result<std::uint64_t> shared_with(LocalStore& store, const OwnChain& chain,
                                    const ChainPosition& stored) const;

  std::uint64_t held_ = 0;
  std::uint32_t known_ = 0;  // number of the newest incarnation that the server knows
  std::optional<LostSets>
      lost_;  // the server misses them and they were released here: to be declared
};

}  // namespace daybook
