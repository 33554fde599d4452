// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: the fields of a record, and any item that is skipped unread. Both must agree on what
// is canonical.
#include "core/model/cbor.hpp"
#include "tests/fuzz/one_form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daybook;
  const BytesView input(bytes, size);
  const auto fields = decode_fields(input, size, size);
  test::demand_one_form(fields, input);
  CborReader skipping(input);
  skipping.raw("item");
  if (fields.ok() && !skipping.finish("item").ok()) std::abort();
  return 0;
}
