// SPDX-License-Identifier: Apache-2.0
// What the cases put into a store.
#include "core/ports/simulated.hpp"
#include "tests/conformance/blob_store/suite.hpp"

namespace daybook::test {

Bytes sample(std::size_t size, std::uint64_t number) {
  Bytes bytes(size);
  SeededRng(number).fill(bytes);
  return bytes;
}

Uuid upload_number(std::uint64_t number) {
  Uuid id;
  SeededRng(1'000'000 + number).fill(id.raw);
  return id;
}

Digest put(BlobStore& store, BytesView bytes, std::uint64_t upload) {
  const auto digest = sha256(bytes);
  good(store.grow(upload_number(upload), 0, bytes));
  good(store.finish(upload_number(upload), digest, bytes.size()));
  return digest;
}

std::vector<BlobStoreCase> all_blob_store_cases() {
  auto cases = upload_cases();
  for (auto* const more : {content_cases, trouble_cases}) {
    for (auto& one : more()) cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace daybook::test
