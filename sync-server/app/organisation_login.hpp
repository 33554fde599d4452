// SPDX-License-Identifier: Apache-2.0
// The company's identity provider, wired: its settings, the calls to it, and workers of its own, so
// that passwords and backups go on while it does not answer. Made and stopped by serve.
#pragma once

#include <memory>

#include "sync-server/api/api_door.hpp"
#include "sync-server/app/aside.hpp"
#include "sync-server/app/config.hpp"
#include "sync-server/oidc/oidc_door.hpp"

namespace daybook {

class OrganisationLogin {
 public:
  struct Ports {
    OfficeSessions& sessions;
    Clock& clock;
    Rng& rng;
    Trace& trace;
    OidcDoor::Submit submit;
  };

  // Null when none is configured: local accounts only.
  static Result<std::unique_ptr<OrganisationLogin>> make(const Config& config, Ports ports);

  OrganisationLogin(const OidcSettings& settings, const OutTrust& trust, Ports ports);

  // Opens its way in.
  void offer(ApiDoor::Parts& parts);
  void stop() { workers_.stop_soon(); }

 private:
  OidcProvider provider_;
  Aside workers_;
  OidcDoor door_;
};

}  // namespace daybook
