// SPDX-License-Identifier: Apache-2.0
// The little of XML that a bucket answers with: a list of names, and the code of an error. Whoever
// answers may be anybody, so only plain elements are read: no document types, comments or sections,
// and sizes, depth and counts are bounded. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace daybook {

inline constexpr std::size_t kBucketListSizeMax = 4 * 1024 * 1024;
inline constexpr std::size_t kBucketKeysMax = 1'000;
inline constexpr std::size_t kBucketKeySizeMax = 1'024;
inline constexpr std::size_t kBucketTokenSizeMax = 4'096;
inline constexpr std::size_t kBucketErrorCodeSizeMax = 64;

struct BucketList {
  std::vector<std::string> keys;
  std::string next_token;  // empty: this was the last page
};

// A ListBucketResult. kInvalid or kTooLarge at "list".
Result<BucketList> read_bucket_list(std::string_view xml);

// The Code of an Error, letters and digits; empty for anything else.
std::string read_bucket_error_code(std::string_view xml);

}  // namespace daybook
