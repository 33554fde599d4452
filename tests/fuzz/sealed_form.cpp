// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: a sealed form and the statement about it, from any phone or any bundle of evidence.
// What is taken for one has one form.
#include <cstdlib>

#include "core/domain/signature/sealed_form.hpp"
#include "core/domain/signature/statement.hpp"

using namespace daybook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const BytesView input(bytes, size);
  if (const auto statement = read_statement(text_of(input)); statement.ok()) {
    if (to_text(*statement) != text_of(input)) std::abort();
  }
  const auto parts = split_signed_bytes(input);
  if (!parts.ok()) return 0;
  if (!same_bytes(signed_bytes(*parts), input)) std::abort();
  const auto form = decode_form(*parts);
  if (!form.ok()) return 0;
  const auto again = encode_form(*form);
  if (again.ok() && *again != *parts) std::abort();
  return 0;
}
