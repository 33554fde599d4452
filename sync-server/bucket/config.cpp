// SPDX-License-Identifier: Apache-2.0
#include "sync-server/bucket/config.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/platform/file_blob_store.hpp"
#include "sync-server/bucket/bucket_blob_store.hpp"

namespace daybook {
namespace {

constexpr std::size_t kSecretMax = 1024;

Result<void> take_text(std::string& into, const std::string& key, const nlohmann::json& value) {
  if (!value.is_string()) return failure(Errc::kWrongType, key, "expected text");
  into = value.get<std::string>();
  return {};
}

Result<std::string> read_secret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(Errc::kNotFound, "bucket_secret_file", "cannot be read");
  std::string secret(kSecretMax + 1, '\0');
  file.read(secret.data(), static_cast<std::streamsize>(secret.size()));
  secret.resize(static_cast<std::size_t>(file.gcount()));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.empty() || secret.size() > kSecretMax)
    return failure(Errc::kInvalid, "bucket_secret_file", "expected a secret on one line");
  return secret;
}

}  // namespace

bool is_bucket_key(const std::string& key) { return key.rfind("bucket_", 0) == 0; }

Result<void> take_bucket_key(BucketConfig& config, const std::string& key,
                             const nlohmann::json& value) {
  auto& settings = config.settings;
  if (key == "bucket_endpoint") return take_text(settings.endpoint, key, value);
  if (key == "bucket_region") return take_text(settings.region, key, value);
  if (key == "bucket_name") return take_text(settings.bucket, key, value);
  if (key == "bucket_prefix") return take_text(settings.prefix, key, value);
  if (key == "bucket_access_key_id") return take_text(settings.access_key_id, key, value);
  if (key == "bucket_secret_file") return take_text(config.secret_file, key, value);
  if (key == "bucket_ca_file") return take_text(settings.ca_file, key, value);
  if (key != "bucket_path_style")
    return failure(Errc::kInvalid, key, "is not a setting of daybookd");
  if (!value.is_boolean()) return failure(Errc::kWrongType, key, "expected true or false");
  settings.path_style = value.get<bool>();
  return {};
}

Result<std::unique_ptr<BlobStore>> open_blob_store(const BucketConfig& config,
                                                   const std::string& folder) {
  if (!config.enabled()) {
    DAYBOOK_ASSIGN(auto files, FileBlobStore::open(folder));
    return std::unique_ptr<BlobStore>(std::move(files));
  }
  BucketSettings settings = config.settings;
  DAYBOOK_ASSIGN(settings.secret_key, read_secret(config.secret_file));
  DAYBOOK_ASSIGN(auto bucket, BucketBlobStore::open(settings, folder));
  DAYBOOK_TRY(bucket->check());
  return std::unique_ptr<BlobStore>(std::move(bucket));
}

}  // namespace daybook
