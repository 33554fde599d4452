// SPDX-License-Identifier: Apache-2.0
// Has a job printed by a process of its own, daybook-paper, which is started for it and ends with
// it. Blocks for as long as that takes (tenths of a second; at most kPressTimeMs): called on a
// worker thread. May be called from several threads at once.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "sync-server/paper/paper.hpp"

namespace daybook {

inline constexpr int kPressTimeMs = 30'000;

class Press {
 public:
  // `program`: daybook-paper; empty: it is looked for beside the running program and where an
  // installation has it.
  explicit Press(std::string program = {});

  // The PDF. kNotSupported with what to install when the program or a font is missing; kTimedOut;
  // kTooLarge; kInternal when the process ended otherwise.
  Result<Bytes> print(const PrintJob& job) const;

 private:
  std::string program_;
};

}  // namespace daybook
