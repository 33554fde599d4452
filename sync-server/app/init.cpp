// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/init.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/crypto/password_hash.hpp"
#include "core/platform/os_rng.hpp"
#include "core/platform/system_clock.hpp"
#include "sync-server/app/config.hpp"
#include "sync-server/net/tls.hpp"
#include "sync-server/ops/evidence_key.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {
namespace {

namespace fs = std::filesystem;

Result<void> write_config(const InitOptions& options) {
  nlohmann::ordered_json config = {
      {"address", options.address},
      {"port", options.port},
      {"public_url", "https://" + options.name + ":" + std::to_string(options.port)}};
  // A free port is only known once the server listens; then the URL is made of it.
  if (options.port == 0) config.erase("public_url");
  if (!options.schema.empty()) config["schema"] = fs::absolute(options.schema).string();
  if (!options.overlay.empty()) config["overlay"] = fs::absolute(options.overlay).string();
  std::ofstream file(fs::path(options.directory) / kConfigFile);
  file << config.dump(2) << "\n";
  file.close();
  return file ? success() : failure(Errc::kIo, kConfigFile, "cannot be written");
}

Result<void> add_administrator(const std::string& store_path, const InitOptions& options,
                               const std::string& password, Rng& rng) {
  Bytes salt(16);
  rng.fill(salt);
  DAYBOOK_ASSIGN(const auto hash, hash_password(password, salt));
  DAYBOOK_ASSIGN(const auto store, SqliteServerStore::open({.path = store_path}));
  DAYBOOK_TRY(store->begin());
  DAYBOOK_TRY(store->put_user({options.admin, options.admin, "admin", hash, true}));
  return store->commit();
}

}  // namespace

Result<InitReport> init_server(const InitOptions& options) {
  std::error_code failed;
  fs::create_directories(options.directory, failed);
  if (failed) return failure(Errc::kIo, options.directory, failed.message());
  fs::permissions(options.directory, fs::perms::owner_all, failed);
  if (fs::exists(fs::path(options.directory) / kConfigFile)) {
    return failure(Errc::kAlreadyExists, options.directory, "holds a server already");
  }
  OsRng rng;
  Config config;
  config.directory = options.directory;
  DAYBOOK_ASSIGN(const auto pair, make_self_signed(options.name, {options.name, options.address}));
  DAYBOOK_TRY(
      write_pem_files(pair, config.path_of(config.key), config.path_of(config.certificate)));
  DAYBOOK_TRY(open_evidence_key(config.path_of(config.evidence_key), rng));
  InitReport report;
  DAYBOOK_ASSIGN(report.pin, spki_pin(pair.certificate));
  std::string password = options.admin_password;
  if (password.empty()) {
    Bytes drawn(15);
    rng.fill(drawn);
    password = report.admin_password = to_base64url(drawn);
  }
  DAYBOOK_TRY(add_administrator(config.path_of(config.store), options, password, rng));
  // Last, because its presence says that the rest is whole.
  DAYBOOK_TRY(write_config(options));
  return report;
}

}  // namespace daybook
