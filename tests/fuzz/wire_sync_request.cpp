// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: what a phone, or a stranger with a phone's token, can send to POST /v1/sync once it
// is unpacked.
#include "core/wire/message.hpp"
#include "tests/fuzz/one_form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const daybook::BytesView input(bytes, size);
  daybook::test::demand_one_form(daybook::wire::decode_sync_request(input), input);
  return 0;
}
