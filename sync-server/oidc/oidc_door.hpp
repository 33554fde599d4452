// SPDX-License-Identifier: Apache-2.0
// GET /oidc/start and GET /oidc/callback: the way of a browser to the company's identity provider
// and back, and what is given to it then: a session for the pages, or a one-time code for a program
// that waits on the person's own machine. Called by the API's door on the loop thread; the provider
// is asked on worker threads, accounts are looked up on the core thread.
#pragma once

#include <functional>
#include <memory>

#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "core/ports/trace.hpp"
#include "sync-server/auth/office_sessions.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/oidc/provider.hpp"
#include "sync-server/session/server_core.hpp"

namespace daybook {

class OidcDoor {
 public:
  using Reply = std::function<void(http::Response)>;
  using Submit = std::function<bool(CoreTask)>;
  // On a worker that may wait for the provider; false when too many wait already.
  using RunOut = std::function<bool(std::function<void()>)>;

  struct Parts {
    OidcProvider& provider;
    OfficeSessions& sessions;
    Clock& clock;
    Rng& rng;
    Trace& trace;
  };

  OidcDoor(Parts parts, Submit submit, RunOut run_out);
  ~OidcDoor();

  void start(const http::Request& request, Reply reply);
  void callback(const http::Request& request, Reply reply);

 private:
  class Inside;  // the working parts, shared with logins under way
  std::shared_ptr<Inside> inside_;
};

}  // namespace daybook
