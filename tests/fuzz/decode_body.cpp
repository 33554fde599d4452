// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: a change set as a phone sends it. What is accepted has exactly one form and keeps to
// every shape rule.
#include "core/model/change_set.hpp"
#include "tests/fuzz/one_form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daybook;
  const BytesView input(bytes, size);
  const auto body = decode_body(input);
  test::demand_one_form(body, input);
  if (body.ok() && !check_shape(*body).ok()) std::abort();
  return 0;
}
