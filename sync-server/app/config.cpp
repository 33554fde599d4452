// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/config.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/domain/catalog.hpp"
#include "core/schema/load.hpp"
#include "core/schema/overlay.hpp"
#include "core/wire/enrol_text.hpp"
#include "sync-server/app/json_log.hpp"
#include "sync-server/net/limits.hpp"
#include "sync-server/net/tls.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kConfigSizeMax = 64 * 1024;

Result<std::string> text_of_file(const std::string& path, std::size_t size_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(Errc::kNotFound, path, "cannot be read");
  std::string text(size_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > size_max)
    return failure(Errc::kTooLarge, path, "at most " + std::to_string(size_max) + " bytes");
  return text;
}

Result<void> take_count(std::optional<std::size_t>& into, const std::string& key,
                        const json& value) {
  const auto most = HttpLimits::kConnectionsCeiling;
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0 ||
      value.get<std::uint64_t>() > most) {
    return failure(Errc::kInvalid, key, "expected a number, 1 to " + std::to_string(most));
  }
  into = value.get<std::size_t>();
  return {};
}

constexpr std::size_t kSchemaSizeMax = 4 << 20;
constexpr std::uint64_t kBytesMost = 1ULL << 50;
constexpr std::uint64_t kDaysMost = 36'500;

Result<void> take_limit(std::uint64_t& into, const std::string& key, const json& value,
                        std::uint64_t most) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most)
    return failure(Errc::kInvalid, key, "expected a number, at most " + std::to_string(most));
  into = value.get<std::uint64_t>();
  return {};
}

Result<void> take_days(std::int64_t& into, const std::string& key, const json& value) {
  std::uint64_t days = 0;
  DAYBOOK_TRY(take_limit(days, key, value, kDaysMost));
  into = static_cast<std::int64_t>(days);
  return {};
}

constexpr std::pair<std::string_view, std::string Config::*> kTexts[] = {
    {"address", &Config::address},
    {"store", &Config::store},
    {"key", &Config::key},
    {"certificate", &Config::certificate},
    {"evidence_key", &Config::evidence_key},
    {"schema", &Config::schema},
    {"overlay", &Config::overlay},
    {"backups", &Config::backups},
    {"contents", &Config::contents},
    {"reports", &Config::reports},
    {"webhook_ca", &Config::webhook_ca},
};

Result<void> take_key(Config& config, const std::string& key, const json& value) {
  const auto text = [&](std::string& into) -> Result<void> {
    if (!value.is_string()) return failure(Errc::kWrongType, key, "expected text");
    into = value.get<std::string>();
    return {};
  };
  for (const auto& [name, member] : kTexts) {
    if (key == name) return text(config.*member);
  }
  if (key == "public_url") {
    DAYBOOK_TRY(text(config.public_url));
    if (config.public_url.empty()) return {};
    // As it will stand in enrolment codes.
    const auto read = wire::read_enrol_text(wire::to_text({config.public_url, {}, Bytes(16)}));
    if (read.ok()) return {};
    return failure(Errc::kInvalid, key, "expected https://host:port, as phones reach this server");
  }
  if (key == "log_level") {
    std::string name;
    DAYBOOK_TRY(text(name));
    DAYBOOK_ASSIGN(config.log_level, level_from(name));
    return {};
  }
  if (key == "port") {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 65535) {
      return failure(Errc::kInvalid, key, "expected a port number, 0 to 65535");
    }
    config.port = value.get<std::uint16_t>();
    return {};
  }
  if (key == "content_bytes_max")
    return take_limit(config.contents_limits.content_bytes_max, key, value, kAttachmentSizeMax);
  if (key == "record_content_bytes_max")
    return take_limit(config.contents_limits.record_bytes_max, key, value, kBytesMost);
  if (key == "device_day_content_bytes_max")
    return take_limit(config.contents_limits.device_day_bytes_max, key, value, kBytesMost);
  if (key == "contents_keep_days") return take_days(config.contents_keep_days, key, value);
  if (key == "contents_compare_days") return take_days(config.contents_compare_days, key, value);
  if (key == "connections_max") return take_count(config.connections_max, key, value);
  if (key == "connections_per_peer_max")
    return take_count(config.connections_per_peer_max, key, value);
  if (key == "hosts") {
    if (!value.is_array()) return failure(Errc::kWrongType, key, "expected a list of host names");
    for (const auto& host : value) {
      if (!host.is_string()) return failure(Errc::kWrongType, key, "expected a list of host names");
      config.hosts.push_back(host.get<std::string>());
    }
    return {};
  }
  if (is_bucket_key(key)) return take_bucket_key(config.bucket, key, value);
  if (is_oidc_key(key)) return take_oidc_key(config.oidc, key, value);
  return failure(Errc::kInvalid, key, "is not a setting of daybookd");
}

}  // namespace

std::string Config::path_of(const std::string& configured) const {
  return (fs::path(directory) / configured).string();
}

Result<Schema> load_schema_of(const Config& config) {
  if (config.schema.empty() && config.overlay.empty()) return load_after_sales();
  std::string name = config.schema.empty() ? "after_sales.json" : config.schema;
  std::string text(after_sales_schema_json());
  if (!config.schema.empty()) {
    DAYBOOK_ASSIGN(text, text_of_file(config.path_of(config.schema), kSchemaSizeMax));
  }
  if (!config.overlay.empty()) {
    DAYBOOK_ASSIGN(const auto additions,
                   text_of_file(config.path_of(config.overlay), kSchemaSizeMax));
    DAYBOOK_ASSIGN(text, merge_overlay({text, name}, {additions, config.overlay}));
    name += " with " + config.overlay;
  }
  return load_schema(text, name);
}

Result<std::unique_ptr<BlobStore>> open_contents(const Config& config) {
  BucketConfig bucket = config.bucket;
  for (auto* path : {&bucket.secret_file, &bucket.settings.ca_file}) {
    if (!path->empty()) *path = config.path_of(*path);
  }
  return open_blob_store(bucket, config.path_of(config.contents));
}

Result<Config> load_config(const std::string& directory) {
  const std::string path = (fs::path(directory) / kConfigFile).string();
  DAYBOOK_ASSIGN(const auto text, text_of_file(path, kConfigSizeMax));
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return failure(Errc::kInvalid, path, "is not a JSON object");
  Config config;
  config.directory = directory;
  for (const auto& [key, value] : parsed.items()) {
    if (auto taken = take_key(config, key, value); !taken.ok()) {
      return failure(taken.error().code, path + ": " + taken.error().field, taken.error().detail);
    }
  }
  if (auto whole = check_oidc(config.oidc, config.public_url); !whole.ok())
    return failure(whole.error().code, path + ": " + whole.error().field, whole.error().detail);
  for (auto* file : {&config.oidc.secret_file, &config.oidc.ca_file}) {
    if (!file->empty()) *file = config.path_of(*file);
  }
  return config;
}

Result<void> check_config(const Config& config) {
  DAYBOOK_TRY(make_tls_context(config.path_of(config.key), config.path_of(config.certificate),
                               HttpLimits{}));
  DAYBOOK_TRY(load_schema_of(config));
  if (config.oidc.enabled()) DAYBOOK_TRY(load_oidc(config.oidc, config.public_url));
  const std::string store = config.path_of(config.store);
  if (fs::exists(store))
    DAYBOOK_TRY(SqliteServerStore::open({.path = store, .create = false, .read_only = true}));
  return {};
}

}  // namespace daybook
