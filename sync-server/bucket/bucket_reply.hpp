// SPDX-License-Identifier: Apache-2.0
// What a bucket answered, and what an answer that is none of those hoped for means to whoever runs
// this server. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace daybook {

// "bytes 5-9/100".
struct BucketRange {
  std::uint64_t first = 0;
  std::uint64_t total = 0;
};
std::optional<BucketRange> read_bucket_range(std::string_view content_range);

struct BucketReply {
  int status = 0;
  Bytes body;  // of an error: its beginning
  std::optional<std::uint64_t> content_length;
  std::optional<BucketRange> range;

  bool is_good() const { return status >= 200 && status < 300; }
};

// The same again may go better.
bool is_worth_a_retry(int status);

// kForbidden, kNotFound at "bucket", kBusy, kDiskFull or kIo, with what to do in the detail. `what`
// says which request it was.
Error failure_of(const BucketReply& reply, const std::string& what);

}  // namespace daybook
