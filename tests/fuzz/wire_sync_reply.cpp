// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: what an office, or a stranger in its place, can answer to POST /v1/sync once it is
// unpacked.
#include "core/wire/message.hpp"
#include "tests/fuzz/one_form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const daybook::BytesView input(bytes, size);
  daybook::test::demand_one_form(daybook::wire::decode_sync_reply(input), input);
  return 0;
}
