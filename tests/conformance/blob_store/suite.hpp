// SPDX-License-Identifier: Apache-2.0
// The conformance suite of BlobStore: a list of cases, each a function on an empty store, run for
// every adapter. A new adapter adds a BlobStoreUnderTest and one TEST_CASE, no case of its own;
// what only one adapter can do is tested beside it.
#pragma once

#include <string>
#include <vector>

#include "core/crypto/sha256.hpp"
#include "core/ports/blob_store.hpp"
#include "tests/support/catch.hpp"

namespace daybook::test {

// A fresh, empty store, the way to stop and open it again, and bad days on order.
class BlobStoreUnderTest {
 public:
  virtual ~BlobStoreUnderTest() = default;
  virtual BlobStore& store() = 0;
  // As after a kill of the server. The old reference is dead.
  virtual void reopen() = 0;
  // What is written to a staged upload meets a full disk, until it is told otherwise.
  virtual void set_full(bool full) = 0;
  // The disk answers the next write with an error.
  virtual void fail_next_write() = 0;
};

struct BlobStoreCase {
  std::string sentence;
  void (*run)(BlobStoreUnderTest& under_test);
};

std::vector<BlobStoreCase> upload_cases();
std::vector<BlobStoreCase> content_cases();
std::vector<BlobStoreCase> trouble_cases();
std::vector<BlobStoreCase> all_blob_store_cases();

// Bytes that look like a photo to a compressor, different for each number.
Bytes sample(std::size_t size, std::uint64_t number);
Uuid upload_number(std::uint64_t number);
// In one piece, finished; the digest.
Digest put(BlobStore& store, BytesView bytes, std::uint64_t upload);

// The value of a result that must be good; a failing one ends the test with its error.
template <class T>
T good(Result<T> result) {
  if (!result.ok()) FAIL(to_string(result.error()));
  return std::move(result).value();
}
inline void good(Result<void> result) {
  if (!result.ok()) FAIL(to_string(result.error()));
}
// "invalid at offset", "ok": what a caller can act upon.
template <class T>
std::string verdict_of(const Result<T>& result) {
  if (result.ok()) return "ok";
  const auto& error = result.error();
  return std::string(name_of(error.code)) + (error.field.empty() ? "" : " at " + error.field);
}
template <class T>
std::string code_name(const Result<T>& result) {
  return std::string(name_of(result.ok() ? Errc::kOk : result.error().code));
}

}  // namespace daybook::test
