// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: a signature's strokes, from any phone. What is taken for strokes has one form.
#include <cstdlib>

#include "core/model/strokes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const daybook::BytesView input(bytes, size);
  const auto strokes = daybook::decode_strokes(input);
  if (!strokes.ok()) return 0;
  const auto again = daybook::encode_strokes(*strokes);
  if (!again.ok() || !daybook::same_bytes(*again, input)) std::abort();
  return 0;
}
