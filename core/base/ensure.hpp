// SPDX-License-Identifier: Apache-2.0
// ensure(x): what cannot happen, checked in every build. The server stops and its supervisor
// restarts it; the client library catches BrokenInvariant at its C door, poisons the handle and
// answers `internal`, because it lives in someone else's app.
#pragma once

#include <stdexcept>

namespace daybook {

class BrokenInvariant : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// Throws BrokenInvariant "file:line: condition".
[[noreturn]] void broken_invariant(const char* condition, const char* file, int line);

}  // namespace daybook

#define ensure(condition)                 \
  (static_cast<bool>(condition) ? void(0) \
                                : ::daybook::broken_invariant(#condition, __FILE__, __LINE__))
