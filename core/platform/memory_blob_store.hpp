// SPDX-License-Identifier: Apache-2.0
// A BlobStore in memory, for simulations, scenarios and tests, with bad days on order. It lies
// among the adapters and not beside the other simulated ports, because it hashes and core/ports
// may not include core/crypto; and not in tests/support, where `daybook scenario` could not have
// it. One thread at a time. Nothing of it outlives the object.
#pragma once

#include <map>

#include "core/ports/blob_store.hpp"

namespace daybook {

class MemoryBlobStore final : public BlobStore {
 public:
  // Bytes that uploads and contents may take together; what goes beyond is kDiskFull.
  void set_room(std::uint64_t bytes_max) { room_ = bytes_max; }
  // The next call that writes (grow, finish, drop, remove) fails and changes nothing.
  void fail_next_write(Errc code) { next_failure_ = code; }
  // The power goes during the next call that writes, and from then on every call is kIo until
  // restart(). What was acknowledged is there again then. Of that call, never acknowledged, is
  // there: of a piece its first `torn_size` bytes; of another call nothing when that is 0, else all
  // of it.
  void cut_power_in_next_write(std::uint64_t torn_size) { next_tear_ = torn_size; }
  // What was ordered and did not come up.
  void forget_orders() {
    next_failure_.reset();
    next_tear_.reset();
  }
  bool is_dead() const { return dead_; }
  void restart() { dead_ = false; }

  Result<std::uint64_t> kept(const Uuid& upload) override;
  Result<void> grow(const Uuid& upload, std::uint64_t offset, BytesView bytes) override;
  Result<Bytes> head(const Uuid& upload, std::size_t size_max) override;
  Result<void> finish(const Uuid& upload, const Digest& digest, std::uint64_t size) override;
  Result<void> drop(const Uuid& upload) override;
  Result<std::vector<Uuid>> uploads() override;

  Result<std::optional<std::uint64_t>> size_of(const Digest& digest) override;
  Result<Bytes> read(const Digest& digest, std::uint64_t offset, std::size_t size_max) override;
  Result<void> remove(const Digest& digest) override;
  Result<std::vector<Digest>> list(const std::optional<Digest>& after,
                                   std::size_t count_max) override;

 private:
  Result<void> alive() const;
  template <class Change>
  Result<void> write(Change change);

  std::map<Uuid, Bytes> uploads_;
  std::map<Digest, Bytes> contents_;
  std::optional<std::uint64_t> room_;
  std::optional<Errc> next_failure_;
  std::optional<std::uint64_t> next_tear_;
  bool dead_ = false;
};

}  // namespace daybook
