// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/organisation_login.hpp"

#include "sync-server/net/out_call.hpp"

namespace daybook {
namespace {

constexpr int kThreads = 2;  // they wait for somebody else, not for this machine

}  // namespace

Result<std::unique_ptr<OrganisationLogin>> OrganisationLogin::make(const Config& config,
                                                                   Ports ports) {
  if (!config.oidc.enabled()) return std::unique_ptr<OrganisationLogin>();
  DAYBOOK_ASSIGN(const auto settings, load_oidc(config.oidc, config.public_url));
  return std::make_unique<OrganisationLogin>(settings, OutTrust{config.oidc.ca_file},
                                             std::move(ports));
}

OrganisationLogin::OrganisationLogin(const OidcSettings& settings, const OutTrust& trust,
                                     Ports ports)
    : provider_(
          settings, [trust](const OutCall& call) { return call_out(call, trust); }, ports.clock,
          ports.trace),
      workers_(kThreads),
      door_({provider_, ports.sessions, ports.clock, ports.rng, ports.trace},
            std::move(ports.submit),
            [this](std::function<void()> work) { return workers_.run(std::move(work)); }) {}

void OrganisationLogin::offer(ApiDoor::Parts& parts) {
  parts.oidc_start = [this](const auto& request, auto reply) {
    door_.start(request, std::move(reply));
  };
  parts.oidc_callback = [this](const auto& request, auto reply) {
    door_.callback(request, std::move(reply));
  };
}

}  // namespace daybook
