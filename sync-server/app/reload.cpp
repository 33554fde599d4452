// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/reload.hpp"

#include "sync-server/net/tls.hpp"

namespace daybook {
namespace {

struct Setting {
  const char* name;
  std::string Config::*member;
};
constexpr Setting kNeedRestart[] = {{"address", &Config::address},
                                    {"public_url", &Config::public_url},
                                    {"store", &Config::store},
                                    {"schema", &Config::schema},
                                    {"overlay", &Config::overlay},
                                    {"reports", &Config::reports},
                                    {"backups", &Config::backups},
                                    {"key", &Config::key},
                                    {"certificate", &Config::certificate},
                                    {"webhook_ca", &Config::webhook_ca}};

// Phones believe the key, not the certificate: another key would lock every one of them out.
Result<void> check_same_key(const Config& config, const Digest& pin) {
  DAYBOOK_ASSIGN(const auto fresh, spki_pin_of_file(config.path_of(config.certificate)));
  if (fresh == pin) return {};
  return failure(Errc::kInvalid, "certificate",
                 "is of another key than the one that phones know; keep the key and renew the "
                 "certificate over it");
}

}  // namespace

Result<std::vector<std::string>> reload(const Config& running, Listener& listener, JsonLog& log) {
  DAYBOOK_ASSIGN(const auto fresh, load_config(running.directory));
  DAYBOOK_TRY(check_same_key(running, listener.pin()));
  DAYBOOK_TRY(listener.reload_certificate());
  log.set_level(fresh.log_level);
  std::vector<std::string> lines = {"certificate read again",
                                    "log level " + std::string(name_of(log.level()))};
  for (const auto& setting : kNeedRestart) {
    if (fresh.*setting.member != running.*setting.member)
      lines.push_back(std::string(setting.name) + " waits for a restart");
  }
  if (fresh.port != running.port) lines.push_back("port waits for a restart");
  if (fresh.connections_max != running.connections_max)
    lines.push_back("connections_max waits for a restart");
  if (fresh.connections_per_peer_max != running.connections_per_peer_max)
    lines.push_back("connections_per_peer_max waits for a restart");
  if (!(fresh.oidc == running.oidc)) lines.push_back("oidc_ settings wait for a restart");
  if (fresh.hosts != running.hosts) lines.push_back("hosts waits for a restart");
  std::string told;
  for (const auto& line : lines) told += (told.empty() ? "" : "; ") + line;
  log.note(TraceLevel::kInfo, "server.reloaded", {{"what", told}});
  return lines;
}

}  // namespace daybook
