// SPDX-License-Identifier: Apache-2.0
// The law of every decoder: what it accepts is encoded to the very same bytes again. Used by the
// fuzz entries.
#pragma once

#include <cstdlib>

#include "core/base/bytes.hpp"

namespace daybook::test {

template <class Decoded>
void demand_one_form(const Decoded& decoded, BytesView input) {
  if (decoded.ok()) {
    if (!same_bytes(encode(*decoded), input)) std::abort();
  } else if (decoded.error().field.empty()) {
    std::abort();  // an error that names no place helps nobody
  }
}

}  // namespace daybook::test
