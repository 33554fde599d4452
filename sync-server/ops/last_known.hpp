// SPDX-License-Identifier: Apache-2.0
// What this server last knew of its store, in a small file beside it: a store that was copied back
// by hand is noticed at the next start, because its head is not the one that is written here.
// Written after each group without waiting for the disk: what a power cut takes from it only makes
// it older, and an older head that the store still has is no difference. Core thread only.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

class LastKnown {
 public:
  static Result<LastKnown> open(const std::string& store_path);
  LastKnown(LastKnown&& other) noexcept;
  LastKnown(const LastKnown&) = delete;
  LastKnown& operator=(const LastKnown&) = delete;
  ~LastKnown();

  // Empty on the first start, or when the file holds nothing readable.
  std::optional<StoreHead> read() const;
  void write(const StoreHead& head);

 private:
  explicit LastKnown(int file) : file_(file) {}
  int file_;
};

}  // namespace daybook
