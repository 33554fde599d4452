// SPDX-License-Identifier: Apache-2.0
// Headquarters' door over HTTP: the JSON API under /api, the read-only pages, and the two questions
// of a supervisor, /healthz and /readyz. Turns plain requests into tasks for the core thread and
// their outcomes into replies; every route is described in API.md and listed in routes.hpp. Built
// and called by app. Loop thread only; tasks run on the core thread, passwords are hashed aside,
// and replies leave from whichever thread has them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "sync-server/auth/device_sessions.hpp"
#include "sync-server/auth/office_sessions.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/session/live_hub.hpp"
#include "sync-server/session/server_core.hpp"
#include "sync-server/store/rule_book.hpp"

namespace daybook {

// What app knows of the store's health; read on the loop thread for /readyz and never more often
// than asked.
struct Readiness {
  bool last_group_ok = true;
  std::string why;                    // when it is not, e.g. "disk_full at commit"
  std::uint64_t disk_free_bytes = 0;  // where the store lives
  bool careful = false;
  StoreHead head;  // after the last group
};

// Where phones find this server: printed into enrolment codes and one-time links.
struct PublicAddress {
  std::string url;  // "https://host:port"
  Digest pin;       // SHA-256 of the certificate's SubjectPublicKeyInfo
};

// What the handlers behind this door take (call.hpp).
struct Call;
struct CoreDesk;
struct ReadDesk;
using CoreHandler = Result<http::Response> (*)(const Call& call, CoreDesk& desk);
using ReadHandler = Result<http::Response> (*)(const Call& call, ReadDesk& desk);

// What a question takes: whoever reads the reports file wants it to hold what is durable now, and
// pays for that; what may last seconds must not keep the others waiting.
struct ReadNeeds {
  bool reports = false;
  bool slow = false;
};
struct ReadRoute {
  ReadHandler handler = nullptr;
  ReadNeeds needs{};
};

// What is asked of the reports file first and then done by the core (call.hpp).
struct Staged;
using StagedHandler = Result<Staged> (*)(const Call& call, ReadDesk& desk);
struct StagedRoute {
  StagedHandler handler = nullptr;
  ReadNeeds needs{};
};

// Handlers of another room (sync-server/integration, rules, acts), by action; null for what it does
// not answer.
struct MoreHandlers {
  CoreHandler (*core)(Action action) = nullptr;
  ReadRoute (*read)(Action action) = nullptr;
  StagedRoute (*staged)(Action action) = nullptr;
};

// A question to the reading thread. The book it sees holds at least everything that was durable
// when it was asked; the reports file only when it is needed.
struct ReadTask {
  std::function<void(ReadDesk& desk)> run;
  ReadNeeds needs{};
};

// What the running server can be told without a restart. Loop thread.
struct Operations {
  std::function<std::string()> log_level;
  std::function<Result<void>(const std::string& level)> set_log_level;
  // What was taken over, one line each, and what waits for a restart.
  std::function<Result<std::vector<std::string>>()> reload;
  // What the process counts, as Prometheus text. Any thread.
  std::function<std::string()> process_metrics;
  // A webhook was made, changed or replayed. Any thread.
  std::function<void()> webhooks_changed;
  // A content was removed: its bytes go. Any thread.
  std::function<void()> content_removed;
};

class ApiDoor {
 public:
  // `submit` hands a task to the core thread, false when its queue is full; `post` runs a function
  // on the loop thread; `run_aside` runs one on a worker thread (0.1 s and 32 MiB each), false when
  // too many wait.
  using Submit = std::function<bool(CoreTask)>;
  using Post = std::function<void(std::function<void()>)>;
  using RunAside = std::function<bool(std::function<void()>)>;

  struct Parts {
    OfficeSessions& sessions;
    DeviceSessions& devices;
    LiveHub& hub;
    Rules rules;
    Clock& clock;
    Rng& rng;
    PublicAddress address;
    std::function<Readiness()> readiness;
    // Copies the store, proves the copy and says which commit it ends with; on a worker thread,
    // because it takes its time.
    std::function<Result<TakenBackup>()> copy_store;
    std::vector<MoreHandlers> more{};
    // False when too many questions wait.
    std::function<bool(ReadTask)> submit_read{};
    // Takes over a live feed: answers, or opens the stream.
    std::function<void(const Call& call, http::ReplySink sink)> open_feed{};
    Operations operations{};
    // Gives the bytes of an attachment, or a part of them.
    std::function<void(const Call& call, const http::Request& request,
                       std::function<void(http::Response)> reply)>
        give_attachment{};
    // Prints a document: a service form, or a record of another kind.
    std::function<void(const Call& call, std::function<void(http::Response)> reply)> print_paper{};
    // Logins by an identity provider, when there is one: GET /oidc/start and /oidc/callback.
    using Page = std::function<void(const http::Request&, std::function<void(http::Response)>)>;
    Page oidc_start{};
    Page oidc_callback{};
  };

  ApiDoor(Parts parts, Submit submit, Post post, RunAside run_aside);
  ~ApiDoor();

  // Everything that is not the device API's; unknown paths are answered 404 here.
  static bool owns(const http::Request& request);

  // Refuses before the body is read: unknown route, wrong method, no session, wrong role, too
  // large.
  std::optional<http::Response> on_head(const http::Request& head, std::uint64_t content_length);
  void on_request(http::Request request, http::ReplySink sink);

 private:
  class Inside;  // the working parts, shared with tasks under way
  std::shared_ptr<Inside> inside_;
};

}  // namespace daybook
