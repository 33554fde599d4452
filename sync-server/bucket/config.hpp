// SPDX-License-Identifier: Apache-2.0
// The part of daybookd's configuration that says where attachments are kept: in files, or in a
// bucket. Keys are read one by one and judged together when the store is opened. Plain values.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/base/result.hpp"
#include "core/ports/blob_store.hpp"
#include "sync-server/bucket/bucket_settings.hpp"

namespace daybook {

struct BucketConfig {
  BucketSettings settings;  // without the secret
  std::string secret_file;

  bool enabled() const { return !settings.endpoint.empty(); }
};

bool is_bucket_key(const std::string& key);
// Errors name the key.
Result<void> take_bucket_key(BucketConfig& config, const std::string& key,
                             const nlohmann::json& value);

// `folder`: of the contents, or of what is on its way to the bucket. REQUIRES: paths are absolute.
Result<std::unique_ptr<BlobStore>> open_blob_store(const BucketConfig& config,
                                                   const std::string& folder);

}  // namespace daybook
