// SPDX-License-Identifier: Apache-2.0
// One process owns a database file for writing, and the next one is told so at once, instead of two
// servers each believing that they know what is in it. A lock on a file of its own beside the
// database, so that readers are not kept out; the system lets go of it when the owner dies, however
// it dies. Used by the server store. Any thread.
#pragma once

#include <string>

#include "core/base/result.hpp"

namespace daybook::sqlite {

class OwnerLock {
 public:
  // kBusy when another owner lives (`detail` names its process), also inside this process.
  static Result<OwnerLock> take(const std::string& database_path);

  OwnerLock(OwnerLock&& other) noexcept;
  OwnerLock(const OwnerLock&) = delete;
  OwnerLock& operator=(const OwnerLock&) = delete;
  ~OwnerLock();

 private:
  explicit OwnerLock(int file) : file_(file) {}
  int file_;
};

// Gives a finished file its name; after a power cut it has the new name or the old one. Replaces
// what has the name.
Result<void> rename_durably(const std::string& from, const std::string& to);

}  // namespace daybook::sqlite
