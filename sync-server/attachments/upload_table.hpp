// SPDX-License-Identifier: Apache-2.0
// Uploads under way, by device and content, so that a piece needs no question to the core. What is
// forgotten here (a restart, a full table) is learnt again from the book and the blob store. Loop
// thread only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "core/crypto/sha256.hpp"
#include "core/model/ids.hpp"

namespace daybook {

struct Incoming {
  std::uint64_t size = 0;
  std::uint64_t kept = 0;  // durable
  bool busy = false;       // a piece is being written
  // The content lies in the store, brought by another, or by this device and the power went before
  // the book was told.
  bool is_in_store = false;
  std::int64_t used_ms = 0;
  std::int64_t expires_ms = 0;  // wall time; 0: it is here
  std::string media_type;       // as promised
};

class UploadTable {
 public:
  using Key = std::pair<DeviceId, Digest>;

  Incoming* find(const Key& key);
  Incoming& put(const Key& key, const Incoming& upload);
  void erase(const Key& key) { uploads_.erase(key); }
  std::size_t size() const { return uploads_.size(); }

  // The name under which the pieces lie: the same for a device and a content, always, and another
  // device's pieces never mix with them.
  static Uuid id_of(const Key& key);

 private:
  static constexpr std::size_t kUploadsMax = 10'000;
  void make_room();

  std::map<Key, Incoming> uploads_;
};

}  // namespace daybook
