// SPDX-License-Identifier: Apache-2.0
// daybookd's configuration: one JSON file in the server's directory, made by `daybookd init`. Every
// key is optional but known: a misspelled one is refused by name, because a limit that is silently
// not set is worse than a server that does not start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/ports/trace.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/attachments/lane.hpp"
#include "sync-server/bucket/config.hpp"
#include "sync-server/oidc/config.hpp"

namespace daybook {

struct Config {
  std::string directory;  // where the files below are looked for
  std::string address = "127.0.0.1";
  std::uint16_t port = 8443;
  std::string public_url;          // what phones are told; empty: https://<address>:<port>
  std::vector<std::string> hosts;  // Host values that are answered; empty: any
  std::string store = "daybook.db";
  std::string key = "key.pem";
  std::string certificate = "certificate.pem";
  std::string evidence_key = "evidence_key.pem";  // signs receipts for what customers signed
  std::string schema;   // a schema file of one's own; empty: the built-in after-sales schema
  std::string overlay;  // a file of one's own additions to it, merged at every start
  std::string backups = "backups";    // where `daybook backup` writes
  std::string contents = "contents";  // of attachments
  BucketConfig bucket;                // nothing set: `contents` is where they lie
  LaneLimits contents_limits;
  std::int64_t contents_compare_days = 30;  // how often each is read and compared; 0: every hour
  std::int64_t contents_keep_days = 0;  // of what is neither signature nor evidence; 0: for ever
  std::string reports = "reports.db";   // the reading copy, made from the store
  std::string webhook_ca;  // authorities that webhooks are believed under; empty: the system's
  TraceLevel log_level = TraceLevel::kInfo;
  // At one time; empty: as in sync-server/net/limits.hpp.
  std::optional<std::size_t> connections_max;
  std::optional<std::size_t> connections_per_peer_max;
  OidcConfig oidc;  // nothing set: local accounts only

  // A configured path, relative ones against the directory.
  std::string path_of(const std::string& configured) const;
};

inline constexpr const char* kConfigFile = "daybookd.json";

// The schema that the configuration names, or the built-in one, with its overlay merged in.
Result<Schema> load_schema_of(const Config& config);
// Where attachments are kept, as the configuration says.
Result<std::unique_ptr<BlobStore>> open_contents(const Config& config);
Result<Config> load_config(const std::string& directory);
// Reads everything that the configuration names (key, certificate, schema, store) without changing
// anything.
Result<void> check_config(const Config& config);

}  // namespace daybook
