// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: what a bucket answers, as a list of names, as an error and as a range. Whatever is
// read is within its bounds, and an error names its place.
#include "sync-server/bucket/bucket_xml.hpp"

#include <cstdlib>

#include "core/base/bytes.hpp"
#include "sync-server/bucket/bucket_reply.hpp"

namespace {

using namespace daybook;

void demand(bool holds) {
  if (!holds) std::abort();
}

void read_as_list(std::string_view text) {
  const auto list = read_bucket_list(text);
  if (!list.ok()) return demand(list.error().field == "list");
  demand(text.size() <= kBucketListSizeMax && list->keys.size() <= kBucketKeysMax);
  for (const auto& key : list->keys) demand(key.size() <= kBucketKeySizeMax);
  demand(list->next_token.size() <= kBucketTokenSizeMax);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto text = text_of({bytes, size});
  read_as_list(text);
  const auto code = read_bucket_error_code(text);
  demand(code.size() <= kBucketErrorCodeSizeMax && code.find_first_of("<>& \n") == code.npos);
  if (const auto range = read_bucket_range(text)) demand(range->first < range->total);
  return 0;
}
