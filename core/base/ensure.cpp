// SPDX-License-Identifier: Apache-2.0
#include "core/base/ensure.hpp"

#include <string>

namespace daybook {

void broken_invariant(const char* condition, const char* file, int line) {
  throw BrokenInvariant(std::string(file) + ":" + std::to_string(line) + ": " + condition);
}

}  // namespace daybook
