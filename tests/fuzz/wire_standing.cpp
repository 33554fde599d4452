// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: a question about how contents stand, and an answer to it. What is read is written the
// same.
#include "core/wire/standing.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daybook;
  const BytesView input(bytes, size);
  const auto question = wire::decode_standing_question(input);
  if (question.ok() && wire::encode_standing_question(*question) != copy_of(input)) std::abort();
  const auto answer = wire::decode_standings(input, size);
  if (answer.ok() && wire::encode_standings(*answer) != copy_of(input)) std::abort();
  return 0;
}
