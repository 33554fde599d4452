// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: a public key and a signature as strangers send them. The first byte says how long the
// key is; the rest is the signature.
#include <algorithm>
#include <cstdlib>

#include "core/crypto/device_key.hpp"
#include "tests/fuzz/one_form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daybook;
  if (size == 0) return 0;
  const BytesView input(bytes + 1, size - 1);
  const auto key_size = std::min<std::size_t>(bytes[0], input.size());
  const auto key = decode_public_key(input.first(key_size));
  const auto signature = decode_signature(input.subspan(key_size));
  test::demand_one_form(key, input.first(key_size));
  test::demand_one_form(signature, input.subspan(key_size));
  // What was taken for a key is one: a verification complains about the signature, if at all.
  if (!key.ok() || !signature.ok()) return 0;
  const auto verified = verify(*key, view_of("daybook"), *signature);
  if (!verified.ok() && verified.error().code != Errc::kWrongSignature) std::abort();
  if (verified.ok() && key->alg != signature->alg) std::abort();
  return 0;
}
